/**
 * The one way cash reaches a session. A fact names the session it was made in, its home. While that is open the fact is posted there;
 * once it is closed the fact goes late to the till's next session, or waits on the till, and the closed session's reconciliation gets
 * the step `LATE_ARRIVAL` by itself. The closed Z is never touched [C15].
 */
import { type CashPosting, type CashPostingLine, netByMethod } from '../../domain/cash-posting.ts';
import { addPosting, emptyCashTotals, linesToPost, withAuthor } from '../../domain/cash-totals.ts';
import { sumMinor } from '../../money.ts';
import type { CashMovement } from '../../records/cash-movement.ts';
import type { CashSession } from '../../records/cash-session.ts';
import { drawerCountIdOf } from '../../records/drawer-count.ts';
import { type Reconciliation, reconciliationIdOf } from '../../records/reconciliation.ts';
import { SHOP_ID } from '../../records/shop.ts';
import { type DecideContext, type Flag, key, put, type ReadKey, type RecordReader, type Write } from '../define.ts';
import { draftReconciliation } from './draft-reconciliation.ts';

/** Whether a session's books are sealed. */
export function isSealed(session: CashSession): boolean {
  return session.status === 'closed' || session.status === 'reconciled';
}

/** First round of reads for posting into a session of a till. */
export function postCashReads(sessionId: string, tillId: string): ReadKey[] {
  return [key('shop', SHOP_ID), key('cashSession', sessionId), key('till', tillId)];
}

/** Second round: totals of the home session, and of where a late fact goes with what its reconciliation needs. */
export function postCashFollow(records: RecordReader, sessionId: string, tillId: string): ReadKey[] {
  const named = records.get('cashSession', sessionId);
  if (!named) return [key('cashTotals', sessionId)];
  const nextSessionId = records.get('till', tillId)?.openSessionId ?? null;
  const keys = [...joinedKeys(named, nextSessionId), ...(named.tillId === tillId ? [] : [key('till', named.tillId)])];
  if (named.joinedTo !== null) return keys;
  return [...keys, ...(isSealed(named) ? lateKeys(named.id, nextSessionId) : [key('cashTotals', named.id)])];
}

/** What a posting needs of the session that its own was joined to; whether that is sealed is known only with it. */
export function joinedKeys({ joinedTo }: CashSession, nextSessionId: string | null): ReadKey[] {
  return joinedTo === null ? [] : [key('cashSession', joinedTo), ...lateKeys(joinedTo, nextSessionId)];
}

/** The session whose drawer a fact's cash is in: the one it names, or the one that was joined to (case 3). */
export function homeOf(records: RecordReader, sessionId: string): CashSession | null {
  const named = records.get('cashSession', sessionId);
  return named?.joinedTo == null ? named : records.get('cashSession', named.joinedTo);
}

/** Everything a posting may need when its home is only known in the second round. */
export function lateKeys(homeSessionId: string, nextSessionId: string | null): ReadKey[] {
  const keys = [
    key('cashTotals', homeSessionId),
    key('reconciliation', reconciliationIdOf(homeSessionId)),
    key('drawerCount', drawerCountIdOf(homeSessionId, 1)),
  ];
  return nextSessionId === null ? keys : [...keys, key('cashTotals', nextSessionId)];
}

/** What posting gives. `late`: the home session was closed before. */
export interface PostedCash {
  readonly writes: readonly Write[];
  readonly flags: readonly Flag[];
  readonly late: boolean;
}

/**
 * Posts a fact's cash into its home (`homeOf` the session it names). Flags in order of precedence: `session_unverified` (no such session
 * here: kept under the session it names), `session_closed` (late; names who closed it and when), `session_of_other_till`. No flag names
 * an expectation (C6).
 */
export function postCash(records: RecordReader, tillId: string, made: CashPosting, home: CashSession | null): PostedCash {
  const about = key('cashSession', home?.id ?? made.homeSessionId);
  const posting = { ...made, homeSessionId: about.id };
  if (home && isSealed(home)) {
    const amountMinor = sumMinor(posting.lines.map((line) => line.amountMinor));
    const { id: sessionId, closedBy, closedAt } = home;
    const flag = { code: 'session_closed', about, amountMinor, details: { sessionId, closedBy, closedAt } };
    return { writes: postLate(records, tillId, home, posting), flags: [flag], late: true };
  }
  const flags: Flag[] = [];
  if (!home) flags.push({ code: 'session_unverified', about, details: { sessionId: posting.homeSessionId } });
  else if (home.tillId !== tillId && home.movedFrom !== tillId)
    flags.push({ code: 'session_of_other_till', about, details: { tillId, sessionTillId: home.tillId } });
  return { writes: postInto(records, posting.homeSessionId, home?.tillId ?? tillId, posting, false), flags, late: false };
}

