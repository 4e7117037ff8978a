import { z } from 'zod';
import type { CashPostingLine } from '../../domain/cash-posting.ts';
import { addPosting, emptyCashTotals, handOverDocuments } from '../../domain/cash-totals.ts';
import { refSchema } from '../../fields.ts';
import { actIdOf, makerOf, recordIdOf } from '../../ids.ts';
import { negateMinor } from '../../money.ts';
import type { CashMovement } from '../../records/cash-movement.ts';
import type { CashSession, CashTotals } from '../../records/cash-session.ts';
import {
  accept,
  type DecideContext,
  defineDecision,
  key,
  put,
  type RecordReader,
  type Refused,
  refuse,
  type Write,
} from '../define.ts';
import { isSealed, movementsOf, plainLine, postingOf } from './post-cash.ts';
import { reversalIdOf } from './reverse-movement.ts';

/**
 * What a manager does about a session that was opened while another already was the till's (case 3): both tablets sold from one drawer, then
 * the two are joined; or the drawer was another one, then it is moved to a till of its own. No movement is lost either way.
 */

/** The float of a session is the second record that its opening makes. */
function floatIdOf(sessionId: string): string {
  const maker = makerOf(sessionId);
  return maker === null ? sessionId : recordIdOf(maker.deviceId, maker.n, 1);
}

/** Why a session is no longer one that a manager has to settle. */
function whySettled(session: CashSession | null, sessionId: string): Refused | null {
  if (!session) return refuse('session_not_found', { sessionId });
  const { joinedTo, movedFrom, tillId, closedBy, closedAt } = session;
  if (joinedTo !== null || !session.unowned) return refuse('session_not_unowned', { sessionId, joinedTo, movedFrom, tillId });
  return isSealed(session) ? refuse('session_already_closed', { sessionId, closedBy, closedAt }) : null;
}

/**
 * Joins an unowned session to the till's own: they were one drawer. Its money goes over by a transfer of each method's balance, its documents
 * count in the other's Z, it gets none itself, and facts that still name it belong to the other from now on. With `isFloatShared` both
 * tablets entered the same float, and the second is taken back.
 * Refuses, in order: `session_not_found`, `session_not_unowned` (settled already), `session_already_closed` (one of the two, with who closed
 * it), `till_session_changed` (the other is not the till's own), `currency_differs`. Source: C3, C4, case 3.
 */
export const joinSessions = defineDecision({
  name: 'cashSession.join',
  version: 1,
  args: z.strictObject({ sessionId: refSchema, intoSessionId: refSchema, isFloatShared: z.boolean() }),
  reads: ({ sessionId, intoSessionId }) => [
    ...[sessionId, intoSessionId].flatMap((id) => [key('cashSession', id), key('cashTotals', id)]),
    key('cashMovement', floatIdOf(sessionId)),
    key('cashMovement', reversalIdOf(floatIdOf(sessionId))),
  ],
  decide({ sessionId, intoSessionId, isFloatShared }, records, context) {
    const session = records.get('cashSession', sessionId);
    const into = records.get('cashSession', intoSessionId);
    const settled = whySettled(session, sessionId);
    if (settled || !session) return settled ?? refuse('session_not_found', { sessionId });
    if (!into) return refuse('session_not_found', { sessionId: intoSessionId });
    const { closedBy, closedAt } = into;
    if (isSealed(into)) return refuse('session_already_closed', { sessionId: into.id, closedBy, closedAt });
    if (into.id === session.id || into.unowned || into.joinedTo !== null || into.tillId !== session.tillId)
      return refuse('till_session_changed', { sessionId: into.id });
    if (into.currency !== session.currency) return refuse('currency_differs', { currency: into.currency });
    const joined: CashSession = {
      ...session,
      status: 'joined',
      joinedTo: into.id,
      closedAt: context.occurredAt,
      closedBy: context.actorId,
    };
    const money = moveMoney(session, into, isFloatShared ? floatToTakeBack(session, records) : null, records, context);
    return accept([put('cashSession', joined), ...money], { events: ['cash_sessions_joined'] });
  },
});

function floatToTakeBack(session: CashSession, records: RecordReader): CashMovement | null {
  const float = records.get('cashMovement', floatIdOf(session.id));
  return float?.type === 'FLOAT' && !records.get('cashMovement', reversalIdOf(float.id)) ? float : null;
}

