import { type ActMoment, isLaterCount, orderActs, postCount } from '../../domain/count-rebase.ts';
import type { EarlierCount, StockCountLine } from '../../records/stock-count.ts';
import type { StockMovement } from '../../records/stock-movement.ts';
import { resolveStatus } from './count-status.ts';
import { countMomentOf, momentOf, type StockPosting } from './post-movement.ts';

/**
 * Works one fresh count line into its lot (I7, case 13).
 *
 * `booked` are the lot's movements that may lie after the count. The newest count becomes the lot's last one and the line before it is
 * superseded; when another person counted the lot in the same session and that still waits, the newer line carries the older figure
 * along, so that the two are compared. A count older than the lot's last one changes no stock: it is kept, superseded, and compared; when
 * that last one is booked already, a manager is told that they differ.
 */
export function countLot(
  fresh: StockCountLine,
  booked: readonly StockMovement[],
  posting: StockPosting,
  { isOpening }: { isOpening: boolean },
): void {
  const lot = posting.lot(fresh.lotId);
  const last = lot?.lastCount ? posting.line(lot.lastCount.lineId) : null;
  const act = countMomentOf(fresh);
  const isOlder = last !== null && isOlderThan(last, act);
  const movements = booked
    // An opened pack moves nothing (I2).
    .filter(({ type }) => type !== 'SPLIT')
    .map((movement) => ({ units: movement.units, type: movement.type, act: momentOf(movement) }))
    // What another count booked lies where that count lies, also when clocks are too close to tell.
    .filter((movement) => movement.type !== 'COUNT' || isLaterCount(movement.act, act));
  const posted = postCount({ countLineId: fresh.id, act, countedUnits: fresh.countedUnits }, lot?.onHandUnits ?? 0, movements);
  const since = movements.filter((movement) => orderActs(movement.act, act) !== 'before');
  const line: StockCountLine = {
    ...fresh,
    bookUnits: posted.line.bookUnits,
    varianceUnits: posted.line.varianceUnits,
    movedUnits: since.reduce((sum, movement) => sum + movement.units, 0) + 0,
    movedCount: since.length,
  };
  if (isOlder) return keepOlder(line, last, posting);
  becomeLast(line, last, posting, posted.isRecountNeeded, isOpening);
}

/** Whether a fresh count lies before the lot's last one. A recount that was asked for is answered by whatever clocks cannot put before it. */
function isOlderThan(last: StockCountLine, act: ActMoment): boolean {
  const moment = countMomentOf(last);
  return last.status === 'recount' ? orderActs(act, moment) === 'before' : isLaterCount(moment, act);
}

/** Whether a line still waits to be compared with other people's counts in the same session. */
function isWaiting({ status }: StockCountLine): boolean {
  return status === 'counted' || status === 'third_count' || status === 'undecided';
}

function keepOlder(older: StockCountLine, last: StockCountLine, posting: StockPosting): void {
  posting.setLine({ ...older, status: 'superseded' });
  if (last.countId !== older.countId || last.countedBy === older.countedBy) return;
  // No count was booked between the two, so the books differ by what was traded.
  const earlier = earlierCountOf(older, older.countedUnits + last.bookUnits - older.bookUnits);
  if (last.postedAt !== null && earlier.impliedUnits !== last.countedUnits) posting.noteDifferentCount(last, earlier);
  if (!isWaiting(last)) return;
  const known = last.earlierCounts.find(({ countedBy }) => countedBy === older.countedBy);
  if (known && isLaterCount(countMomentOf(known), countMomentOf(older))) return;
  const earlierCounts = newestFirst([...last.earlierCounts.filter((one) => one !== known), earlier]);
  posting.setLine({ ...last, earlierCounts, status: resolveStatus({ ...last, earlierCounts }) });
}

/** Of each person the newest count, the newest person first: the same list in whatever order they arrived. */
function newestFirst(counts: readonly EarlierCount[]): EarlierCount[] {
  return counts.toSorted((a, b) => (isLaterCount(countMomentOf(a), countMomentOf(b)) ? -1 : 1));
}

function becomeLast(
  line: StockCountLine,
  last: StockCountLine | null,
  posting: StockPosting,
  isRecountNeeded: boolean,
  isOpening: boolean,
): void {
  const lot = posting.lot(line.lotId);
  if (!lot) return;
  const { deviceId, n, uncertaintyMs } = line;
  posting.setLot({ ...lot, lastCount: { lineId: line.id, at: line.countedAt, uncertaintyMs, deviceId, n } });
  const earlierCounts = last ? carriedOver(line, last) : [];
  // Each of the counts it carried is a line of its own; the newest line carries them from here on.
  if (last && last.status !== 'superseded') posting.setLine({ ...last, status: 'superseded', earlierCounts: [] });
  const compared = { ...line, earlierCounts };
  const next = { ...compared, status: isRecountNeeded ? ('recount' as const) : resolveStatus(compared) };
  if (isRecountNeeded) posting.askRecount(lot.id);
  if (isOpening) posting.postLine(next, { approvedBy: null, approvedAt: null, approvedUnits: null });
  else posting.setLine(next);
}

/** Counts of other people in this session, brought to the new line's moment by what was traded since. */
function carriedOver(line: StockCountLine, last: StockCountLine): EarlierCount[] {
  const isSession = last.countId === line.countId && last.postedAt === null && last.status !== 'recount';
  if (!isSession || last.status === 'superseded') return [];
  const tradedUnits = line.bookUnits - last.bookUnits;
  const earlier = [earlierCountOf(last, last.countedUnits), ...last.earlierCounts].filter(
    ({ countedBy }) => countedBy !== line.countedBy,
  );
  return newestFirst(earlier.map((one) => ({ ...one, impliedUnits: one.impliedUnits + tradedUnits })));
}

function earlierCountOf(line: StockCountLine, impliedUnits: number): EarlierCount {
  const { countedBy, countedAt, uncertaintyMs, deviceId, n, countedUnits } = line;
  return { lineId: line.id, countedBy, countedAt, uncertaintyMs, deviceId, n, countedUnits, impliedUnits };
}
