import { z } from 'zod';
import { RESOLUTION_TYPES, resolutionTargetSchema } from '../../../domain/reconciliation.ts';
import { classifyVariance } from '../../../domain/variance.ts';
import { noteSchema, refSchema } from '../../../fields.ts';
import { makerOf } from '../../../ids.ts';
import { minorSchema, negateMinor, sumMinor } from '../../../money.ts';
import { type DrawerCount, drawerCountIdOf } from '../../../records/drawer-count.ts';
import { type Reconciliation, type ResolutionStep, reconciliationIdOf } from '../../../records/reconciliation.ts';
import { SHOP_ID, type Shop } from '../../../records/shop.ts';
import { accept, type DecideContext, defineDecision, key, put, type Refused, refuse } from '../../define.ts';
import { reopened } from '../post-cash.ts';

/** Types a person may add; `LATE_ARRIVAL` comes by itself (C15). */
const ADDABLE_TYPES = RESOLUTION_TYPES.filter((type) => type !== 'LATE_ARRIVAL');

const addArgs = z.strictObject({
  sessionId: refSchema,
  type: z.enum(ADDABLE_TYPES),
  methodId: z.string().min(1).max(31),
  /** For `METHOD_RECLASS` the method the amount really belongs to; it gets the opposite step. Else null. */
  toMethodId: z.string().min(1).max(31).nullable(),
  /** The signed part of the variance it accounts for; not used for `RECOUNT`, whose amounts follow from the counts. */
  amountMinor: minorSchema,
  target: resolutionTargetSchema,
  note: noteSchema,
  evidence: z.string().max(200).nullable(),
  /** For `RECOUNT` the attempt to accept; else null. */
  attempt: z.int().min(1).nullable(),
  /**
   * For `RECOUNT` what the attempt counted as the screen showed it: attempts get their numbers as they arrive, so that another count may
   * have taken this one (case 6). Null where it is not said.
   */
  counts: z
    .array(z.strictObject({ methodId: z.string().min(1).max(31), countedMinor: minorSchema }))
    .max(20)
    .nullable(),
});
type NewStep = z.infer<typeof addArgs>;

/**
 * Adds a step that accounts for a part of a variance. `RECOUNT` accepts another attempt: its steps are worked out per method, and they
 * replace those of an earlier one. `METHOD_RECLASS` adds both sides. A rejected reconciliation becomes a draft again.
 * Refuses, in order: `reconciliation_not_found`, `reconciliation_not_draft` (submitted or approved), `attempt_not_found`,
 * `attempt_changed` (this number belongs to another count than the one seen: who counted, when and what), `reclass_target_missing`, `write_off_target`, `reason_missing` (write-off or other without a note). Source: C7, C10.
 */
export const addReconciliationStep = defineDecision({
  name: 'reconciliation.addStep',
  version: 2,
  args: addArgs,
  upgrades: { 1: (args) => ({ ...args, counts: null }) },
  reads: ({ sessionId, attempt }) => [
    key('shop', SHOP_ID),
    key('reconciliation', reconciliationIdOf(sessionId)),
    key('drawerCount', drawerCountIdOf(sessionId, attempt ?? 1)),
  ],
  decide(step, records, context) {
    const before = records.get('reconciliation', reconciliationIdOf(step.sessionId));
    const shop = records.get('shop', SHOP_ID);
    const refused = whyNotEditable(before, step.sessionId);
    if (refused || !before) return refused ?? refuse('reconciliation_not_found');
    if (step.type === 'RECOUNT') {
      const count = step.attempt === null ? null : records.get('drawerCount', drawerCountIdOf(step.sessionId, step.attempt));
      if (!count) return refuse('attempt_not_found', { attempt: step.attempt });
      if (step.counts !== null && !isCountOf(count, step.counts)) return refuse('attempt_changed', countDetails(count));
      return accept([put('reconciliation', acceptAttempt(reopened(before), count, shop, step, context))], {
        events: ['reconciliation_step_added', 'count_attempt_accepted'],
      });
    }
    if (step.type === 'METHOD_RECLASS' && (step.toMethodId === null || step.toMethodId === step.methodId))
      return refuse('reclass_target_missing', { methodId: step.methodId });
    if (step.type === 'WRITE_OFF' && step.target !== 'written_off') return refuse('write_off_target', { target: step.target });
    if ((step.type === 'WRITE_OFF' || step.type === 'OTHER') && step.note.trim() === '')
      return refuse('reason_missing', { type: step.type });
    const added = [stepOf(step, step.methodId, step.amountMinor, 0, context)];
    if (step.type === 'METHOD_RECLASS' && step.toMethodId !== null)
      added.push(stepOf(step, step.toMethodId, negateMinor(step.amountMinor), 1, context));
    return accept([put('reconciliation', { ...reopened(before), steps: [...before.steps, ...added] })], {
      events: ['reconciliation_step_added'],
    });
  },
});

