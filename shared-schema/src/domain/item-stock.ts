/** What a screen says of an item's stock, from its lots. */
import { sumUnits } from '../quantity.ts';
import { isLotExpired } from './fefo.ts';

/** A lot as far as stock figures go. */
export interface StockLot {
  readonly expiryOn: string | null;
  readonly status: 'usable' | 'quarantined' | 'recalled';
  /** Base units, maybe negative (I6). */
  readonly onHandUnits: number;
}

/** Stock of one item. All in base units; `onHandUnits = usableUnits + expiredUnits + heldUnits`. */
export interface ItemStock {
  readonly onHandUnits: number;
  /** May be handed over. Negative lots count against it: the book owes them. */
  readonly usableUnits: number;
  readonly expiredUnits: number;
  /** Quarantined or recalled, expired or not. */
  readonly heldUnits: number;
  /** Earliest expiry of a usable lot with something on hand; null when there is none or it is not known. */
  readonly nextExpiryOn: string | null;
  /** Whether any lot's book is below zero, so that a count is proposed (I6). */
  readonly isBelowZero: boolean;
}

/** Sums an item's lots at a date. A lot's expiry date is its last usable day. Source: I4, I6, I12. */
export function summariseItemStock(lots: readonly StockLot[], todayOn: string): ItemStock {
  const held = lots.filter((lot) => lot.status !== 'usable');
  const open = lots.filter((lot) => lot.status === 'usable');
  const expired = open.filter((lot) => isLotExpired(lot, todayOn));
  const usable = open.filter((lot) => !isLotExpired(lot, todayOn));
  const unitsOf = (some: readonly StockLot[]) => sumUnits(some.map((lot) => lot.onHandUnits));
  const expiries = usable.flatMap((lot) => (lot.onHandUnits > 0 && lot.expiryOn !== null ? [lot.expiryOn] : []));
  return {
    onHandUnits: unitsOf(lots),
    usableUnits: unitsOf(usable),
    expiredUnits: unitsOf(expired),
    heldUnits: unitsOf(held),
    nextExpiryOn: expiries.toSorted()[0] ?? null,
    isBelowZero: lots.some((lot) => lot.onHandUnits < 0),
  };
}
