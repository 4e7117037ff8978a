import { z } from 'zod';
import { isCountedNature } from '../../domain/payment-nature.ts';
import type { ZReportMismatch } from '../../domain/z-report.ts';
import { refSchema } from '../../fields.ts';
import type { CashSession } from '../../records/cash-session.ts';
import { type DrawerCount, drawerCountIdOf } from '../../records/drawer-count.ts';
import { reconciliationIdOf } from '../../records/reconciliation.ts';
import { SHOP_ID } from '../../records/shop.ts';
import type { ZReport } from '../../records/z-report.ts';
import {
  type Accepted,
  accept,
  type DecideContext,
  defineFact,
  type Flag,
  key,
  put,
  type RecordReader,
  type Write,
} from '../define.ts';
import {
  ATTEMPTS_MAX,
  countFlags,
  countOfJoined,
  countsSchema,
  joinedCountKeys,
  recountWrites,
  sealCount,
} from './count-drawer.ts';
import { countedMethods } from './draft-reconciliation.ts';
import { earlierZNumbersOf, issueZReport, zNumberOf } from './issue-z-report.ts';
import { isSealed } from './post-cash.ts';

const args = z.strictObject({ sessionId: refSchema, tillId: refSchema, counts: countsSchema });

/**
 * Closes a till session with what was counted, blind. The count is sealed as an attempt, the till freed, and on the server the numbered
 * Z issued; a device prints the provisional number. The variance is kept, never corrected; reconciliation explains it.
 * A second close becomes a recount attempt (case 5); so does one of a session that was joined to another (case 3).
 * Flags in order of precedence: `session_unverified`, `session_joined`, `session_already_closed`, `till_unverified` (no number can be given),
 * `not_blind`, `count_differs`, `method_not_counted`, `z_report_mismatch` (its sums do not
 * fit each other; it is issued all the same), `z_number_changed` (before the server was set back it had another number, which may stand on paper).
 * None names an expectation (C6). Source: C6, C7, C11, C12, SY8.
 */
export const closeCashSession = defineFact({
  name: 'cashSession.close',
  version: 1,
  args,
  reads: ({ sessionId, tillId }) => [
    key('shop', SHOP_ID),
    key('cashSession', sessionId),
    key('cashTotals', sessionId),
    key('till', tillId),
    key('reconciliation', reconciliationIdOf(sessionId)),
  ],
  follow: ({ sessionId, tillId }, records) => {
    const session = records.get('cashSession', sessionId);
    const moved = session && session.tillId !== tillId ? [key('till', session.tillId)] : [];
    return [...earlierCountKeys(sessionId, records), ...joinedCountKeys(session), ...moved];
  },
  decide: (closing, records, context) => flagNumber(decideClose(closing, records, context), closing.sessionId, context),
});

function decideClose(closing: z.infer<typeof args>, records: RecordReader, context: DecideContext): Accepted {
  const session = records.get('cashSession', closing.sessionId);
  const joined = session && countOfJoined(session, closing.counts, records, context);
  if (joined) return joined;
  const totals = records.get('cashTotals', closing.sessionId);
  const blind = !(totals?.revealed ?? false);
  const about = key('cashSession', closing.sessionId);
  if (!session) {
    const flags = [{ code: 'session_unverified', about, details: { sessionId: closing.sessionId } }];
    // An id no attempt of a known session can have; the count itself is never lost.
    const count = { ...sealCount(closing.sessionId, 1, closing.counts, blind, context), id: context.newId(0) };
    return accept([put('drawerCount', count)], { events: ['drawer_counted'], flags });
  }
  const count = sealCount(session.id, session.attempts + 1, closing.counts, blind, context);
  if (isSealed(session)) {
    const flags = [
      { code: 'session_already_closed', about, details: alreadyClosed(session, count, context) },
      ...countFlags(count, session),
    ];
    return accept(recountWrites(session, records.get('reconciliation', reconciliationIdOf(session.id)), count), {
      events: ['drawer_recounted'],
      flags,
    });
  }
  const tillId = session.movedFrom === closing.tillId ? session.tillId : closing.tillId;
  const { writes, report, mismatches } = closeWrites(session, count, records, context, tillId);
  const mismatch = { code: 'z_report_mismatch', about, details: { mismatches } };
  return accept(writes, {
    events: context.authority === 'server' ? ['cash_session_closed', 'z_report_issued'] : ['cash_session_closed'],
    flags: [...closeFlags(session, count, records, tillId), ...(mismatches.length === 0 ? [] : [mismatch])],
    ...(report && { details: zNumberOf(report) }),
  });
}

