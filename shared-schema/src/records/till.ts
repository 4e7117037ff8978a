import { z } from 'zod';
import { cashPostingSchema } from '../domain/cash-posting.ts';
import { nameSchema, refSchema } from '../fields.ts';
import { minorSchema } from '../money.ts';
import { dateOnSchema } from '../time.ts';
import { defineRecord } from './define-record.ts';

/** A cash drawer. At most one of its sessions is not closed (C1); Z numbers run per till without gap (C11). */
export const tillSchema = z.strictObject({
  id: refSchema,
  name: nameSchema,
  openSessionId: refSchema.nullable(),
  lastSessionId: refSchema.nullable(),
  lastZNumber: z.int().min(0),
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
