import { z } from 'zod';
import { cashMovementTypeSchema } from '../domain/cash-expected.ts';
import { noteSchema, refSchema } from '../fields.ts';
import { deviceIdSchema } from '../ids.ts';
import { minorSchema } from '../money.ts';
import { instantSchema } from '../time.ts';
import { defineRecord, sortableInstant } from './define-record.ts';

/** One line of the cash ledger: append-only, signed as it changes the drawer (C3). Correction is a reversal and a new line. */
export const cashMovementSchema = z.strictObject({
  id: refSchema,
  sessionId: refSchema,
  tillId: refSchema,
  type: cashMovementTypeSchema,
  methodId: z.string().max(31),
  amountMinor: minorSchema,
  occurredAt: instantSchema,
  /** Arrived after the session it was made in was closed, and was posted to the till's next one (C15). */
  late: z.boolean(),
  /** For late movements the closed session it was made in; else null. */
  homeSessionId: refSchema.nullable(),
  actorId: refSchema,
  deviceId: deviceIdSchema,
  n: z.int(),
  note: noteSchema,
  /** Bag number, petty-cash receipt number or category. */
  reference: z.string().max(64).nullable(),
  witnessId: refSchema.nullable(),
  saleId: refSchema.nullable(),
  reversalOf: refSchema.nullable(),
});
export type CashMovement = z.infer<typeof cashMovementSchema>;

export const cashMovementRecord = defineRecord({
  kind: 'cashMovement',
  schema: cashMovementSchema,
  ledger: true,
  monthsBy: 'occurredAt',
  project: (movement) => ({ parent: movement.sessionId, status: movement.type, sort: sortableInstant(movement.occurredAt) }),
});
