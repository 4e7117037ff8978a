import { isCountedNature } from '../../domain/payment-nature.ts';
import { classifyVariance } from '../../domain/variance.ts';
import type { CashSession, CashTotals } from '../../records/cash-session.ts';
import type { DrawerCount } from '../../records/drawer-count.ts';
import { type Reconciliation, reconciliationIdOf } from '../../records/reconciliation.ts';
import type { Shop } from '../../records/shop.ts';

/** One method at a count: what the books expect and what was counted; null when left blank, which is not zero. Minor units. */
export interface CountedMethod {
  readonly methodId: string;
  readonly nature: Shop['paymentMethods'][number]['nature'];
  readonly expectedMinor: number;
  readonly countedMinor: number | null;
}

/**
 * Every method a session's books or its count name, in the shop's order, unknown ones last (taken as `statement`: somebody must look).
 * Source: C5.
 */
export function countedMethods(totals: CashTotals, count: Pick<DrawerCount, 'counts'>, shop: Shop | null): CountedMethod[] {
  const natures = new Map(shop?.paymentMethods.map((method) => [method.id, method.nature]) ?? []);
  const named = new Set([...totals.methods.map((one) => one.methodId), ...count.counts.map((one) => one.methodId)]);
  const ordered = [...natures.keys(), ...[...named].filter((id) => !natures.has(id)).toSorted()].filter((id) => named.has(id));
  return ordered.map((methodId) => ({
    methodId,
    nature: natures.get(methodId) ?? 'statement',
    expectedMinor: totals.methods.find((one) => one.methodId === methodId)?.expectedMinor ?? 0,
    countedMinor: count.counts.find((one) => one.methodId === methodId)?.countedMinor ?? null,
  }));
}

/** Variance of each method that is compared at a close; one left blank counts as nothing found, so that all of it stays open. */
export function variancesOf(totals: CashTotals, count: Pick<DrawerCount, 'counts'>, shop: Shop): Reconciliation['variances'] {
  return countedMethods(totals, count, shop)
    .filter((method) => isCountedNature(method.nature))
    .map(({ methodId, expectedMinor, countedMinor }) => {
      const varianceMinor = (countedMinor ?? 0) - expectedMinor;
      return {
        methodId,
        expectedMinor,
        countedMinor,
        varianceMinor,
        class: classifyVariance(varianceMinor, shop.varianceLimits),
      };
    });
}

/** The reconciliation of a closed session before anything was explained, named by the session. Source: C8, C10. */
export function draftReconciliation(from: {
  readonly session: CashSession;
  readonly totals: CashTotals;
  readonly count: DrawerCount;
  readonly shop: Shop;
  readonly actorId: string;
  readonly at: number;
}): Reconciliation {
  const { session, totals, count, shop } = from;
  return {
    id: reconciliationIdOf(session.id),
    sessionId: session.id,
    tillId: session.tillId,
    status: 'draft',
    attempt: count.attempt,
    drawerCountId: count.id,
    lastAttempt: Math.max(session.attempts, count.attempt),
    revision: 1,
    variances: variancesOf(totals, count, shop),
    steps: [],
    startedBy: from.actorId,
    startedAt: from.at,
    submittedBy: null,
    submittedAt: null,
    confirmedBy: null,
    decidedBy: null,
    decidedAt: null,
    decisionNote: null,
    selfApproved: false,
  };
}
