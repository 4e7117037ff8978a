import { MINUTE_MS } from '#schema/time.ts';
import { type Checkpoint, isSameState } from '../store/replica.ts';

/** A checkpoint that says nothing new is written again after so long, or when the clock was moved by so much. */
const CONTACT_WORTH_MS = 5 * MINUTE_MS;
const SKEW_WORTH_MS = 2_000;

/** Whether a checkpoint says so little beyond the one before that it is not worth a flush to disk. */
export function isWorthNothing(before: Checkpoint, now: Checkpoint): boolean {
  if (!isSameState(before, now) || before.skewMs === null || before.head === null) return false;
  const isRecent = Math.abs(now.contactAt - before.contactAt) < CONTACT_WORTH_MS;
  return isRecent && Math.abs((now.skewMs ?? 0) - before.skewMs) < SKEW_WORTH_MS;
}