/**
 * Takes a step away with everything the same act added (both sides of a reclassification, all methods of a recount, whose attempt then
 * no longer stands). Refuses, in order: `reconciliation_not_found`, `reconciliation_not_draft`, `step_not_found`,
 * `late_arrival_stays`. Source: C10, C15.
 */
export const removeReconciliationStep = defineDecision({
  name: 'reconciliation.removeStep',
  version: 1,
  args: z.strictObject({ sessionId: refSchema, stepId: refSchema }),
  reads: ({ sessionId }) => [key('shop', SHOP_ID), key('reconciliation', reconciliationIdOf(sessionId))],
  decide({ sessionId, stepId }, records) {
    const before = records.get('reconciliation', reconciliationIdOf(sessionId));
    const refused = whyNotEditable(before, sessionId);
    if (refused || !before) return refused ?? refuse('reconciliation_not_found');
    const step = before.steps.find((one) => one.id === stepId);
    if (!step) return refuse('step_not_found', { stepId });
    if (step.type === 'LATE_ARRIVAL') return refuse('late_arrival_stays', { stepId });
    const steps = before.steps.filter((one) => !isOfSameAct(one.id, stepId));
    const kept = { ...reopened(before), steps };
    const after = step.type === 'RECOUNT' ? standingOn(kept, 1, records.get('shop', SHOP_ID)) : kept;
    return accept([put('reconciliation', after)], { events: ['reconciliation_step_removed'] });
  },
});

function whyNotEditable(reconciliation: Reconciliation | null, sessionId: string): Refused | null {
  if (!reconciliation) return refuse('reconciliation_not_found', { sessionId });
  const { status } = reconciliation;
  return status === 'submitted' || status === 'approved' ? refuse('reconciliation_not_draft', { status }) : null;
}

/** Whether an attempt counted exactly these amounts. */
function isCountOf({ counts }: DrawerCount, seen: NonNullable<NewStep['counts']>): boolean {
  return (
    counts.length === seen.length &&
    counts.every(({ methodId, countedMinor }) =>
      seen.some((one) => one.methodId === methodId && one.countedMinor === countedMinor),
    )
  );
}

function countDetails({ attempt, countedBy, countedAt, counts }: DrawerCount) {
  return { attempt, countedBy, countedAt, counts: counts.map(({ methodId, countedMinor }) => ({ methodId, countedMinor })) };
}

function isOfSameAct(oneId: string, otherId: string): boolean {
  const [one, other] = [makerOf(oneId), makerOf(otherId)];
  return one !== null && other !== null && one.deviceId === other.deviceId && one.n === other.n;
}

function stepOf(step: NewStep, methodId: string, amountMinor: number, k: number, context: DecideContext): ResolutionStep {
  const { type, target, note, evidence } = step;
  const [addedBy, addedAt] = [context.actorId, context.occurredAt];
  return { id: context.newId(k), type, methodId, amountMinor, target, note, evidence, addedBy, addedAt };
}

/**
 * Lets another attempt stand. The frozen variance is of the first; the step accounts for what the accepted one moved it by: first
 * variance − accepted variance = first counted − accepted counted.
 */
function acceptAttempt(
  before: Reconciliation,
  count: DrawerCount,
  shop: Shop | null,
  step: NewStep,
  context: DecideContext,
): Reconciliation {
  const moved = before.variances
    .map(({ methodId, countedMinor }) => {
      const nowMinor = count.counts.find((one) => one.methodId === methodId)?.countedMinor ?? null;
      // A method the recount left blank keeps what the first count says.
      return { methodId, amountMinor: nowMinor === null ? 0 : sumMinor([countedMinor ?? 0, negateMinor(nowMinor)]) };
    })
    .filter((one, index) => one.amountMinor !== 0 || index === 0);
  const recounted = moved.map((one, k) => stepOf({ ...step, target: 'explained' }, one.methodId, one.amountMinor, k, context));
  const others = before.steps.filter((one) => one.type !== 'RECOUNT');
  return standingOn({ ...before, steps: [...others, ...recounted] }, count.attempt, shop);
}

/** The reconciliation standing on an attempt, with the classes that follow from what the attempt leaves of each variance (C8). */
function standingOn(reconciliation: Reconciliation, attempt: number, shop: Shop | null): Reconciliation {
  const recounted = reconciliation.steps.filter((step) => step.type === 'RECOUNT');
  const variances = reconciliation.variances.map((variance) => {
    const movedMinor = sumMinor(recounted.filter((step) => step.methodId === variance.methodId).map((step) => step.amountMinor));
    const limits = shop?.varianceLimits;
    return limits ? { ...variance, class: classifyVariance(variance.varianceMinor - movedMinor, limits) } : variance;
  });
  return { ...reconciliation, variances, attempt, drawerCountId: drawerCountIdOf(reconciliation.sessionId, attempt) };
}
