/**
 * The types of cash movements and the sign each has in a till or in the safe [C2][C3]. What a location should hold is the sum of its signed
 * movements, kept in its `cashTotals`; an expectation below zero is kept: it says that something was not recorded.
 */
import { z } from 'zod';

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
function cashDirection(type: CashMovementType, locationKind: CashLocationKind): CashDirection {
  return type === 'SAFE_DROP' && locationKind === 'safe' ? 'in' : TILL_DIRECTION[type];
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
