import { z } from 'zod';
import { refSchema } from '../../fields.ts';
import { unitsSchema } from '../../quantity.ts';
import { SHOP_ID } from '../../records/shop.ts';
import { isBeyondApproval, type StockCountLine } from '../../records/stock-count.ts';
import { accept, defineDecision, key, type RecordReader, type Refused, refuse } from '../define.ts';
import { COUNT_LINES_MAX } from './count-lines.ts';
import { movementReads, StockPosting } from './post-movement.ts';

const lineIdsSchema = z
  .array(refSchema)
  .min(1)
  .max(COUNT_LINES_MAX)
  .refine((lineIds) => new Set(lineIds).size === lineIds.length, 'must name each line once');

/** A line to approve and the difference its approver saw; null where it is not said, and then it is what the line says now. */
const approvedLineSchema = z.strictObject({ lineId: refSchema, seenUnits: unitsSchema.nullable() });

/**
 * Approves counted lines and books their differences as COUNT movements. All or none. A line that late movements changed since it was
 * looked at is booked all the same, so that on hand stays counted + Σ after; the act is flagged when that is more than was seen, just as if
 * the movements had come after the approval (case 14). Such a line can be approved again.
 * Refuses, in order, naming the line: `count_line_not_found`, `count_line_superseded` (a newer count of the lot counts),
 * `count_line_already_posted` (with who approved it), `recount_pending`, `third_count_needed` (case 13), `approver_counted` (unless the shop
 * approves itself). Flags: those of `StockPosting.flags`. Source: I7, I8.
 */
export const postCountLines = defineDecision({
  name: 'stockCount.postLines',
  version: 2,
  args: z.strictObject({
    countId: refSchema,
    lines: z
      .array(approvedLineSchema)
      .min(1)
      .max(COUNT_LINES_MAX)
      .refine((lines) => new Set(lines.map(({ lineId }) => lineId)).size === lines.length, 'must name each line once'),
  }),
  upgrades: {
    1: ({ lineIds, ...rest }) => ({
      ...rest,
      lines: Array.isArray(lineIds) ? lineIds.map((lineId) => ({ lineId, seenUnits: null })) : (lineIds ?? null),
    }),
  },
  reads: ({ lines }) => [key('shop', SHOP_ID), ...lines.map(({ lineId }) => key('stockCountLine', lineId))],
  follow: ({ lines }, records) =>
    movementReads(lines.flatMap(({ lineId }) => records.get('stockCountLine', lineId)?.lotId ?? [])),
  decide({ countId, lines: approved }, records, context) {
    const lineIds = approved.map(({ lineId }) => lineId);
    const lines = findLines(countId, lineIds, records);
    if (!Array.isArray(lines)) return lines;
    const posted = lines.find((line) => line.status === 'posted' && !isBeyondApproval(line));
    if (posted) {
      const { id: lineId, approvedBy, approvedAt } = posted;
      return refuse('count_line_already_posted', { lineId, approvedBy, approvedAt });
    }
    const recount = lines.find((line) => line.status === 'recount');
    if (recount) return refuse('recount_pending', { lineId: recount.id });
    const third = lines.find((line) => line.status === 'third_count');
    if (third) return refuse('third_count_needed', { lineId: third.id });
    const own = lines.find((line) => isCounter(line, context.actorId));
    if (own && !records.get('shop', SHOP_ID)?.selfApproval) return refuse('approver_counted', { lineId: own.id });
    const posting = new StockPosting(records, context);
    for (const [index, line] of lines.entries()) {
      const approvedUnits = approved[index]?.seenUnits ?? line.varianceUnits;
      posting.postLine(line, { approvedBy: context.actorId, approvedAt: context.occurredAt, approvedUnits });
    }
    return accept(posting.writes(), { events: ['stock_count_lines_posted'], flags: posting.flags() });
  },
});

/**
 * Asks for another count of lines, booked or not; what is on hand stays. The next count of the lot starts afresh.
 * Refuses, in order, naming the line: `count_line_not_found`, `count_line_superseded`.
 */
export const recountLines = defineDecision({
  name: 'stockCount.recountLines',
  version: 1,
  args: z.strictObject({ countId: refSchema, lineIds: lineIdsSchema }),
  reads: ({ lineIds }) => lineIds.map((lineId) => key('stockCountLine', lineId)),
  decide({ countId, lineIds }, records, context) {
    const lines = findLines(countId, lineIds, records);
    if (!Array.isArray(lines)) return lines;
    const posting = new StockPosting(records, context);
    for (const line of lines) posting.setLine({ ...line, status: 'recount' });
    return accept(posting.writes(), { events: ['stock_recount_asked'] });
  },
});

function findLines(countId: string, lineIds: readonly string[], records: RecordReader): StockCountLine[] | Refused {
  const lines: StockCountLine[] = [];
  for (const lineId of lineIds) {
    const line = records.get('stockCountLine', lineId);
    if (line?.countId !== countId) return refuse('count_line_not_found', { lineId });
    lines.push(line);
  }
  const old = lines.find((line) => line.status === 'superseded');
  return old ? refuse('count_line_superseded', { lineId: old.id }) : lines;
}

function isCounter(line: StockCountLine, actorId: string): boolean {
  return line.countedBy === actorId || line.earlierCounts.some((earlier) => earlier.countedBy === actorId);
}
