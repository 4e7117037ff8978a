import { z } from 'zod';
import { stockMovementTypeSchema } from '../domain/stock-level.ts';
import { noteSchema, refSchema, uncertaintySchema } from '../fields.ts';
import { deviceIdSchema } from '../ids.ts';
import { unitsSchema } from '../quantity.ts';
import { instantSchema } from '../time.ts';
import { defineRecord, sortableInstant } from './define-record.ts';

/** One line of the stock ledger: append-only, signed base units (I5). */
export const stockMovementSchema = z.strictObject({
  id: refSchema,
  lotId: refSchema,
  itemId: refSchema,
  type: stockMovementTypeSchema,
  units: unitsSchema,
  /** Device time corrected by its skew (I7). */
  occurredAt: instantSchema,
  uncertaintyMs: uncertaintySchema,
  deviceId: deviceIdSchema,
  n: z.int(),
  actorId: refSchema,
  /** The document behind it: sale, stock count line, goods receipt … */
  refKind: z.string().max(40).nullable(),
  refId: refSchema.nullable(),
  reason: noteSchema.nullable(),
});
export type StockMovement = z.infer<typeof stockMovementSchema>;

export const stockMovementRecord = defineRecord({
  kind: 'stockMovement',
  schema: stockMovementSchema,
  ledger: true,
  monthsBy: 'occurredAt',
  range: { parentField: 'lotId', sinceField: 'occurredAt' },
  project: (movement) => ({ parent: movement.lotId, status: movement.type, sort: sortableInstant(movement.occurredAt) }),
});
