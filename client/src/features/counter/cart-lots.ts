import { allocateFefo, compareFefo, type FefoLot, isLotExpired, skipsEarlierExpiry } from '#schema/domain/fefo.ts';
import type { PackScan } from '#schema/domain/gs1.ts';
import type { Lot } from '#schema/records/lot.ts';

/**
 * Which lots of a product are handed over. First expiry first is proposed (I4) until a scan or a person says otherwise; from then on the
 * line holds what was said, and a change of its quantity goes to the lot said last.
 */

/** A lot in the hand: one the book knows, one read from the pack that it does not know (I3), or one nobody could read. */
export type HeldLot =
  | { readonly kind: 'known'; readonly lot: Lot }
  | { readonly kind: 'printed'; readonly lotText: string; readonly expiryOn: string | null }
  | { readonly kind: 'unread' };

/** Base units out of one lot. */
export interface TakenLot {
  readonly from: HeldLot;
  readonly units: number;
}

/** What a person should know of a lot before it is handed over. Only a recalled one stops the sale (I10). */
export type LotConcern = 'recalled' | 'quarantined' | 'expired' | 'not_in_book';

/** Names a held lot among those of one product. */
export function heldLotKey(from: HeldLot): string {
  if (from.kind === 'known') return from.lot.id;
  return from.kind === 'printed' ? `${from.lotText}~${from.expiryOn ?? ''}` : 'unread';
}

/** The lots of first expiry; what no usable lot holds by the book is taken from the last of them, or from one nobody has read (I6). */
export function proposeTaken(lots: readonly Lot[], units: number, todayOn: string): TakenLot[] {
  const byId = new Map(lots.map((lot) => [lot.id, lot]));
  const { allocations, shortUnits } = allocateFefo(lots.map(fefoOf), units, todayOn);
  const taken = allocations.flatMap(({ lotId, units: some }): TakenLot[] => {
    const lot = byId.get(lotId);
    return lot ? [{ from: { kind: 'known', lot }, units: some }] : [];
  });
  if (shortUnits === 0) return taken;
  const last = taken.pop() ?? { from: nextOnShelf(lots, todayOn), units: 0 };
  return [...taken, { from: last.from, units: last.units + shortUnits }];
}

function nextOnShelf(lots: readonly Lot[], todayOn: string): HeldLot {
  const usable = lots.filter((lot) => lot.status === 'usable' && !isLotExpired(lot, todayOn));
  const lot = usable.toSorted((a, b) => compareFefo(fefoOf(a), fefoOf(b))).at(-1);
  return lot ? { kind: 'known', lot } : { kind: 'unread' };
}

/** Brings lots that were said to a changed quantity: more comes from the last, less is taken off from the last backwards. */
export function resizeTaken(taken: readonly TakenLot[], units: number): TakenLot[] {
  let over = taken.reduce((sum, one) => sum + one.units, 0) - units;
  const resized: TakenLot[] = [];
  for (const one of taken.toReversed()) {
    const left = over > 0 ? one.units - Math.min(one.units, over) : one.units - over;
    over = over > 0 ? Math.max(0, over - one.units) : 0;
    if (left > 0) resized.unshift({ ...one, units: left });
  }
  return resized;
}

/** Adds units of one lot to what is taken. It becomes the last, so that the quantity field goes on with it. */
export function addTaken(taken: readonly TakenLot[], from: HeldLot, units: number): TakenLot[] {
  const key = heldLotKey(from);
  const known = taken.find((one) => heldLotKey(one.from) === key)?.units ?? 0;
  return [...taken.filter((one) => heldLotKey(one.from) !== key), { from, units: known + units }];
}

/**
 * The lot a scan names, among the product's lots: lot text case-sensitive, and expiry (I3). A lot without its expiry is only taken when
 * exactly one known lot has that text, which then had no neighbour to swallow; else nobody guesses and the answer is null (G4).
 */
export function lotOfScan(scan: PackScan, lots: readonly Lot[]): HeldLot | null {
  if (scan.lot === null) return null;
  const sameText = lots.filter(({ lotText }) => lotText === scan.lot);
  if (scan.warnings.includes('lot_without_expiry')) {
    const [only, ...others] = sameText;
    return only && others.length === 0 ? { kind: 'known', lot: only } : null;
  }
  const lot = sameText.find(({ expiryOn }) => expiryOn === scan.expiryOn);
  return lot ? { kind: 'known', lot } : { kind: 'printed', lotText: scan.lot, expiryOn: scan.expiryOn };
}

/** What is to be said of a lot before it leaves the shop. */
export function concernOf(from: HeldLot, todayOn: string): LotConcern | null {
  if (from.kind === 'unread') return null;
  if (from.kind === 'printed') return isLotExpired(from, todayOn) ? 'expired' : 'not_in_book';
  if (from.lot.status !== 'usable') return from.lot.status;
  return isLotExpired(from.lot, todayOn) ? 'expired' : null;
}

/** Units that the book does not hold in the lots they are taken from (I6). */
export function shortUnitsOf(taken: readonly TakenLot[]): number {
  return taken.reduce((sum, { from, units }) => sum + Math.max(0, units - Math.max(0, onHandOf(from))), 0);
}

/** The lot that stays on the shelf although it expires before one that is taken, so that a reason is asked (I4); null for none. */
export function passedOverLot(lots: readonly Lot[], taken: readonly TakenLot[], todayOn: string): Lot | null {
  const takenUnits = new Map(taken.map((one) => [heldLotKey(one.from), one.units]));
  const left = lots.map((lot) => ({ ...fefoOf(lot), onHandUnits: lot.onHandUnits - (takenUnits.get(lot.id) ?? 0) }));
  const printed = taken.flatMap(({ from }) => (from.kind === 'known' ? [] : [fefoOfUnbooked(from)]));
  const all = [...left, ...printed];
  if (!taken.some(({ from }) => skipsEarlierExpiry(all, heldLotKey(from), todayOn))) return null;
  const [first] = left
    .filter((lot) => lot.onHandUnits > 0 && !lot.isQuarantined && !lot.isRecalled && !isLotExpired(lot, todayOn))
    .toSorted(compareFefo);
  return lots.find(({ id }) => id === first?.lotId) ?? null;
}

function onHandOf(from: HeldLot): number {
  return from.kind === 'known' ? from.lot.onHandUnits : 0;
}

function fefoOf(lot: Lot): FefoLot {
  return {
    lotId: lot.id,
    expiryOn: lot.expiryOn,
    receivedAt: lot.firstReceivedAt,
    onHandUnits: lot.onHandUnits,
    isQuarantined: lot.status === 'quarantined',
    isRecalled: lot.status === 'recalled',
  };
}

function fefoOfUnbooked(from: Exclude<HeldLot, { kind: 'known' }>): FefoLot {
  const expiryOn = from.kind === 'printed' ? from.expiryOn : null;
  return { lotId: heldLotKey(from), expiryOn, receivedAt: 0, onHandUnits: 0, isQuarantined: false, isRecalled: false };
}