/** Posts into a session, or what stands for one, and its totals. */
export function postInto(records: RecordReader, sessionId: string, tillId: string, posting: CashPosting, late: boolean): Write[] {
  const totals = records.get('cashTotals', sessionId) ?? emptyCashTotals(sessionId, tillId);
  return [
    ...movementsOf(posting, sessionId, tillId, late).map((movement) => put('cashMovement', movement)),
    put('cashTotals', addPosting(totals, posting, late)),
  ];
}

/** The ledger lines of a posting in the session it lands in. Members behind a spread are added one by one, which takes sixty times as long. */
export function movementsOf(posting: CashPosting, sessionId: string, tillId: string, late: boolean): CashMovement[] {
  return linesToPost(posting, late).map((line: CashPostingLine) => ({
    sessionId,
    tillId,
    occurredAt: posting.occurredAt,
    late,
    homeSessionId: late ? posting.homeSessionId : null,
    actorId: posting.actorId,
    deviceId: posting.deviceId,
    n: posting.n,
    saleId: posting.saleId,
    ...line,
  }));
}

function postLate(records: RecordReader, madeOnTillId: string, home: CashSession, posting: CashPosting): Write[] {
  const tillId = home.movedFrom === madeOnTillId ? home.tillId : madeOnTillId;
  const till = records.get('till', tillId);
  const explained = explainLate(records, home, posting);
  // The totals of another till's session were not declared: there the fact waits for the next opening.
  if (till?.openSessionId && tillId === madeOnTillId)
    return [...postInto(records, till.openSessionId, till.id, posting, true), ...explained];
  if (till) return [put('till', { ...till, lateWaiting: [...till.lateWaiting, posting] }), ...explained];
  // The till is outside this device's window: the lines are kept under their own session, and its frozen totals stay.
  return [...movementsOf(posting, home.id, home.tillId, true).map((movement) => put('cashMovement', movement)), ...explained];
}

/** The closed session's side: its author may not approve it, its reconciliation gets the steps and must be looked at again. */
function explainLate(records: RecordReader, home: CashSession, posting: CashPosting): Write[] {
  const writes: Write[] = [];
  const totals = records.get('cashTotals', home.id);
  if (totals && !totals.authors.includes(posting.actorId)) writes.push(put('cashTotals', withAuthor(totals, posting.actorId)));
  const existing = records.get('reconciliation', reconciliationIdOf(home.id));
  const count = records.get('drawerCount', drawerCountIdOf(home.id, 1));
  const shop = records.get('shop', SHOP_ID);
  const before =
    existing ??
    (totals && count && shop
      ? draftReconciliation({ session: home, totals, count, shop, actorId: posting.actorId, at: posting.occurredAt })
      : null);
  if (!before) return writes;
  const steps = netByMethod(posting.lines).map(({ methodId, amountMinor }): Reconciliation['steps'][number] => ({
    id: `${posting.deviceId}-${posting.n}-late.${methodId}`,
    type: 'LATE_ARRIVAL',
    methodId,
    amountMinor,
    target: 'explained',
    note: '',
    evidence: posting.document?.no ?? null,
    addedBy: posting.actorId,
    addedAt: posting.occurredAt,
  }));
  writes.push(put('reconciliation', reopened({ ...before, steps: [...before.steps, ...steps] })));
  if (home.status === 'reconciled') writes.push(put('cashSession', { ...home, status: 'closed' }));
  return writes;
}

/** A reconciliation after its content changed: back to draft, nothing of the old review stands (case 7). */
export function reopened(reconciliation: Reconciliation): Reconciliation {
  return {
    ...reconciliation,
    status: 'draft',
    revision: reconciliation.revision + 1,
    submittedBy: null,
    submittedAt: null,
    confirmedBy: null,
    decidedBy: null,
    decidedAt: null,
    decisionNote: null,
    selfApproved: false,
  };
}

/** What every posting says about the act that makes it. */
export function postingOf(
  context: DecideContext,
  homeSessionId: string,
  more: Pick<CashPosting, 'saleId' | 'lines' | 'document'>,
): CashPosting {
  const { actorId, deviceId, n, occurredAt } = context;
  return { homeSessionId, actorId, deviceId, n, occurredAt, ...more };
}

/** A ledger line without the papers some types carry. */
export function plainLine(line: Pick<CashPostingLine, 'id' | 'type' | 'methodId' | 'amountMinor'>): CashPostingLine {
  return { note: '', reference: null, witnessId: null, reversalOf: null, ...line };
}
