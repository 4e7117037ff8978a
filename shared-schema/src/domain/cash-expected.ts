/**
 * What a cash location should hold [C2], from append-only signed movements [C3]. A till and a safe are both locations; moving cash
 * between them changes no total [C4]. An expectation below zero is kept: it says that something was not recorded.
 */
import { z } from 'zod';
import { addMinor, sumMinor } from '../money.ts';

/** Every kind of cash movement. `LATE_OFFSET` is the equal and opposite entry of an event that came after its close [C15]. */
export const CASH_MOVEMENT_TYPES = [
  'FLOAT',
  'SALE',
  'REFUND',
  'CASH_IN',
  'CASH_OUT',
  'PETTY_CASH',
  'SAFE_DROP',
  'TRANSFER_OUT',
  'TRANSFER_IN',
  'BANK_DEPOSIT',
  'ROUNDING',
  'REVERSAL',
  'LATE_OFFSET',
] as const;
export const cashMovementTypeSchema = z.enum(CASH_MOVEMENT_TYPES);
export type CashMovementType = z.infer<typeof cashMovementTypeSchema>;

/** A till's drawer or a safe. A drop is booked twice: out of the till, into the safe. */
export const cashLocationKindSchema = z.enum(['till', 'safe']);
export type CashLocationKind = z.infer<typeof cashLocationKindSchema>;

/** The direction a movement type may have in a location. `either` types carry their own sign. */
export type CashDirection = 'in' | 'out' | 'either';

const TILL_DIRECTION: Record<CashMovementType, CashDirection> = {
  FLOAT: 'in',
  SALE: 'in',
  REFUND: 'out',
  CASH_IN: 'in',
  CASH_OUT: 'out',
  PETTY_CASH: 'out',
  SAFE_DROP: 'out',
  TRANSFER_OUT: 'out',
  TRANSFER_IN: 'in',
  BANK_DEPOSIT: 'out',
  ROUNDING: 'either',
  REVERSAL: 'either',
  LATE_OFFSET: 'either',
};

/** The direction of a movement type in a location: a safe drop leaves the till and enters the safe. Source: C2, C3. */
export function cashDirection(type: CashMovementType, locationKind: CashLocationKind): CashDirection {
  return type === 'SAFE_DROP' && locationKind === 'safe' ? 'in' : TILL_DIRECTION[type];
}

/** Whether a signed amount fits its movement type; zero fits all (a float of nothing is a float). Source: C2, C3. */
export function isCashSignAllowed(type: CashMovementType, locationKind: CashLocationKind, amountMinor: number): boolean {
  const direction = cashDirection(type, locationKind);
  return direction === 'either' || amountMinor === 0 || amountMinor > 0 === (direction === 'in');
}

/**
 * The signed amount of a movement from the magnitude a person entered: minus for what leaves the location. `either` types keep the
 * sign they come with. Minor units. Source: C2, C3.
 */
export function toSignedCashMinor(type: CashMovementType, locationKind: CashLocationKind, amountMinor: number): number {
  const direction = cashDirection(type, locationKind);
  if (direction === 'either') return amountMinor;
  return direction === 'in' ? Math.abs(amountMinor) : 0 - Math.abs(amountMinor);
}

/** A movement as the sums see it: `amountMinor` is signed, what it does to its location. */
export interface CashMovementAmount {
  readonly type: CashMovementType;
  readonly amountMinor: number;
}

/** expected = Σ signed movements, in minor units; never clamped. Source: C2. */
export function computeExpectedMinor(movements: Iterable<{ readonly amountMinor: number }>): number {
  let expectedMinor = 0;
  for (const movement of movements) expectedMinor = addMinor(expectedMinor, movement.amountMinor);
  return expectedMinor;
}

/** Signed sums of a session's cash by movement type, in minor units: what `cashTotals/<session>` keeps so that nothing is scanned. */
export const cashTotalsByTypeSchema = z.strictObject(
  Object.fromEntries(CASH_MOVEMENT_TYPES.map((type) => [type, z.int()])) as Record<CashMovementType, z.ZodInt>,
);
export type CashTotalsByType = Readonly<Record<CashMovementType, number>>;

/** Totals of a session without movements. */
export const EMPTY_CASH_TOTALS: CashTotalsByType = {
  FLOAT: 0,
  SALE: 0,
  REFUND: 0,
  CASH_IN: 0,
  CASH_OUT: 0,
  PETTY_CASH: 0,
  SAFE_DROP: 0,
  TRANSFER_OUT: 0,
  TRANSFER_IN: 0,
  BANK_DEPOSIT: 0,
  ROUNDING: 0,
  REVERSAL: 0,
  LATE_OFFSET: 0,
};

/** Totals with one more movement; the given totals stay as they are. */
export function addCashMovement(totals: CashTotalsByType, movement: CashMovementAmount): CashTotalsByType {
  return { ...totals, [movement.type]: addMinor(totals[movement.type], movement.amountMinor) };
}

/** The expected drawer from its totals: equal to `computeExpectedMinor` over the movements they were made from. Source: C2. */
export function computeExpectedFromTotalsMinor(totals: CashTotalsByType): number {
  return sumMinor(CASH_MOVEMENT_TYPES.map((type) => totals[type]));
}

/** A movement in a location; a `REVERSAL` names the type of what it takes back. */
export interface LocatedCashMovement extends CashMovementAmount {
  readonly locationId: string;
  readonly reversedType?: CashMovementType;
}

/** Types whose money comes from or goes to another location of the shop: booked twice, summing to zero. Source: C4. */
const INTERNAL_TYPES: ReadonlySet<CashMovementType> = new Set(['SAFE_DROP', 'TRANSFER_OUT', 'TRANSFER_IN']);

/** Balance of every location, in minor units, by location id. Source: C2. */
export function computeBalancesMinor(movements: Iterable<LocatedCashMovement>): Map<string, number> {
  const balances = new Map<string, number>();
  for (const { locationId, amountMinor } of movements) {
    balances.set(locationId, addMinor(balances.get(locationId) ?? 0, amountMinor));
  }
  return balances;
}

/** Σ of the flows between the shop and the world; C4 says that it equals Σ balances. Reversals count as what they take back. */
export function sumExternalFlowsMinor(movements: Iterable<LocatedCashMovement>): number {
  let externalMinor = 0;
  for (const movement of movements) {
    const type = movement.type === 'REVERSAL' ? (movement.reversedType ?? 'REVERSAL') : movement.type;
    if (!INTERNAL_TYPES.has(type)) externalMinor = addMinor(externalMinor, movement.amountMinor);
  }
  return externalMinor;
}
