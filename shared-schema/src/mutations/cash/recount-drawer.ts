import { z } from 'zod';
import { refSchema } from '../../fields.ts';
import { reconciliationIdOf } from '../../records/reconciliation.ts';
import { accept, defineFact, type Flag, key, put } from '../define.ts';
import { countFlags, countOfJoined, countsSchema, joinedCountKeys, recountWrites, sealCount } from './count-drawer.ts';
import { isSealed } from './post-cash.ts';

/**
 * Counts a drawer again: attempt n+1, never blind once the first was sealed. A review that had begun goes back to draft (case 7).
 * Flags in order of precedence: `session_unverified`, `session_joined` (counts as one of the other session), `session_not_closed` (kept as an attempt all the same), `count_differs`.
 * Source: C7, cases 6, 7.
 */
export const recountDrawer = defineFact({
  name: 'cashSession.recount',
  version: 1,
  args: z.strictObject({ sessionId: refSchema, counts: countsSchema }),
  reads: ({ sessionId }) => [
    key('cashSession', sessionId),
    key('cashTotals', sessionId),
    key('reconciliation', reconciliationIdOf(sessionId)),
  ],
  follow: ({ sessionId }, records) => joinedCountKeys(records.get('cashSession', sessionId)),
  decide({ sessionId, counts }, records, context) {
    const session = records.get('cashSession', sessionId);
    const joined = session && countOfJoined(session, counts, records, context);
    if (joined) return joined;
    const about = key('cashSession', sessionId);
    const events = ['drawer_recounted'];
    if (!session) {
      const count = { ...sealCount(sessionId, 1, counts, false, context), id: context.newId(0) };
      return accept([put('drawerCount', count)], {
        events,
        flags: [{ code: 'session_unverified', about, details: { sessionId } }],
      });
    }
    const sealed = isSealed(session);
    const blind = !sealed && !(records.get('cashTotals', sessionId)?.revealed ?? false);
    const count = sealCount(session.id, session.attempts + 1, counts, blind, context);
    const flags: Flag[] = sealed ? [] : [{ code: 'session_not_closed', about }];
    return accept(recountWrites(session, records.get('reconciliation', reconciliationIdOf(sessionId)), count), {
      events,
      flags: [...flags, ...countFlags(count, session)],
    });
  },
});
