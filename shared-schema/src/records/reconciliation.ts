import { z } from 'zod';
import { resolutionTargetSchema, resolutionTypeSchema } from '../domain/reconciliation.ts';
import { varianceClassSchema } from '../domain/variance.ts';
import { noteSchema, refSchema } from '../fields.ts';
import { minorSchema } from '../money.ts';
import { instantSchema } from '../time.ts';
import { defineRecord, sortableInstant } from './define-record.ts';

/** One step that accounts for a signed part of a variance (C10). Steps of one act (both sides of a reclassification) go together. */
export const resolutionStepSchema = z.strictObject({
  id: refSchema,
  type: resolutionTypeSchema,
  methodId: z.string().max(31),
  amountMinor: minorSchema,
  target: resolutionTargetSchema,
  note: noteSchema,
  /** Receipt or document number that proves it. */
  evidence: z.string().max(200).nullable(),
  addedBy: refSchema,
  addedAt: instantSchema,
});
export type ResolutionStep = z.infer<typeof resolutionStepSchema>;

/** Most steps of one reconciliation; each late arrival is one. */
export const STEPS_MAX = 2_000;

/** One a session, named by it. Explains the variance of one closed session until nothing is open, then is approved by somebody else (C9, C10). */
export const reconciliationSchema = z.strictObject({
  id: refSchema,
  sessionId: refSchema,
  tillId: refSchema,
  status: z.enum(['draft', 'submitted', 'approved', 'rejected']),
  /** The count attempt that stands: the first one until a `RECOUNT` step accepts another (C7, case 6). */
  attempt: z.int().min(1),
  drawerCountId: refSchema,
  /** Newest attempt there is; approval binds to the one it saw (case 7). */
  lastAttempt: z.int().min(1),
  /** Raised by everything that changes what would be approved; decisions name the one they saw. */
  revision: z.int().min(1),
  /**
   * Figures of the first count, frozen; a recount is a step. `countedMinor` null = left blank, and then all of it is open.
   * `class` follows the accepted attempt.
   */
  variances: z
    .array(
      z.strictObject({
        methodId: z.string().max(31),
        expectedMinor: minorSchema,
        countedMinor: minorSchema.nullable(),
        varianceMinor: minorSchema,
        class: varianceClassSchema,
      }),
    )
    .max(40),
  steps: z.array(resolutionStepSchema).max(STEPS_MAX),
  startedBy: refSchema,
  startedAt: instantSchema,
  submittedBy: refSchema.nullable(),
  submittedAt: instantSchema.nullable(),
  /** The second person for the highest class (C8). */
  confirmedBy: refSchema.nullable(),
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

/**
 * Names the reconciliation of a session. Not the session's own id: `depends_on` takes an absent record whose id an own act made for
 * something that act failed to make.
 */
export function reconciliationIdOf(sessionId: string): string {
  return `rec~${sessionId}`;
}
