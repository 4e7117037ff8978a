import { z } from 'zod';
import { nameSchema, refSchema, uncertaintySchema } from '../fields.ts';
import { deviceIdSchema } from '../ids.ts';
import { unitsSchema } from '../quantity.ts';
import { instantSchema } from '../time.ts';
import { defineRecord, sortableInstant } from './define-record.ts';

/** A stocktake: who started it and which items are to be counted. Its lines are records of their own. */
export const stockCountSchema = z.strictObject({
  id: refSchema,
  name: nameSchema,
  /** `opening` posts what was counted at once: there is nothing to compare with. */
  mode: z.enum(['cycle', 'opening']),
  status: z.enum(['open', 'closed']),
  /** Items to count; empty means whatever is counted. */
  itemIds: z.array(refSchema).max(400),
  startedAt: instantSchema,
  startedBy: refSchema,
});
export type StockCount = z.infer<typeof stockCountSchema>;

export const stockCountRecord = defineRecord({
  kind: 'stockCount',
  schema: stockCountSchema,
  project: (count) => ({ status: count.status, sort: sortableInstant(count.startedAt) }),
});

/**
 * One lot counted at one moment (I7). `varianceUnits = countedUnits − bookUnits`, where book is what the ledger held at `countedAt`;
 * late movements from before that moment re-base it. `postedUnits` is the sum of the COUNT movements booked for it.
 */
export const stockCountLineSchema = z.strictObject({
  id: refSchema,
  countId: refSchema,
  itemId: refSchema,
  lotId: refSchema,
  countedUnits: unitsSchema.min(0),
  bookUnits: unitsSchema,
  varianceUnits: unitsSchema,
  postedUnits: unitsSchema,
  /** Units that moved between the count and its posting and were worked in. */
  movedUnits: unitsSchema,
  countedAt: instantSchema,
  uncertaintyMs: uncertaintySchema,
  deviceId: deviceIdSchema,
  n: z.int(),
  countedBy: refSchema,
  /** `third_count`: two people differ (case 13). `recount`: a movement could not be put before or after the count. */
  status: z.enum(['counted', 'third_count', 'recount', 'posted', 'superseded']),
  approvedBy: refSchema.nullable(),
  approvedAt: instantSchema.nullable(),
});
export type StockCountLine = z.infer<typeof stockCountLineSchema>;

export const stockCountLineRecord = defineRecord({
  kind: 'stockCountLine',
  schema: stockCountLineSchema,
  project: (line) => ({ parent: line.countId, status: line.status, sort: sortableInstant(line.countedAt) }),
});
