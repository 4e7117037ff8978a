import { z } from 'zod';
import { computeOpenByMethod, sumMethodReclassMinor } from '../../../domain/reconciliation.ts';
import { refSchema } from '../../../fields.ts';
import { type Reconciliation, type ResolutionStep, reconciliationIdOf } from '../../../records/reconciliation.ts';
import { SHOP_ID, type Shop } from '../../../records/shop.ts';
import { accept, type DecideContext, defineDecision, key, put, refuse } from '../../define.ts';
import { seenStepsSchema, whyChanged, withoutSteps } from './seen-steps.ts';

/**
 * Hands a reconciliation to its approver. What is still open in a method whose variance is in the accepted class is written off by
 * itself. Refuses, in order: `reconciliation_not_found`, `reconciliation_not_draft`, `reconciliation_changed` (not what the person
 * saw), `reconciliation_open` (amounts by method), `reclass_unbalanced`, `reason_missing` (a class above accept without
 * a step that has a note or evidence). Source: C8, C10.
 */
export const submitReconciliation = defineDecision({
  name: 'reconciliation.submit',
  version: 2,
  args: z.strictObject({ sessionId: refSchema, revision: z.int().min(1), steps: seenStepsSchema }),
  upgrades: { 1: withoutSteps },
  reads: ({ sessionId }) => [key('shop', SHOP_ID), key('reconciliation', reconciliationIdOf(sessionId))],
  decide({ sessionId, ...seen }, records, context) {
    const before = records.get('reconciliation', reconciliationIdOf(sessionId));
    if (!before) return refuse('reconciliation_not_found', { sessionId });
    if (before.status !== 'draft' && before.status !== 'rejected')
      return refuse('reconciliation_not_draft', { status: before.status });
    const changed = whyChanged(seen, before);
    if (changed) return changed;
    const steps = [...before.steps, ...acceptedWriteOffs(before, records.get('shop', SHOP_ID), context)];
    const open = computeOpenByMethod(before.variances, steps).filter((method) => method.openMinor !== 0);
    if (open.length > 0)
      return refuse('reconciliation_open', { open: Object.fromEntries(open.map((one) => [one.methodId, one.openMinor])) });
    const unbalancedMinor = sumMethodReclassMinor(steps);
    if (unbalancedMinor !== 0) return refuse('reclass_unbalanced', { amountMinor: unbalancedMinor });
    const unexplained = before.variances.filter((one) => one.class !== 'accept' && !hasReason(steps, one.methodId));
    if (unexplained.length > 0) return refuse('reason_missing', { methods: unexplained.map((one) => one.methodId) });
    const submitted: Reconciliation = {
      ...before,
      steps,
      status: 'submitted',
      revision: before.revision + 1,
      submittedBy: context.actorId,
      submittedAt: context.occurredAt,
      confirmedBy: null,
      decidedBy: null,
      decidedAt: null,
      decisionNote: null,
      selfApproved: false,
    };
    return accept([put('reconciliation', submitted)], { events: ['reconciliation_submitted'] });
  },
});

function hasReason(steps: readonly ResolutionStep[], methodId: string): boolean {
  return steps.some((step) => step.methodId === methodId && (step.note.trim() !== '' || (step.evidence ?? '').trim() !== ''));
}

/** Small differences are accepted by the shop's own limits; they are booked all the same, so that nothing stays open (C8, C10). */
function acceptedWriteOffs(reconciliation: Reconciliation, shop: Shop | null, context: DecideContext): ResolutionStep[] {
  const limitMinor = shop?.varianceLimits.acceptUpToMinor ?? 0;
  const accepted = new Set(reconciliation.variances.filter((one) => one.class === 'accept').map((one) => one.methodId));
  return computeOpenByMethod(reconciliation.variances, reconciliation.steps)
    .filter((one) => one.openMinor !== 0 && accepted.has(one.methodId) && Math.abs(one.openMinor) <= limitMinor)
    .map(({ methodId, openMinor }, k) => ({
      id: context.newId(k),
      type: 'WRITE_OFF',
      methodId,
      amountMinor: openMinor,
      target: 'written_off',
      note: '',
      evidence: null,
      addedBy: context.actorId,
      addedAt: context.occurredAt,
    }));
}
