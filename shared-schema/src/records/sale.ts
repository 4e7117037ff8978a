import { z } from 'zod';
import { vatRateBpSchema } from '../domain/line-amount.ts';
import { noteSchema, refSchema } from '../fields.ts';
import { deviceIdSchema } from '../ids.ts';
import { minorSchema, nonNegativeMinorSchema } from '../money.ts';
import { unitsSchema } from '../quantity.ts';
import { dateOnSchema, instantSchema } from '../time.ts';
import { defineRecord, sortableInstant } from './define-record.ts';

/** One line of a ticket as it was sold: name, price and rate are copies, because tickets never change (M0). */
export const saleLineSchema = z.strictObject({
  itemId: refSchema,
  name: z.string().max(200),
  units: unitsSchema,
  unitsPerPack: z.int().min(1),
  packPriceMinor: nonNegativeMinorSchema,
  vatRateBp: vatRateBpSchema,
  amountMinor: minorSchema,
  vatMinor: minorSchema,
  /** The lots that were handed over, as the act named them. */
  lots: z
    .array(z.strictObject({ lotId: refSchema, units: unitsSchema }))
    .min(1)
    .max(20),
  /** Why an earlier expiry was skipped (I4). */
  fefoReason: noteSchema.nullable(),
});

/** A sale: one immutable ticket. */
export const saleSchema = z.strictObject({
  id: refSchema,
  /** The session it was made in. When that was closed already (`late`), its money is posted to the till's next one (C15). */
  sessionId: refSchema,
  tillId: refSchema,
  /** `T<tablet>-<n>` (SY1). */
  ticketNo: z.string().max(40),
  occurredAt: instantSchema,
  businessOn: dateOnSchema,
  actorId: refSchema,
  deviceId: deviceIdSchema,
  n: z.int(),
  late: z.boolean(),
  lines: z.array(saleLineSchema).min(1).max(100),
  /** What each method took, change already deducted; sums to total + rounding. */
  payments: z.array(z.strictObject({ methodId: z.string(), tenderedMinor: minorSchema, amountMinor: minorSchema })).max(10),
  vat: z.array(z.strictObject({ rateBp: vatRateBpSchema, grossMinor: minorSchema, vatMinor: minorSchema })).max(10),
  totalMinor: minorSchema,
  roundingMinor: minorSchema,
  changeMinor: minorSchema,
});
export type Sale = z.infer<typeof saleSchema>;

export const saleRecord = defineRecord({
  kind: 'sale',
  schema: saleSchema,
  ledger: true,
  monthsBy: 'occurredAt',
  project: (sale) => ({ parent: sale.sessionId, sort: sortableInstant(sale.occurredAt) }),
});
