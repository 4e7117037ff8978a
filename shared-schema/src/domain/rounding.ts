/**
 * Cash rounding [M2]: the ticket total of a cash payment is rounded to what coins can pay. Never a line, never a card. The difference
 * is a movement of its own (`ROUNDING`), so turnover and VAT stay exact.
 */
import { z } from 'zod';
import { assert } from '../assert.ts';
import { type Currency, multiplyDivideRoundHalfUp } from '../money.ts';

/**
 * A shop's policy. `incrementMinor`: the step cash totals are rounded to, 1 = no rounding. `onMixedPayment`: what happens when only a
 * part is paid in cash: `round_cash_part` rounds what is left for cash, `exact` rounds nothing.
 */
export const cashRoundingPolicySchema = z.strictObject({
  incrementMinor: z.int().positive().max(1_000_000),
  onMixedPayment: z.enum(['round_cash_part', 'exact']),
});
export type CashRoundingPolicy = z.infer<typeof cashRoundingPolicySchema>;

/** Cash paid to the minor unit. */
export const NO_CASH_ROUNDING: CashRoundingPolicy = { incrementMinor: 1, onMixedPayment: 'exact' };

/** Rounding to 5 cents, mandatory in Belgium for cash since 1 December 2019 [M2]. A shop setting: the euro itself has none. */
export const FIVE_CENT_CASH_ROUNDING: CashRoundingPolicy = { incrementMinor: 5, onMixedPayment: 'round_cash_part' };

/** The policy a shop starts with: 5 for CHF (CLDR `_cashRounding`), none elsewhere. Source: M2. */
export function defaultCashRounding(currency: Currency): CashRoundingPolicy {
  return currency === 'CHF' ? FIVE_CENT_CASH_ROUNDING : NO_CASH_ROUNDING;
}

/** An amount rounded for cash; `differenceMinor` = rounded − exact is what the `ROUNDING` movement carries. Minor units. */
export interface RoundedCash {
  readonly roundedMinor: number;
  readonly differenceMinor: number;
}

/** Rounds to the nearest multiple of the increment, half away from zero, so that a refund is the mirror of its sale. Source: M2. */
export function roundCash(amountMinor: number, incrementMinor: number): RoundedCash {
  assert(incrementMinor > 0, `rounding increment must be positive: ${incrementMinor}`);
  const roundedMinor = multiplyDivideRoundHalfUp(amountMinor, 1, incrementMinor) * incrementMinor;
  assert(Number.isSafeInteger(roundedMinor), `amount outside safe integers: ${amountMinor}`);
  return { roundedMinor: roundedMinor + 0, differenceMinor: roundedMinor - amountMinor };
}

/**
 * Rounds what is due in cash under a policy. `cashDueMinor` is the ticket total less what other methods paid (negative for a refund);
 * `isMixed` says whether another method pays a part. Source: M2.
 */
export function applyCashRounding(policy: CashRoundingPolicy, cashDueMinor: number, isMixed: boolean): RoundedCash {
  const isExact = isMixed && policy.onMixedPayment === 'exact';
  return roundCash(cashDueMinor, isExact ? 1 : policy.incrementMinor);
}
