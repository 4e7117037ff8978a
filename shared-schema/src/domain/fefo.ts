/** First expired, first out [I4]: which lots to hand over. Worked out on the screen; the act names the lots that were really taken. */
import { assert } from '../assert.ts';
import { compareDates } from '../time.ts';

/** A lot as far as choosing goes. `expiryOn` null = not known. `receivedAt` in ms. `onHandUnits` in base units, maybe negative. */
export interface FefoLot {
  readonly lotId: string;
  readonly expiryOn: string | null;
  readonly receivedAt: number;
  readonly onHandUnits: number;
  readonly isQuarantined: boolean;
  readonly isRecalled: boolean;
}

/** Whether a lot is past its expiry: the expiry date is its last usable day; an unknown expiry is not expired. */
export function isLotExpired(lot: { readonly expiryOn: string | null }, todayOn: string): boolean {
  return lot.expiryOn !== null && compareDates(lot.expiryOn, todayOn) < 0;
}

/** Whether a lot may be handed over: not expired, quarantined or recalled. Says nothing about its quantity. Source: I4. */
export function isLotUsable(lot: FefoLot, todayOn: string): boolean {
  return !lot.isQuarantined && !lot.isRecalled && !isLotExpired(lot, todayOn);
}

/** FEFO order: expiry (unknown last), then receipt time, then id, so that every device sorts alike. Source: I4. */
export function compareFefo(a: FefoLot, b: FefoLot): number {
  return (
    compareExpiries(a.expiryOn, b.expiryOn) || a.receivedAt - b.receivedAt || (a.lotId < b.lotId ? -1 : a.lotId > b.lotId ? 1 : 0)
  );
}

function compareExpiries(aOn: string | null, bOn: string | null): number {
  if (aOn === null || bOn === null) return Number(aOn === null) - Number(bOn === null);
  return compareDates(aOn, bOn);
}

/** The usable lots in FEFO order, those with nothing on hand included (the box may be in your hand all the same, I6). */
export function orderFefo<L extends FefoLot>(lots: readonly L[], todayOn: string): L[] {
  return lots.filter((lot) => isLotUsable(lot, todayOn)).toSorted(compareFefo);
}

/** What to take from which lot; `shortUnits` is what no usable lot holds by the book. Base units. */
export interface FefoAllocation {
  readonly allocations: readonly { readonly lotId: string; readonly units: number }[];
  readonly shortUnits: number;
}

/**
 * Proposes lots for `units` base units, never more than a lot holds by the book. Never refuses: what is missing comes back as
 * `shortUnits`, and the person at the shelf decides. Source: I4, I6.
 */
export function allocateFefo(lots: readonly FefoLot[], units: number, todayOn: string): FefoAllocation {
  assert(Number.isSafeInteger(units) && units >= 0, `not a quantity to take: ${units}`);
  const allocations: { lotId: string; units: number }[] = [];
  let shortUnits = units;
  for (const lot of orderFefo(lots, todayOn)) {
    const takenUnits = Math.min(shortUnits, Math.max(0, lot.onHandUnits));
    if (takenUnits === 0) continue;
    allocations.push({ lotId: lot.lotId, units: takenUnits });
    shortUnits -= takenUnits;
  }
  return { allocations, shortUnits };
}

/**
 * Whether taking `chosenLotId` passes over stock that expires earlier, so that a reason is asked. A lot with the same expiry is no
 * skip; a chosen lot without known expiry skips every dated one. False for a lot that is not among `lots`. Source: I4.
 */
export function skipsEarlierExpiry(lots: readonly FefoLot[], chosenLotId: string, todayOn: string): boolean {
  const chosen = lots.find((lot) => lot.lotId === chosenLotId);
  if (chosen === undefined) return false;
  return lots.some(
    (lot) => lot.onHandUnits > 0 && isLotUsable(lot, todayOn) && compareExpiries(lot.expiryOn, chosen.expiryOn) < 0,
  );
}
