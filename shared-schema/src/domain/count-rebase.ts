/**
 * Counting while trading [I7]. A count says what lay on the shelf at its moment t; on hand is then always
 * counted + Σ movements after t, in whatever order the acts reach the server. So a movement from before t that arrives later must not
 * change on hand: the count line is re-based (its book and variance move) and a compensating entry takes the movement back out.
 *
 * "Before" cannot be read off device clocks alone. Acts of one device are ordered by their number. Acts of two devices are ordered by
 * their corrected times, and only when these lie further apart than both clocks may err; else nobody knows, the movement counts as
 * after, and a recount is asked. Treating the unknown alike whether the count or the movement arrives first keeps all replicas equal.
 */
import { assert } from '../assert.ts';
import { sumUnits } from '../quantity.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';

/** When and where an act was made: device and its number, corrected time and how far that may be off, both ms. */
export interface ActMoment {
  readonly deviceId: string;
  readonly n: number;
  readonly occurredAt: number;
  readonly uncertaintyMs: number;
}

/**
 * When an act happened, in server time: `madeAt − skewMs`, where skew = device clock − server clock at the last contact (null =
 * unknown, taken as 0 and covered by an infinite uncertainty). Never before the device's previous act, never after receipt; null for
 * either bound that does not exist yet. All ms. Source: I7.
 */
export function computeOccurredAt(act: {
  readonly madeAt: number;
  readonly skewMs: number | null;
  readonly previousOccurredAt: number | null;
  readonly receivedAt: number | null;
}): number {
  const corrected = act.madeAt - (act.skewMs ?? 0);
  const notBeforePrevious = Math.max(corrected, act.previousOccurredAt ?? corrected);
  return Math.min(notBeforePrevious, act.receivedAt ?? notBeforePrevious);
}

/**
 * How far `occurredAt` may be off: 60 s plus one minute for each day since the device last compared clocks, pro rata, rounded up to
 * the ms. `offlineMs` null = skew unknown = Infinity (which JSON cannot hold: store the offline time, not this). Source: I7.
 */
export function computeUncertaintyMs(offlineMs: number | null): number {
  if (offlineMs === null) return Number.POSITIVE_INFINITY;
  return MINUTE_MS + Math.ceil((Math.max(0, offlineMs) * MINUTE_MS) / DAY_MS);
}

/** From here on a tablet's clock is called wrong; acts are put right by its skew all the same. Source: domain case 32. */
const CLOCK_OFF_MS = 5 * MINUTE_MS;

/** Whether a clock was wrong enough to warn: what it showed, and the corrected time. */
export function isClockOff(madeAt: number, occurredAt: number): boolean {
  return Math.abs(madeAt - occurredAt) > CLOCK_OFF_MS;
}

/** Where one act lies relative to another. */
export type ActOrder = 'before' | 'after' | 'undecidable';

/**
 * Whether `a` happened before or after `b`: by number on one device, else by corrected time when further apart than the sum of both
 * uncertainties. An act compared with itself is undecidable. Source: I7.
 */
export function orderActs(a: ActMoment, b: ActMoment): ActOrder {
  if (a.deviceId === b.deviceId) return a.n === b.n ? 'undecidable' : a.n < b.n ? 'before' : 'after';
  const apartMs = Math.abs(a.occurredAt - b.occurredAt);
  if (!(apartMs > a.uncertaintyMs + b.uncertaintyMs)) return 'undecidable';
  return a.occurredAt < b.occurredAt ? 'before' : 'after';
}

/**
 * Which of two counts of a lot counts as the later one, alike for everybody and in whatever order they arrive. Where clocks cannot tell
 * (I7), the corrected times decide all the same, and the device's id when they are equal.
 */
export function isLaterCount(a: ActMoment, b: ActMoment): boolean {
  const order = orderActs(a, b);
  if (order !== 'undecidable') return order === 'after';
  return a.occurredAt === b.occurredAt ? a.deviceId > b.deviceId : a.occurredAt > b.occurredAt;
}

/** A stock movement of one lot in one location: signed base units and its moment. */
export interface MovementAct {
  readonly units: number;
  readonly act: ActMoment;
}

/** A count line: what was counted at its moment, what the book said for that moment, and counted − book. Base units. */
export interface CountLine {
  readonly countLineId: string;
  readonly act: ActMoment;
  readonly countedUnits: number;
  readonly bookUnits: number;
  readonly varianceUnits: number;
}

/** book(t) = on hand now − Σ what was booked after t. Base units. Source: I7. */
export function computeBookAt(onHandNowUnits: number, movementsAfter: Iterable<{ readonly units: number }>): number {
  return onHandNowUnits - sumUnits(Array.from(movementsAfter, (movement) => movement.units));
}

/** What posting a count does: book `line.varianceUnits` as a `COUNT` movement with the line's moment. */
export interface PostedCount {
  readonly line: CountLine;
  readonly isRecountNeeded: boolean;
}

/**
 * Posts a count on a lot whose book already holds `booked` movements (only those that may lie after the count matter; older ones do
 * no harm). The variance is against book(t), so that on hand becomes counted + Σ after t; a booked movement whose order cannot be
 * decided counts as after and asks for a recount.
 *
 * When the lot already has a later count, post the variance all the same and pass it through `rebaseCount` against that later line:
 * it is then a movement from before, and on hand stays what the later count says. Source: I7.
 */
export function postCount(
  count: { readonly countLineId: string; readonly act: ActMoment; readonly countedUnits: number },
  onHandUnits: number,
  booked: readonly MovementAct[],
): PostedCount {
  assert(count.countedUnits >= 0, `a shelf cannot hold ${count.countedUnits}`);
  const notBefore = booked.filter((movement) => orderActs(movement.act, count.act) !== 'before');
  const isRecountNeeded = notBefore.some((movement) => orderActs(movement.act, count.act) === 'undecidable');
  const bookUnits = computeBookAt(onHandUnits, notBefore);
  return { line: { ...count, bookUnits, varianceUnits: count.countedUnits - bookUnits }, isRecountNeeded };
}

/**
 * What a movement that arrives after a count of the same lot does to that count. `compensatingUnits` ≠ 0 is to be booked as a `COUNT`
 * movement with the line's moment, linked to the line, besides the movement itself.
 */
export interface RebasedCount {
  readonly line: CountLine;
  readonly compensatingUnits: number;
  readonly isRecountNeeded: boolean;
}

/**
 * Re-bases a lot's last count for a movement booked after it. Before t: book and variance move, and the compensating entry keeps on
 * hand as counted. After t: nothing but the movement. Undecidable: as after, and a recount is asked. Source: I7.
 */
export function rebaseCount(line: CountLine, movement: MovementAct): RebasedCount {
  const order = orderActs(movement.act, line.act);
  if (order !== 'before') return { line, compensatingUnits: 0, isRecountNeeded: order === 'undecidable' };
  const bookUnits = line.bookUnits + movement.units;
  return {
    line: { ...line, bookUnits, varianceUnits: line.countedUnits - bookUnits },
    compensatingUnits: 0 - movement.units,
    isRecountNeeded: false,
  };
}
