import { z } from 'zod';
import { emptyCashTotals } from '../../domain/cash-totals.ts';
import { refSchema } from '../../fields.ts';
import { accept, defineFact, key, put, type RecordReader } from '../define.ts';

const args = z.strictObject({ sessionId: refSchema });

function unverified(sessionId: string) {
  return { code: 'session_unverified', about: key('cashSession', sessionId), details: { sessionId } };
}

/** The count of a till began: `open → counting` (C1). Flags: `session_unverified`, `session_joined`, `session_already_closed`. Counting twice is one. */
export const startDrawerCount = defineFact({
  name: 'cashSession.startCount',
  version: 1,
  args,
  reads: ({ sessionId }) => [key('cashSession', sessionId)],
  decide({ sessionId }, records) {
    return moveBetween(sessionId, records, 'open', 'counting', 'drawer_count_started');
  },
});

/** The till went back to selling before anything was sealed: `counting → open` (C1). Flags as `cashSession.startCount`. */
export const cancelDrawerCount = defineFact({
  name: 'cashSession.cancelCount',
  version: 1,
  args,
  reads: ({ sessionId }) => [key('cashSession', sessionId)],
  decide({ sessionId }, records) {
    return moveBetween(sessionId, records, 'counting', 'open', 'drawer_count_cancelled');
  },
});

function moveBetween(
  sessionId: string,
  records: RecordReader,
  from: 'open' | 'counting',
  to: 'open' | 'counting',
  event: string,
) {
  const session = records.get('cashSession', sessionId);
  if (!session) return accept([], { flags: [unverified(sessionId)] });
  if (session.status === from) return accept([put('cashSession', { ...session, status: to })], { events: [event] });
  if (session.status === to) return accept([]);
  const { closedBy, closedAt } = session;
  const code = session.status === 'joined' ? 'session_joined' : 'session_already_closed';
  return accept([], { flags: [{ code, about: key('cashSession', sessionId), details: { closedBy, closedAt } }] });
}

/**
 * Somebody opened the drawer figure before counting; the next count is not blind and says so (C6).
 * Flags: `session_unverified`.
 */
export const revealDrawer = defineFact({
  name: 'drawer.reveal',
  version: 1,
  args,
  reads: ({ sessionId }) => [key('cashSession', sessionId), key('cashTotals', sessionId)],
  decide({ sessionId }, records) {
    const session = records.get('cashSession', sessionId);
    const totals = records.get('cashTotals', sessionId);
    if (!session) return accept([], { flags: [unverified(sessionId)] });
    const before = totals ?? emptyCashTotals(sessionId, session.tillId);
    return accept(before.revealed ? [] : [put('cashTotals', { ...before, revealed: true })], { events: ['drawer_revealed'] });
  },
});
