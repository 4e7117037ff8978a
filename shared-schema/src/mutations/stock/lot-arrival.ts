import type { Sha256 } from '../../env.ts';
import { type Lot, lotIdOf, UNKNOWN_LOT } from '../../records/lot.ts';
import { type DecideContext, type Flag, key, put, type RecordKey, type RecordReader, type Write } from '../define.ts';
import type { StockPosting } from './post-movement.ts';

/**
 * A lot met in the hand, at receipt or while counting: facts cannot be refused, so what should not be is flagged (I3).
 */
export interface MetLot {
  readonly itemId: string;
  readonly lotText: string;
  readonly expiryOn: string | null;
}

/** Which lot is known under an item's lot text; a second expiry under the same text is noticed by it (I3). */
function lotTextClaimId(itemId: string, lotText: string, sha256: Sha256): string {
  return `lot:${sha256(`${itemId}/${lotText}`).slice(0, 24)}`;
}

/** First-round keys of an act that meets this lot. */
export function lotArrivalReads(met: MetLot, context: DecideContext): RecordKey[] {
  return [
    key('item', met.itemId),
    key('lot', lotIdOf(met.itemId, met.lotText, met.expiryOn, context.sha256)),
    ...lotTextReads(met, context),
  ];
}

/** First-round key of `claimLotText`. */
export function lotTextReads({ itemId, lotText }: MetLot, { sha256 }: DecideContext): RecordKey[] {
  return [key('claim', lotTextClaimId(itemId, lotText, sha256))];
}

/** Keeps which lot stands under an item's lot text first; a second expiry under the same text is flagged `lot_text_two_expiries` (I3). */
export function claimLotText(
  { itemId, lotText }: MetLot,
  lotId: string,
  records: RecordReader,
  { sha256 }: DecideContext,
): { flags: Flag[]; writes: Write[] } {
  const id = lotTextClaimId(itemId, lotText, sha256);
  const holderId = records.get('claim', id)?.holderId ?? null;
  if (holderId === null) return { flags: [], writes: [put('claim', { id, holderId: lotId })] };
  if (holderId === lotId) return { flags: [], writes: [] };
  return { flags: [{ code: 'lot_text_two_expiries', about: key('lot', lotId), details: { otherLotId: holderId } }], writes: [] };
}

/**
 * Finds or makes the lot. Flags, in order of precedence: `item_unknown`, `unknown_lot_not_allowed` (narcotic or cold chain item),
 * `lot_text_two_expiries`. Source: I3.
 */
export function meetLot(
  met: MetLot,
  posting: StockPosting,
  records: RecordReader,
  context: DecideContext,
): { lot: Lot; flags: Flag[]; writes: Write[] } {
  const lot = posting.ensureLot(met.itemId, met.lotText, met.expiryOn);
  const about = key('lot', lot.id);
  const item = records.get('item', met.itemId);
  const flags: Flag[] = [];
  if (!item) flags.push({ code: 'item_unknown', about });
  if (met.lotText === UNKNOWN_LOT) {
    if (item && (item.coldChain || item.schedule === 'narcotic')) flags.push({ code: 'unknown_lot_not_allowed', about });
    return { lot, flags, writes: [] };
  }
  const claimed = claimLotText(met, lot.id, records, context);
  return { lot, flags: [...flags, ...claimed.flags], writes: claimed.writes };
}

/** One flag a code, the first of each: an exception names codes, its details the first case. */
export function firstOfEach(flags: readonly Flag[]): Flag[] {
  return flags.filter((flag, index) => flags.findIndex((other) => other.code === flag.code) === index);
}
