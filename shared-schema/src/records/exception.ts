import { z } from 'zod';
import { noteSchema, refSchema } from '../fields.ts';
import { deviceIdSchema } from '../ids.ts';
import { minorSchema } from '../money.ts';
import { unitsSchema } from '../quantity.ts';
import { instantSchema } from '../time.ts';
import { defineRecord, sortableInstant } from './define-record.ts';

/** Something a person must look at: a flagged fact, a field conflict of a decision, a quarantined mutation. */
export const exceptionSchema = z.strictObject({
  id: refSchema,
  type: z.enum(['flag', 'conflict', 'quarantine']),
  /** Codes in order of precedence; never empty. */
  codes: z.array(z.string().max(60)).min(1).max(20),
  deviceId: deviceIdSchema,
  n: z.int(),
  mutationName: z.string().max(60),
  actorId: refSchema.nullable(),
  aboutKind: z.string().max(40).nullable(),
  aboutId: refSchema.nullable(),
  /** Facts for the explanation: per conflict field base, mine, theirs; per flag what it names. */
  details: z.record(z.string(), z.json()),
  /** Effect in money and in base units, when there is one. */
  amountMinor: minorSchema.nullable(),
  units: unitsSchema.nullable(),
  status: z.enum(['open', 'resolved']),
  raisedAt: instantSchema,
  resolvedBy: refSchema.nullable(),
  resolvedAt: instantSchema.nullable(),
  resolution: noteSchema.nullable(),
});
export type Exception = z.infer<typeof exceptionSchema>;

export const exceptionRecord = defineRecord({
  kind: 'exception',
  schema: exceptionSchema,
  project: (exception) => ({
    parent: exception.aboutId ?? '',
    status: exception.status,
    sort: sortableInstant(exception.raisedAt),
  }),
});
