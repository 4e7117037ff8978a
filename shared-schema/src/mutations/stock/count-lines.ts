import { z } from 'zod';
import { codeSchema, refSchema } from '../../fields.ts';
import { countedUnitsSchema } from '../../quantity.ts';
import { type Lot, lotIdOf } from '../../records/lot.ts';
import type { StockCountLine } from '../../records/stock-count.ts';
import { DAY_MS, dateOnSchema, MINUTE_MS } from '../../time.ts';
import { accept, type DecideContext, defineFact, type Flag, key, type RangeKey, rangeKey, type Write } from '../define.ts';
import { countLot } from './count-lot.ts';
import { firstOfEach, lotArrivalReads, meetLot } from './lot-arrival.ts';
import { movementFollow, movementReads, StockPosting } from './post-movement.ts';

/** Most lines of one act: five records may be written for each. */
export const COUNT_LINES_MAX = 100;

const countedLineSchema = z.union([
  z.strictObject({ itemId: refSchema, lotId: refSchema, countedUnits: countedUnitsSchema }),
  z.strictObject({
    itemId: refSchema,
    lotText: codeSchema,
    expiryOn: dateOnSchema.nullable(),
    countedUnits: countedUnitsSchema,
  }),
]);
type CountedLine = z.infer<typeof countedLineSchema>;

/**
 * What lay on the shelf, lot by lot, at the act's moment (I7). Names each lot by id, or by its text and expiry when it is met for the
 * first time. The line's variance is against the book at that moment; a cycle count waits for approval, an opening count is booked.
 * Flags, in order: `count_unknown`, `count_closed`, `item_unknown`, `unknown_lot_not_allowed`, `lot_text_two_expiries` (I3), those of
 * `StockPosting.flags`. Source: I7, cases 12, 13; decision 0003.
 */
export const countStockLines = defineFact({
  name: 'stockCount.countLines',
  version: 1,
  args: z.strictObject({ countId: refSchema, lines: z.array(countedLineSchema).min(1).max(COUNT_LINES_MAX) }),
  reads: ({ countId, lines }, context) => [
    key('stockCount', countId),
    ...lines.flatMap((line) => ('lotId' in line ? movementReads([line.lotId]) : lotArrivalReads(line, context))),
  ],
  follow: ({ lines }, records, context) => {
    const lotIds = [...new Set(lines.map((line) => lotIdOfLine(line, context)))];
    const known = lotIds.filter((lotId) => records.get('lot', lotId) !== null);
    return [...movementFollow(records, lotIds), ...known.map((lotId) => rangeOf(lotId, context))];
  },
  decide({ countId, lines }, records, context) {
    const count = records.get('stockCount', countId);
    const posting = new StockPosting(records, context);
    const claims = new Map<string, Write>();
    const flags: Flag[] = [];
    if (!count) flags.push({ code: 'count_unknown', about: key('stockCount', countId) });
    if (count?.status === 'closed') flags.push({ code: 'count_closed', about: key('stockCount', countId) });
    for (const [index, counted] of lines.entries()) {
      const met =
        'lotId' in counted
          ? { lot: posting.standIn(counted.lotId, counted.itemId), flags: [], writes: [] }
          : meetLot(counted, posting, records, context);
      flags.push(...met.flags);
      for (const write of met.writes) if (!claims.has(write.body.id)) claims.set(write.body.id, write);
      const { parent, since } = rangeOf(met.lot.id, context);
      const booked = records.get('lot', met.lot.id) ? records.range('stockMovement', parent, since) : [];
      const line = newLine(index, countId, counted.countedUnits, met.lot, context);
      countLot(line, booked, posting, { isOpening: count?.mode === 'opening' });
    }
    return accept([...posting.writes(), ...claims.values()], {
      events: ['stock_counted'],
      flags: firstOfEach([...flags, ...posting.flags()]),
    });
  },
});

function lotIdOfLine(line: CountedLine, context: DecideContext): string {
  return 'lotId' in line ? line.lotId : lotIdOf(line.itemId, line.lotText, line.expiryOn, context.sha256);
}

/** Two devices that were offline for 90 days can be wrong by three hours together. */
const UNCERTAINTY_REACH_MS = 180 * MINUTE_MS;
/** How far back a device that never measured its clock is checked. */
const UNKNOWN_CLOCK_REACH_MS = 30 * DAY_MS;

/** The stretch of the lot's ledger that may lie after the count, or cannot be told from it. */
function rangeOf(lotId: string, { occurredAt, uncertaintyMs }: DecideContext): RangeKey {
  return rangeKey('stockMovement', lotId, occurredAt - (uncertaintyMs ?? UNKNOWN_CLOCK_REACH_MS) - UNCERTAINTY_REACH_MS);
}

function newLine(index: number, countId: string, countedUnits: number, lot: Lot, context: DecideContext): StockCountLine {
  const { occurredAt, uncertaintyMs, deviceId, n, actorId } = context;
  return {
    id: context.newId(index),
    countId,
    itemId: lot.itemId,
    lotId: lot.id,
    countedUnits,
    bookUnits: lot.onHandUnits,
    varianceUnits: countedUnits - lot.onHandUnits,
    postedUnits: 0,
    movedUnits: 0,
    movedCount: 0,
    rebasedUnits: 0,
    countedAt: occurredAt,
    uncertaintyMs,
    deviceId,
    n,
    countedBy: actorId,
    status: 'counted',
    earlierCounts: [],
    postedAt: null,
    approvedBy: null,
    approvedAt: null,
    approvedUnits: null,
  };
}
