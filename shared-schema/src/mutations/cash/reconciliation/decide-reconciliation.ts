import { z } from 'zod';
import { strictestVarianceClass } from '../../../domain/variance.ts';
import { noteSchema, refSchema } from '../../../fields.ts';
import { drawerCountIdOf } from '../../../records/drawer-count.ts';
import { type Reconciliation, reconciliationIdOf } from '../../../records/reconciliation.ts';
import { SHOP_ID } from '../../../records/shop.ts';
import { accept, defineDecision, key, put, type ReadKey, type RecordReader, type Refused, refuse } from '../../define.ts';
import { ATTEMPTS_MAX } from '../count-drawer.ts';
import { seenStepsSchema, whyChanged, withoutSteps } from './seen-steps.ts';

/** What an approver saw: the newest attempt, the revision and the steps of the reconciliation on the screen (case 7). */
const seenSchema = z.strictObject({
  sessionId: refSchema,
  attempt: z.int().min(1),
  revision: z.int().min(1),
  steps: seenStepsSchema,
});
type Seen = z.infer<typeof seenSchema>;
const upgrades = { 1: withoutSteps };

function reviewReads({ sessionId }: Seen): ReadKey[] {
  return [
    key('shop', SHOP_ID),
    key('reconciliation', reconciliationIdOf(sessionId)),
    key('cashSession', sessionId),
    key('cashTotals', sessionId),
  ];
}

function countKeys(sessionId: string, records: RecordReader) {
  const attempts = Math.min(records.get('cashSession', sessionId)?.attempts ?? 0, ATTEMPTS_MAX);
  return Array.from({ length: attempts }, (_, index) => key('drawerCount', drawerCountIdOf(sessionId, index + 1)));
}

/** Whether somebody counted this drawer or authored a movement of its session. Source: C9. */
function isInvolved(actorId: string, sessionId: string, records: RecordReader): boolean {
  if (records.get('cashTotals', sessionId)?.authors.includes(actorId)) return true;
  return countKeys(sessionId, records).some(({ id }) => records.get('drawerCount', id)?.countedBy === actorId);
}

/** The first reason why what was seen is not what stands now; `statuses` are those the act may start from. */
function whyStale(seen: Seen, now: Reconciliation | null, statuses: readonly Reconciliation['status'][]): Refused | null {
  if (!now) return refuse('reconciliation_not_found', { sessionId: seen.sessionId });
  if (now.lastAttempt !== seen.attempt) return refuse('attempt_superseded', { seen: seen.attempt, attempt: now.lastAttempt });
  const { decidedBy, decidedAt } = now;
  if (now.status === 'rejected' && !statuses.includes('rejected'))
    return refuse('reconciliation_rejected', { decidedBy, decidedAt, note: now.decisionNote });
  if (now.status === 'approved' && !statuses.includes('approved'))
    return refuse('reconciliation_already_approved', { decidedBy, decidedAt });
  if (!statuses.includes(now.status)) return refuse('reconciliation_not_submitted', { status: now.status });
  return whyChanged(seen, now);
}

/**
 * The second person agrees to a variance of the highest class, before the manager approves (C8).
 * Refuses, in order: `reconciliation_not_found`, `attempt_superseded`, `reconciliation_rejected`, `reconciliation_already_approved`,
 * `reconciliation_not_submitted`, `reconciliation_changed`, `second_person_counted` (who counted cannot confirm the own count).
 */
export const confirmReconciliation = defineDecision({
  name: 'reconciliation.confirm',
  version: 2,
  upgrades,
  args: seenSchema,
  reads: reviewReads,
  follow: ({ sessionId }, records) => countKeys(sessionId, records),
  decide(seen, records, context) {
    const now = records.get('reconciliation', reconciliationIdOf(seen.sessionId));
    const stale = whyStale(seen, now, ['submitted']);
    if (stale || !now) return stale ?? refuse('reconciliation_not_found');
    const counted = countKeys(seen.sessionId, records).some(
      ({ id }) => records.get('drawerCount', id)?.countedBy === context.actorId,
    );
    if (counted) return refuse('second_person_counted');
    return accept([put('reconciliation', { ...now, confirmedBy: context.actorId })], { events: ['reconciliation_confirmed'] });
  },
});

/**
 * Approves an explained variance; the session is reconciled. Binds to the attempt and revision that were seen (case 7).
 * Refuses, in order: `reconciliation_not_found`, `attempt_superseded`, `reconciliation_rejected` (case 8: a new submission is needed),
 * `reconciliation_already_approved`, `reconciliation_not_submitted`, `reconciliation_changed`, `approver_involved` (counted or authored a movement; unless the shop
 * allows self-approval, which is marked and left for a later review), `second_person_missing` (highest class, nobody else confirmed).
 * Source: C8, C9.
 */
export const approveReconciliation = defineDecision({
  name: 'reconciliation.approve',
  version: 2,
  upgrades,
  args: seenSchema,
  reads: reviewReads,
  follow: ({ sessionId }, records) => countKeys(sessionId, records),
  decide(seen, records, context) {
    const now = records.get('reconciliation', reconciliationIdOf(seen.sessionId));
    const session = records.get('cashSession', seen.sessionId);
    const stale = whyStale(seen, now, ['submitted']);
    if (stale || !now || !session) return stale ?? refuse('reconciliation_not_found', { sessionId: seen.sessionId });
    const selfApproval = records.get('shop', SHOP_ID)?.selfApproval ?? false;
    const involved = isInvolved(context.actorId, seen.sessionId, records);
    if (involved && !selfApproval) return refuse('approver_involved');
    const strictest = strictestVarianceClass(now.variances.map((one) => one.class));
    const confirmed = now.confirmedBy !== null && now.confirmedBy !== context.actorId;
    if (strictest === 'manager_and_second_person' && !confirmed && !selfApproval) return refuse('second_person_missing');
    const approved: Reconciliation = {
      ...now,
      status: 'approved',
      decidedBy: context.actorId,
      decidedAt: context.occurredAt,
      decisionNote: null,
      selfApproved: involved,
    };
    return accept([put('reconciliation', approved), put('cashSession', { ...session, status: 'reconciled' })], {
      events: involved ? ['reconciliation_approved', 'self_approved'] : ['reconciliation_approved'],
      flags: involved ? [{ code: 'self_approved', about: key('reconciliation', now.id) }] : [],
    });
  },
});

/**
 * Sends a reconciliation back, also one that somebody else approved: reject wins until it is submitted anew (case 8).
 * Refuses, in order: `reconciliation_not_found`, `attempt_superseded`, `reconciliation_not_submitted`, `reconciliation_changed`.
 */
export const rejectReconciliation = defineDecision({
  name: 'reconciliation.reject',
  version: 2,
  upgrades,
  args: seenSchema.extend({ note: noteSchema }),
  reads: reviewReads,
  decide({ note, ...seen }, records, context) {
    const now = records.get('reconciliation', reconciliationIdOf(seen.sessionId));
    const session = records.get('cashSession', seen.sessionId);
    const stale = whyStale(seen, now, ['submitted', 'approved', 'rejected']);
    if (stale || !now || !session) return stale ?? refuse('reconciliation_not_found', { sessionId: seen.sessionId });
    const rejected: Reconciliation = {
      ...now,
      status: 'rejected',
      decidedBy: context.actorId,
      decidedAt: context.occurredAt,
      decisionNote: note,
      selfApproved: false,
    };
    return accept([put('reconciliation', rejected), put('cashSession', { ...session, status: 'closed' })], {
      events: ['reconciliation_rejected'],
    });
  },
});
