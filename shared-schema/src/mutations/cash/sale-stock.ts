import { opensPack } from '../../quantity.ts';
import { lotIdOf, UNKNOWN_LOT } from '../../records/lot.ts';
import { type DecideContext, type Flag, key, type RecordKey, type RecordReader, type Write } from '../define.ts';
import { claimLotText, firstOfEach, lotTextReads, type MetLot } from '../stock/lot-arrival.ts';
import { movementFollow, movementReads, StockPosting } from '../stock/post-movement.ts';
import type { SaleArgs } from './record-sale.ts';

type SoldLines = SaleArgs['lines'];
type SoldLot = SoldLines[number]['lots'][number];

/** The lot's own id, or the one that follows from what is printed on the pack (I3). */
function lotIdOfSold(itemId: string, lot: SoldLot, context: DecideContext): string {
  return lot.lotId ?? lotIdOf(itemId, lot.lotText ?? UNKNOWN_LOT, lot.expiryOn, context.sha256);
}

function lotIdsOf(lines: SoldLines, context: DecideContext): string[] {
  return lines.flatMap((line) => line.lots.map((lot) => lotIdOfSold(line.itemId, lot, context)));
}

/** First-round keys: the lots of a ticket, and who holds the text of those read from the pack. */
export function saleLotReads(lines: SoldLines, context: DecideContext): RecordKey[] {
  const printed = lines.flatMap(({ itemId, lots }) => lots.flatMap((lot) => metLotOf(itemId, lot) ?? []));
  return [...movementReads(lotIdsOf(lines, context)), ...printed.flatMap((met) => lotTextReads(met, context))];
}

/** A lot that was read from the pack in the hand and is not known on the screen; null for one known, or not read at all. */
function metLotOf(itemId: string, { lotId, lotText, expiryOn }: SoldLot): MetLot | null {
  return lotId === null && lotText !== null ? { itemId, lotText, expiryOn } : null;
}

/** Second-round keys: their last counts. */
export function saleLotFollow(lines: SoldLines, records: RecordReader, context: DecideContext): RecordKey[] {
  return movementFollow(records, lotIdsOf(lines, context));
}

/**
 * Dispenses a ticket's lots; loose units that need a sealed pack open it (I2). Answers each line's lots by id. Flags, in order of
 * precedence: those of stock posting, `unknown_lot_not_allowed` (narcotic or cold chain, I3), `lot_text_two_expiries` (a lot read from the
 * pack, I3), `fefo_skipped` (an earlier expiry skipped without a reason, I4).
 */
export function stockOfSale(
  lines: SoldLines,
  saleId: string,
  records: RecordReader,
  context: DecideContext,
): { lots: { lotId: string; units: number }[][]; writes: readonly Write[]; flags: readonly Flag[] } {
  const posting = new StockPosting(records, context);
  const unknown: string[] = [];
  const claims = new Map<string, Write>();
  const claimFlags: Flag[] = [];
  const lots = lines.map((line) =>
    line.lots.map((lot) => {
      const lotId = lotIdOfSold(line.itemId, lot, context);
      if (lot.lotId === null) posting.ensureLot(line.itemId, lot.lotText ?? UNKNOWN_LOT, lot.expiryOn);
      const met = metLotOf(line.itemId, lot);
      if (met) {
        const { flags, writes } = claimLotText(met, lotId, records, context);
        claimFlags.push(...flags);
        for (const write of writes) if (!claims.has(write.body.id)) claims.set(write.body.id, write);
      }
      const sold = { lotId, itemId: line.itemId, refKind: 'sale', refId: saleId };
      if (opensPack(posting.lot(lotId)?.onHandUnits ?? 0, lot.units, line.unitsPerPack))
        posting.openPack(sold, line.unitsPerPack);
      posting.post({ units: 0 - lot.units, type: 'DISPENSE', reason: line.fefoReason, ...sold });
      const item = records.get('item', line.itemId);
      const mustBeKnown = item !== null && (item.coldChain || item.schedule === 'narcotic');
      if (mustBeKnown && posting.lot(lotId)?.lotText === UNKNOWN_LOT) unknown.push(line.itemId);
      return { lotId, units: lot.units };
    }),
  );
  const skipped = lines.filter((line) => line.fefoSkipped && !line.fefoReason?.trim()).map((line) => line.itemId);
  return {
    lots,
    writes: [...posting.writes(), ...claims.values()],
    flags: [
      ...posting.flags(),
      ...itemFlag('unknown_lot_not_allowed', unknown),
      ...firstOfEach(claimFlags),
      ...itemFlag('fefo_skipped', skipped),
    ],
  };
}

/** One flag about some items, naming them in its details; none for none. */
export function itemFlag(code: string, itemIds: readonly string[]): Flag[] {
  const [first] = itemIds;
  if (first === undefined) return [];
  return [{ code, about: key('item', first), details: { [code]: [...new Set(itemIds)].slice(0, 20) } }];
}
