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

/** Another person's count of the same lot in the same session, as it bears on the newer line that carries it (case 13). */
const earlierCountSchema = z.strictObject({
  lineId: refSchema,
  countedBy: refSchema,
  countedAt: instantSchema,
  uncertaintyMs: uncertaintySchema,
  deviceId: deviceIdSchema,
  n: z.int(),
  countedUnits: unitsSchema.min(0),
  /** What that count says for this line's moment: counted + what was traded between the two. */
  impliedUnits: unitsSchema,
});
export type EarlierCount = z.infer<typeof earlierCountSchema>;

/**
 * One lot counted at one moment (I7). `varianceUnits = countedUnits − bookUnits`, where book is what the ledger held at `countedAt`;
 * late movements from before that moment re-base it. Once posted, `postedUnits = varianceUnits`: the sum of its COUNT movements.
 * A lot has at most one line that is not `superseded`: the one its `lastCount` names.
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
  /** Net units and number of movements after the count and before its posting: "moved while you counted". */
  movedUnits: unitsSchema,
  movedCount: z.int().min(0),
  /** Net units of late movements from before the count that were worked into its book. */
  rebasedUnits: unitsSchema,
  countedAt: instantSchema,
  uncertaintyMs: uncertaintySchema,
  deviceId: deviceIdSchema,
  n: z.int(),
  countedBy: refSchema,
  /**
   * `counted`: waits for approval. `third_count`: two people differ (case 13). `undecided`: three do, a manager chooses.
   * `recount`: somebody asked for one, or a movement could not be put before or after the count. `superseded`: a newer line counts.
   */
  status: z.enum(['counted', 'third_count', 'undecided', 'recount', 'posted', 'superseded']),
  earlierCounts: z.array(earlierCountSchema).max(20),
  /** Null until its variance is booked; a posted line can still be sent to recount. */
  postedAt: instantSchema.nullable(),
  /** Null for opening counts, which nobody approves. */
  approvedBy: refSchema.nullable(),
  approvedAt: instantSchema.nullable(),
  /** The difference that the approver saw; late movements may make `varianceUnits` another (case 14). */
  approvedUnits: unitsSchema.nullable(),
});
export type StockCountLine = z.infer<typeof stockCountLineSchema>;

/** Whether more was booked than anybody approved, because movements arrived late: somebody has to approve again (case 14). */
export function isBeyondApproval({ approvedUnits, varianceUnits }: StockCountLine): boolean {
  return approvedUnits !== null && Math.abs(varianceUnits) > Math.abs(approvedUnits);
}

export const stockCountLineRecord = defineRecord({
  kind: 'stockCountLine',
  schema: stockCountLineSchema,
  project: (line) => ({ parent: line.countId, status: line.status, sort: sortableInstant(line.countedAt) }),
});