/** Says when a close does not have the number it had before the server was set back (SY8). */
function flagNumber(closed: Accepted, sessionId: string, context: DecideContext): Accepted {
  const { tillId, zNumber } = closed.details;
  const before = earlierZNumbersOf(context).find((earlier) => earlier.tillId !== tillId || earlier.zNumber !== zNumber);
  if (!before) return closed;
  const details = { zNumberBefore: before.zNumber, tillIdBefore: before.tillId };
  return { ...closed, flags: [...closed.flags, { code: 'z_number_changed', about: key('cashSession', sessionId), details }] };
}

/** Who closed it and when, which attempt this close became, and the number that its tablet printed on paper. */
function alreadyClosed({ closedBy, closedAt }: CashSession, { attempt }: DrawerCount, { deviceNumber, n }: DecideContext) {
  return { attempt, closedBy, closedAt, provisionalNo: provisionalNoOf(deviceNumber, n) };
}

/** What a tablet prints on a close that has no Z number yet (C12). */
function provisionalNoOf(deviceNumber: number, n: number): string {
  return `P-T${deviceNumber}-${n}`;
}

function earlierCountKeys(sessionId: string, records: RecordReader) {
  const attempts = Math.min(records.get('cashSession', sessionId)?.attempts ?? 0, ATTEMPTS_MAX);
  return Array.from({ length: attempts }, (_, index) => key('drawerCount', drawerCountIdOf(sessionId, index + 1)));
}

function closeWrites(
  session: CashSession,
  count: DrawerCount,
  records: RecordReader,
  context: DecideContext,
  tillId: string,
): { writes: Write[]; report: ZReport | null; mismatches: ZReportMismatch[] } {
  const closed: CashSession = {
    ...session,
    status: 'closed',
    closedAt: context.occurredAt,
    closedBy: context.actorId,
    provisionalNo: provisionalNoOf(context.deviceNumber, context.n),
    closeHash: context.hash,
    attempts: count.attempt,
  };
  const till = records.get('till', tillId);
  const totals = records.get('cashTotals', session.id);
  const freed = till && {
    ...till,
    openSessionId: till.openSessionId === session.id ? null : till.openSessionId,
    lastClosedOn: till.lastClosedOn !== null && till.lastClosedOn > session.businessOn ? till.lastClosedOn : session.businessOn,
  };
  if (context.authority !== 'server' || !freed || !totals)
    return {
      writes: [put('cashSession', closed), put('drawerCount', count), ...(freed ? [put('till', freed)] : [])],
      report: null,
      mismatches: [],
    };
  const earlier = earlierCountKeys(session.id, records).flatMap(({ id }) => records.get('drawerCount', id) ?? []);
  const {
    report,
    till: numbered,
    mismatches,
  } = issueZReport({
    session: closed,
    till: freed,
    totals,
    counts: [...earlier, count],
    shop: records.get('shop', SHOP_ID),
    context,
  });
  const writes = [
    put('cashSession', { ...closed, zReportId: report.id }),
    put('drawerCount', count),
    put('zReport', report),
    put('till', numbered),
  ];
  return { writes, report, mismatches };
}

function closeFlags(session: CashSession, count: DrawerCount, records: RecordReader, tillId: string): Flag[] {
  const about = key('cashSession', session.id);
  const flags: Flag[] = [];
  if (!records.get('till', tillId)) flags.push({ code: 'till_unverified', about, details: { tillId } });
  if (!count.blind) flags.push({ code: 'not_blind', about });
  flags.push(...countFlags(count, session));
  const totals = records.get('cashTotals', session.id);
  const shop = records.get('shop', SHOP_ID);
  const blank = totals
    ? countedMethods(totals, count, shop).filter(
        (method) => method.countedMinor === null && method.expectedMinor !== 0 && isCountedNature(method.nature),
      )
    : [];
  if (blank.length > 0)
    flags.push({ code: 'method_not_counted', about, details: { methods: blank.map((method) => method.methodId) } });
  return flags;
}
