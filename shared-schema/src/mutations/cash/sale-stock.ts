import { lotIdOf, UNKNOWN_LOT } from '../../records/lot.ts';
import { type DecideContext, type Flag, key, type RecordKey, type RecordReader, type Write } from '../define.ts';
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

/** First-round keys: the lots of a ticket. */
export function saleLotReads(lines: SoldLines, context: DecideContext): RecordKey[] {
  return movementReads(lotIdsOf(lines, context));
}

/** Second-round keys: their last counts. */
export function saleLotFollow(lines: SoldLines, records: RecordReader, context: DecideContext): RecordKey[] {
  return movementFollow(records, lotIdsOf(lines, context));
}

/**
 * Dispenses a ticket's lots. Answers each line's lots by id. Flags, in order of precedence: those of stock posting,
 * `unknown_lot_not_allowed` (narcotic or cold chain, I3), `fefo_skipped` (an earlier expiry skipped without a reason, I4).
 */
export function stockOfSale(
  lines: SoldLines,
  saleId: string,
  records: RecordReader,
  context: DecideContext,
): { lots: { lotId: string; units: number }[][]; writes: readonly Write[]; flags: readonly Flag[] } {
  const posting = new StockPosting(records, context);
  const unknown: string[] = [];
  const lots = lines.map((line) =>
    line.lots.map((lot) => {
      const lotId = lotIdOfSold(line.itemId, lot, context);
      if (lot.lotId === null) posting.ensureLot(line.itemId, lot.lotText ?? UNKNOWN_LOT, lot.expiryOn);
      const sold = { lotId, itemId: line.itemId, units: 0 - lot.units };
      posting.post({ ...sold, type: 'DISPENSE', refKind: 'sale', refId: saleId, reason: line.fefoReason });
      const item = records.get('item', line.itemId);
      const mustBeKnown = item !== null && (item.coldChain || item.schedule === 'narcotic');
      if (mustBeKnown && posting.lot(lotId)?.lotText === UNKNOWN_LOT) unknown.push(line.itemId);
      return { lotId, units: lot.units };
    }),
  );
  const skipped = lines.filter((line) => line.fefoSkipped && !line.fefoReason?.trim()).map((line) => line.itemId);
  return {
    lots,
    writes: posting.writes(),
    flags: [...posting.flags(), ...itemFlag('unknown_lot_not_allowed', unknown), ...itemFlag('fefo_skipped', skipped)],
  };
}

/** One flag about some items, naming them in its details; none for none. */
export function itemFlag(code: string, itemIds: readonly string[]): Flag[] {
  const [first] = itemIds;
  if (first === undefined) return [];
  return [{ code, about: key('item', first), details: { [code]: [...new Set(itemIds)].slice(0, 20) } }];
}