function moveMoney(
  session: CashSession,
  into: CashSession,
  float: CashMovement | null,
  records: RecordReader,
  context: DecideContext,
): Write[] {
  const totalsOf = ({ id, tillId }: CashSession) => records.get('cashTotals', id) ?? emptyCashTotals(id, tillId);
  const lineOf = (line: Parameters<typeof plainLine>[0]) => ({
    ...plainLine(line),
    reference: actIdOf(context.deviceId, context.n),
  });
  const back: CashPostingLine[] = float
    ? [
        {
          ...lineOf({
            id: reversalIdOf(float.id),
            type: 'REVERSAL',
            methodId: float.methodId,
            amountMinor: negateMinor(float.amountMinor),
          }),
          reversalOf: float.id,
        },
      ]
    : [];
  const without = addLines(totalsOf(session), back, session, context);
  const balances = without.methods.filter(({ expectedMinor }) => expectedMinor !== 0);
  const out = balances.map(({ methodId, expectedMinor: minor }, k) =>
    lineOf({
      id: context.newId(2 * k),
      type: minor > 0 ? 'TRANSFER_OUT' : 'TRANSFER_IN',
      methodId,
      amountMinor: negateMinor(minor),
    }),
  );
  const over = balances.map(({ methodId, expectedMinor: minor }, k) =>
    lineOf({ id: context.newId(2 * k + 1), type: minor > 0 ? 'TRANSFER_IN' : 'TRANSFER_OUT', methodId, amountMinor: minor }),
  );
  const totals = handOverDocuments(addLines(without, out, session, context), addLines(totalsOf(into), over, into, context));
  const moved = [
    ...movementsOf(postingFor(session, [...back, ...out], context), session.id, session.tillId, false),
    ...movementsOf(postingFor(into, over, context), into.id, into.tillId, false),
  ];
  return [
    ...moved.map((movement) => put('cashMovement', movement)),
    put('cashTotals', totals.from),
    put('cashTotals', totals.into),
  ];
}

function postingFor({ id }: CashSession, lines: readonly CashPostingLine[], context: DecideContext) {
  return postingOf(context, id, { saleId: null, document: null, lines: [...lines] });
}

/** Totals with some lines. Taking a float back makes its author one who worked on the till; moving balances over does not (C9). */
function addLines(
  totals: CashTotals,
  lines: readonly CashPostingLine[],
  session: CashSession,
  context: DecideContext,
): CashTotals {
  const next = addPosting(totals, postingFor(session, lines, context), false);
  const isJudgement = lines.some(({ type }) => type === 'REVERSAL');
  return isJudgement ? next : { ...next, authors: totals.authors };
}

/**
 * Moves an unowned session to a till of its own, or makes it its own till's once that has none open: it was another drawer. Money and
 * documents stay in it. Facts that still name the till it was opened on find it.
 * Refuses, in order: `session_not_found`, `session_not_unowned` (settled already), `session_already_closed`, `till_not_found`,
 * `till_already_open` (with its session). Source: C1, case 3.
 */
export const moveSessionToTill = defineDecision({
  name: 'cashSession.moveToTill',
  version: 1,
  args: z.strictObject({ sessionId: refSchema, tillId: refSchema }),
  reads: ({ sessionId, tillId }) => [key('cashSession', sessionId), key('cashTotals', sessionId), key('till', tillId)],
  decide({ sessionId, tillId }, records) {
    const session = records.get('cashSession', sessionId);
    const till = records.get('till', tillId);
    const settled = whySettled(session, sessionId);
    if (settled || !session) return settled ?? refuse('session_not_found', { sessionId });
    if (!till) return refuse('till_not_found', { tillId });
    if (till.openSessionId !== null) return refuse('till_already_open', { tillId, openSessionId: till.openSessionId });
    const movedFrom = tillId === session.tillId ? null : session.tillId;
    const totals = records.get('cashTotals', sessionId);
    return accept(
      [
        put('cashSession', { ...session, tillId, unowned: false, movedFrom }),
        put('till', { ...till, openSessionId: session.id, lastSessionId: session.id }),
        ...(totals ? [put('cashTotals', { ...totals, tillId })] : []),
      ],
      { events: ['cash_session_moved'] },
    );
  },
});
