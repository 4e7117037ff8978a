import { z } from 'zod';
import { cashPostingSchema } from '../domain/cash-posting.ts';
import { Z_SKIPPED_MAX } from '../domain/z-series.ts';
import { nameSchema, refSchema } from '../fields.ts';
import { minorSchema } from '../money.ts';
import { dateOnSchema } from '../time.ts';
import { defineRecord } from './define-record.ts';

/** A cash drawer. At most one of its sessions is not closed (C1); Z numbers run per till (C11). */
export const tillSchema = z.strictObject({
  id: refSchema,
  name: nameSchema,
  openSessionId: refSchema.nullable(),
  lastSessionId: refSchema.nullable(),
  lastZNumber: z.int().min(0),
  /** Numbers up to the last that were given in a history that is gone and wait for their close (SY8). */
  skippedZNumbers: z.array(z.int().min(1)).max(Z_SKIPPED_MAX),
  lastZHash: z.string().nullable(),
  /** Business date of the newest close; an opening before it is asked about (C13). */
  lastClosedOn: dateOnSchema.nullable(),
  /** Perpetual grand totals over all Z reports of this till. */
  grandSalesMinor: minorSchema,
  grandRefundsMinor: minorSchema,
  grandDocuments: z.int().min(0),
  /** Facts that arrived after their session was closed, waiting for the till's next session (C15). */
  lateWaiting: z.array(cashPostingSchema).max(5_000),
});
export type Till = z.infer<typeof tillSchema>;

export const tillRecord = defineRecord({
  kind: 'till',
  schema: tillSchema,
  project: (till) => ({ status: till.openSessionId === null ? 'closed' : 'open', sort: till.name.toLowerCase() }),
});
