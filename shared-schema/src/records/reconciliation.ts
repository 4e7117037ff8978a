import { z } from 'zod';
import { RESOLUTION_TYPES } from '../domain/movement-types.ts';
import { varianceClassSchema } from '../domain/variance.ts';
import { noteSchema, refSchema } from '../fields.ts';
import { minorSchema } from '../money.ts';
import { instantSchema } from '../time.ts';
import { defineRecord, sortableInstant } from './define-record.ts';

/** One step that explains part of a variance (C10). */
export const resolutionStepSchema = z.strictObject({
  id: refSchema,
  type: z.enum(RESOLUTION_TYPES),
  methodId: z.string().max(31),
  amountMinor: minorSchema,
  target: z.enum(['expected', 'explained', 'written_off']),
  note: noteSchema,
  /** Receipt or document number that proves it. */
  evidence: z.string().max(200).nullable(),
  addedBy: refSchema,
  addedAt: instantSchema,
});
export type ResolutionStep = z.infer<typeof resolutionStepSchema>;

/** Explains the variance of one closed session until nothing is open, then is approved by somebody else (C9, C10). */
export const reconciliationSchema = z.strictObject({
  id: refSchema,
  sessionId: refSchema,
  tillId: refSchema,
  status: z.enum(['draft', 'submitted', 'approved', 'rejected']),
  /** The count attempt that stands; approval binds to the attempt it saw (case 7). */
  drawerCountId: refSchema,
  attempt: z.int().min(1),
  variances: z
    .array(
      z.strictObject({
        methodId: z.string().max(31),
        expectedMinor: minorSchema,
        countedMinor: minorSchema,
        varianceMinor: minorSchema,
        class: varianceClassSchema,
      }),
    )
    .max(20),
  steps: z.array(resolutionStepSchema).max(100),
  startedBy: refSchema,
  startedAt: instantSchema,
  submittedBy: refSchema.nullable(),
  submittedAt: instantSchema.nullable(),
  decidedBy: refSchema.nullable(),
  decidedAt: instantSchema.nullable(),
  decisionNote: noteSchema.nullable(),
  selfApproved: z.boolean(),
});
export type Reconciliation = z.infer<typeof reconciliationSchema>;

export const reconciliationRecord = defineRecord({
  kind: 'reconciliation',
  schema: reconciliationSchema,
  project: (reconciliation) => ({
    parent: reconciliation.sessionId,
    status: reconciliation.status,
    sort: sortableInstant(reconciliation.startedAt),
  }),
});
