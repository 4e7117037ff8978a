import { z } from 'zod';

/**
 * What a payment method's expected figure is compared with [C5]: `countable` is counted in the drawer (cash, cheque), `statement` is
 * compared with the terminal's total (card, mobile money), `receivable` with claims (insurer, third party) and is never counted,
 * `liability` is a debt of the shop that was used up (voucher) and is never counted.
 */
export const paymentNatureSchema = z.enum(['countable', 'statement', 'receivable', 'liability']);
export type PaymentNature = z.infer<typeof paymentNatureSchema>;

/** Whether a close of day takes a figure for this nature: a counted drawer or a terminal total. Source: C5. */
export function isCountedNature(nature: PaymentNature): boolean {
  return nature === 'countable' || nature === 'statement';
}
