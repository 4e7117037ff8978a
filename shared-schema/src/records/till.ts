import { z } from 'zod';
import { nameSchema, refSchema } from '../fields.ts';
import { minorSchema } from '../money.ts';
import { instantSchema } from '../time.ts';
import { defineRecord } from './define-record.ts';

/** A fact that reached the server after its session was closed; it waits for the till's next session (C15). */
export const lateMovementSchema = z.strictObject({
  movementId: refSchema,
  closedSessionId: refSchema,
  methodId: z.string(),
  amountMinor: minorSchema,
  type: z.string(),
  occurredAt: instantSchema,
  saleId: refSchema.nullable(),
});

/** A cash drawer. At most one of its sessions is not closed (C1); Z numbers run per till without gap (C11). */
export const tillSchema = z.strictObject({
  id: refSchema,
  name: nameSchema,
  openSessionId: refSchema.nullable(),
  lastSessionId: refSchema.nullable(),
  lastZNumber: z.int().min(0),
  lastZHash: z.string().nullable(),
  /** Perpetual grand totals over all Z reports of this till. */
  grandSalesMinor: minorSchema,
  grandRefundsMinor: minorSchema,
  lateWaiting: z.array(lateMovementSchema).max(200),
});
export type Till = z.infer<typeof tillSchema>;

export const tillRecord = defineRecord({
  kind: 'till',
  schema: tillSchema,
  project: (till) => ({ status: till.openSessionId === null ? 'closed' : 'open', sort: till.name.toLowerCase() }),
});
