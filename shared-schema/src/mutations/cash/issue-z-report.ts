import { z } from 'zod';
import { canonicalJson } from '../../canonical-json.ts';
import { computeMethodVariance } from '../../domain/variance.ts';
import { buildZReport, findZReportMismatches, type ZReportInput, type ZReportMismatch } from '../../domain/z-report.ts';
import { takeZNumber } from '../../domain/z-series.ts';
import { refSchema } from '../../fields.ts';
import type { CashSession, CashTotals } from '../../records/cash-session.ts';
import type { DrawerCount } from '../../records/drawer-count.ts';
import type { Shop } from '../../records/shop.ts';
import type { Till } from '../../records/till.ts';
import type { ZReport } from '../../records/z-report.ts';
import type { DecideContext } from '../define.ts';
import { countedMethods } from './draft-reconciliation.ts';

/** What the server knows when it numbers a close. */
export interface ZReportSource {
  readonly session: CashSession;
  readonly till: Till;
  readonly totals: CashTotals;
  readonly counts: readonly DrawerCount[];
  readonly shop: Shop | null;
  readonly context: DecideContext;
}

/**
 * Freezes a closed session into the till's next Z, chained by the hash of the one before. Its number is the next of the series, or the one it had before
 * the server was set back, where that is free. It lies under the session's id, so a session can never have two. Answers the report, the till that carries
 * series, hash and grand totals on, and which of its sums do not fit. Source: C11, C12, SY8.
 */
export function issueZReport(source: ZReportSource): { report: ZReport; till: Till; mismatches: ZReportMismatch[] } {
  const { session, till, context } = source;
  const previous =
    till.lastZHash === null ? null : { number: till.lastZNumber, hash: till.lastZHash, grandTotals: grandTotalsOf(till) };
  const [earlier] = earlierZNumbersOf(context);
  const { number, series } = takeZNumber(till, earlier?.tillId === till.id ? earlier.zNumber : null);
  const body = buildZReport(inputOf(source), previous, number);
  const hash = context.sha256(canonicalJson(body));
  const report: ZReport = {
    id: session.id,
    tillId: till.id,
    sessionId: session.id,
    number: body.number,
    businessOn: session.businessOn,
    issuedAt: context.receivedAt,
    body,
    prevHash: body.prevHash,
    hash,
  };
  return {
    report,
    mismatches: findZReportMismatches(body),
    till: {
      ...till,
      ...series,
      lastZHash: hash,
      grandSalesMinor: body.grandTotals.salesMinor,
      grandRefundsMinor: body.grandTotals.refundsMinor,
      grandDocuments: body.grandTotals.documentCount,
    },
  };
}

/** A number in a till's series, as the receipt of a close says it. */
const zNumberSchema = z.object({ tillId: refSchema, zNumber: z.int().min(1) });
type ZNumber = z.infer<typeof zNumberSchema>;

/** What the receipt of a close says of its Z, by which the number is found again when the server was set back (SY8). */
export function zNumberOf({ tillId, number }: Pick<ZReport, 'tillId' | 'number'>): ZNumber {
  return { tillId, zNumber: number };
}

/** The numbers that a close was given before the server was set back, the newest first; two when it was set back before and the number had to change (SY8). */
export function earlierZNumbersOf({ earlierReceipt }: Pick<DecideContext, 'earlierReceipt'>): readonly ZNumber[] {
  const { tillId, zNumber, tillIdBefore, zNumberBefore } = earlierReceipt?.details ?? {};
  const told = [
    { tillId, zNumber },
    { tillId: tillIdBefore, zNumber: zNumberBefore },
  ];
  return told.flatMap((one) => zNumberSchema.safeParse(one).data ?? []);
}

function grandTotalsOf(till: Till) {
  return { salesMinor: till.grandSalesMinor, refundsMinor: till.grandRefundsMinor, documentCount: till.grandDocuments };
}

function inputOf({ session, till, totals, counts, shop, context }: ZReportSource): ZReportInput {
  const natures = new Map(shop?.paymentMethods.map((method) => [method.id, method.nature]) ?? []);
  return {
    tillId: till.id,
    sessionId: session.id,
    currency: session.currency,
    businessOn: session.businessOn,
    openedAt: session.openedAt,
    closedAt: context.occurredAt,
    closedBy: context.actorId,
    selfApproval: shop?.selfApproval ?? false,
    provisionalLabel: session.provisionalNo,
    deviceChainHash: session.closeHash,
    firstDocument: totals.firstDocument,
    lastDocument: totals.lastDocument,
    sales: { count: totals.salesCount, amountMinor: totals.salesMinor },
    refunds: { count: totals.refundsCount, amountMinor: totals.refundsMinor },
    voids: { count: 0, amountMinor: 0 },
    methods: totals.methods.map(({ methodId, salesMinor, refundsMinor }) => ({
      methodId,
      nature: natures.get(methodId) ?? 'statement',
      salesMinor,
      refundsMinor,
    })),
    vatTotals: totals.vat.map(({ rateBp, grossMinor, vatMinor }) => ({
      vatRateBp: rateBp,
      grossMinor,
      netMinor: grossMinor - vatMinor,
      vatMinor,
    })),
    movements: totals.movements,
    roundingMinor: totals.roundingMinor,
    attempts: counts.map((count) => attemptOf(count, totals, shop)),
  };
}

function attemptOf(count: DrawerCount, totals: CashTotals, shop: Shop | null): ZReportInput['attempts'][number] {
  const limits = shop?.varianceLimits ?? { acceptUpToMinor: 0, reasonUpToMinor: 0 };
  return {
    attempt: count.attempt,
    countedBy: count.countedBy,
    countedAt: count.countedAt,
    isBlind: count.blind,
    methods: countedMethods(totals, count, shop).map((method) => {
      const { methodId, expectedMinor, countedMinor, varianceMinor } = computeMethodVariance(method, limits);
      return { methodId, expectedMinor, countedMinor, varianceMinor };
    }),
  };
}
