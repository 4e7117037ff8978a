import { z } from 'zod';
import { refSchema } from '../../../fields.ts';
import { drawerCountIdOf } from '../../../records/drawer-count.ts';
import { reconciliationIdOf } from '../../../records/reconciliation.ts';
import { SHOP_ID } from '../../../records/shop.ts';
import { accept, defineDecision, key, put, refuse } from '../../define.ts';
import { draftReconciliation } from '../draft-reconciliation.ts';
import { isSealed } from '../post-cash.ts';

/**
 * Starts explaining a closed session: a draft with the variance of each counted method, named by the session. When it was started
 * already (by somebody else, or by a late arrival) nothing happens.
 * Refuses, in order: `session_not_found`, `session_not_closed`, `count_not_found`. Source: C8, C10.
 */
export const startReconciliation = defineDecision({
  name: 'reconciliation.start',
  version: 1,
  args: z.strictObject({ sessionId: refSchema }),
  reads: ({ sessionId }) => [
    key('shop', SHOP_ID),
    key('cashSession', sessionId),
    key('cashTotals', sessionId),
    key('reconciliation', reconciliationIdOf(sessionId)),
    key('drawerCount', drawerCountIdOf(sessionId, 1)),
  ],
  decide({ sessionId }, records, context) {
    const session = records.get('cashSession', sessionId);
    const shop = records.get('shop', SHOP_ID);
    const totals = records.get('cashTotals', sessionId);
    const count = records.get('drawerCount', drawerCountIdOf(sessionId, 1));
    if (!session) return refuse('session_not_found', { sessionId });
    if (!isSealed(session)) return refuse('session_not_closed', { status: session.status });
    if (!count || !totals || !shop) return refuse('count_not_found', { sessionId });
    if (records.get('reconciliation', reconciliationIdOf(sessionId))) return accept([]);
    const draft = draftReconciliation({ session, totals, count, shop, actorId: context.actorId, at: context.occurredAt });
    return accept([put('reconciliation', draft)], { events: ['reconciliation_started'] });
  },
});
