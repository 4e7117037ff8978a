import { z } from 'zod';
import { sumDenominations } from '../../domain/denominations.ts';
import type { CashSession } from '../../records/cash-session.ts';
import { type DrawerCount, drawerCountIdOf, methodCountSchema } from '../../records/drawer-count.ts';
import { type Reconciliation, reconciliationIdOf } from '../../records/reconciliation.ts';
import {
  type Accepted,
  accept,
  type DecideContext,
  type Flag,
  key,
  put,
  type RecordKey,
  type RecordReader,
  type Write,
} from '../define.ts';
import { reopened } from './post-cash.ts';

/** What was counted, each method once. */
export const countsSchema = z
  .array(methodCountSchema)
  .min(1)
  .max(20)
  .refine((counts) => new Set(counts.map((count) => count.methodId)).size === counts.length, 'must name each method once');

/** Count attempts of one session that acts look at; more than anybody makes. */
export const ATTEMPTS_MAX = 50;

/** Seals one count attempt (C7). */
export function sealCount(
  sessionId: string,
  attempt: number,
  counts: DrawerCount['counts'],
  blind: boolean,
  { actorId, occurredAt }: DecideContext,
): DrawerCount {
  const id = drawerCountIdOf(sessionId, attempt);
  return { id, sessionId, attempt, counts, countedBy: actorId, countedAt: occurredAt, blind };
}

/** `count_differs` for methods whose breakdown does not come to the amount; the amount stands. */
export function countFlags(count: DrawerCount, session: CashSession | null): Flag[] {
  if (!session) return [];
  const differing = count.counts.filter((method) => {
    if (!method.denominations) return false;
    const sum = sumDenominations(session.currency, method.denominations);
    return !sum.ok || sum.value !== method.countedMinor;
  });
  if (differing.length === 0) return [];
  const methods = differing.map((method) => method.methodId);
  return [{ code: 'count_differs', about: key('drawerCount', count.id), details: { methods } }];
}

/**
 * One more attempt on a drawer already counted: both are kept, none averaged, and a review that had begun starts again
 * (C7, cases 5, 6, 7).
 */
export function recountWrites(session: CashSession, reconciliation: Reconciliation | null, count: DrawerCount): Write[] {
  const writes: Write[] = [
    put('drawerCount', count),
    put('cashSession', {
      ...session,
      attempts: count.attempt,
      status: session.status === 'reconciled' ? 'closed' : session.status,
    }),
  ];
  if (reconciliation) writes.push(put('reconciliation', { ...reopened(reconciliation), lastAttempt: count.attempt }));
  return writes;
}

/** Second-round keys of a count whose session was joined to another. */
export function joinedCountKeys(session: CashSession | null): RecordKey[] {
  if (session?.joinedTo == null) return [];
  return [key('cashSession', session.joinedTo), key('reconciliation', reconciliationIdOf(session.joinedTo))];
}

/**
 * Somebody counted the drawer of a session that was joined to another meanwhile (case 3): it is one drawer, so it is one more attempt there, and
 * flagged `session_joined`. Null when the session was not joined. Its keys must be declared.
 */
export function countOfJoined(
  session: CashSession,
  counts: DrawerCount['counts'],
  records: RecordReader,
  context: DecideContext,
): Accepted | null {
  const into = session.joinedTo === null ? null : records.get('cashSession', session.joinedTo);
  if (!into) return null;
  const count = sealCount(into.id, into.attempts + 1, counts, false, context);
  const { closedBy: joinedBy, closedAt: joinedAt } = session;
  const details = { attempt: count.attempt, joinedTo: into.id, joinedBy, joinedAt };
  const flags = [{ code: 'session_joined', about: key('cashSession', into.id), details }, ...countFlags(count, into)];
  const writes = recountWrites(into, records.get('reconciliation', reconciliationIdOf(into.id)), count);
  return accept(writes, { events: ['drawer_recounted'], flags });
}
