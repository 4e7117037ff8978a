/**
 * What one fact does to the cash of a session: its ledger lines and, for a ticket, its turnover. It is applied at once, or waits on the
 * till as it is when its session was closed before it arrived [C15].
 */
import { z } from 'zod';
import { noteSchema, refSchema } from '../fields.ts';
import { deviceIdSchema } from '../ids.ts';
import { minorSchema, sumMinor } from '../money.ts';
import { instantSchema } from '../time.ts';
import { cashMovementTypeSchema } from './cash-expected.ts';
import { vatRateBpSchema } from './line-amount.ts';

/** One ledger line, signed as it changes what the method should hold. Minor units. Source: C3. */
export const cashPostingLineSchema = z.strictObject({
  id: refSchema,
  type: cashMovementTypeSchema,
  methodId: z.string().max(31),
  amountMinor: minorSchema,
  note: noteSchema,
  reference: z.string().max(64).nullable(),
  witnessId: refSchema.nullable(),
  reversalOf: refSchema.nullable(),
});
export type CashPostingLine = z.infer<typeof cashPostingLineSchema>;

/** A fact's cash effect and who made it where. `document` is a ticket's turnover, VAT included, without cash rounding. */
export const cashPostingSchema = z.strictObject({
  homeSessionId: refSchema,
  actorId: refSchema,
  deviceId: deviceIdSchema,
  n: z.int(),
  occurredAt: instantSchema,
  saleId: refSchema.nullable(),
  lines: z.array(cashPostingLineSchema).max(40),
  document: z
    .strictObject({
      no: z.string().max(40),
      grossMinor: minorSchema,
      vat: z.array(z.strictObject({ rateBp: vatRateBpSchema, grossMinor: minorSchema, vatMinor: minorSchema })).max(20),
    })
    .nullable(),
});
export type CashPosting = z.infer<typeof cashPostingSchema>;

/** Σ of a posting's lines per method, in order of first line; methods that come to zero are left out. Minor units. */
export function netByMethod(lines: readonly Pick<CashPostingLine, 'methodId' | 'amountMinor'>[]): {
  methodId: string;
  amountMinor: number;
}[] {
  const methodIds = [...new Set(lines.map((line) => line.methodId))];
  return methodIds
    .map((methodId) => ({
      methodId,
      amountMinor: sumMinor(lines.filter((line) => line.methodId === methodId).map((line) => line.amountMinor)),
    }))
    .filter((net) => net.amountMinor !== 0);
}
