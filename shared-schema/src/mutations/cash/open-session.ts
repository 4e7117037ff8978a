import { z } from 'zod';
import type { CashPosting } from '../../domain/cash-posting.ts';
import { addPosting, emptyCashTotals, linesToPost } from '../../domain/cash-totals.ts';
import { isClockOff } from '../../domain/count-rebase.ts';
import { denominationCountSchema, sumDenominations } from '../../domain/denominations.ts';
import { refSchema } from '../../fields.ts';
import { currencySchema, nonNegativeMinorSchema } from '../../money.ts';
import type { CashSession } from '../../records/cash-session.ts';
import { cashMethodIdOf, SHOP_ID } from '../../records/shop.ts';
import type { Till } from '../../records/till.ts';
import { computeBusinessDate, offsetMinutesSchema } from '../../time.ts';
import { accept, type DecideContext, defineFact, type Flag, key, put, type RecordReader } from '../define.ts';
import { movementsOf, plainLine, postingOf } from './post-cash.ts';

/** Most ledger lines of waiting facts that one opening posts; the rest waits for the next one. */
const LATE_LINES_MAX = 400;

const args = z.strictObject({
  tillId: refSchema,
  currency: currencySchema,
  floatMinor: nonNegativeMinorSchema,
  /** Null when the amount was typed without a breakdown. */
  floatDenominations: z.array(denominationCountSchema).max(40).nullable(),
  /** Offset of the shop from UTC at this moment, which the device worked the business date out with (C13). */
  offsetMinutes: offsetMinutesSchema,
});

/**
 * Opens a till with its float. What waited on the till is posted into the new session, late and offset (C15).
 * Flags in order of precedence: `till_unverified`, `unowned_till` (another session already is the till's, case 3; its amount is the float), `currency_differs`,
 * `float_differs` (the breakdown does not come to the amount), `business_date_differs`, `business_date_before_last_close`,
 * `clock_off` (case 32: what the tablet showed and what time it was).
 * Source: C1, C2, C13, C15.
 */
export const openCashSession = defineFact({
  name: 'cashSession.open',
  version: 1,
  args,
  reads: ({ tillId }, context) => [key('shop', SHOP_ID), key('till', tillId), key('cashTotals', context.newId(0))],
  follow: ({ tillId }, records) => {
    const openSessionId = records.get('till', tillId)?.openSessionId ?? null;
    return openSessionId === null ? [] : [key('cashSession', openSessionId)];
  },
  decide(opening, records, context) {
    const till = records.get('till', opening.tillId);
    const shop = records.get('shop', SHOP_ID);
    const unowned = till?.openSessionId != null;
    const session = sessionOf(opening, context, unowned);
    const float = postingOf(context, session.id, {
      saleId: null,
      document: null,
      lines: [
        plainLine({
          id: context.newId(1),
          type: 'FLOAT',
          methodId: shop ? cashMethodIdOf(shop) : 'cash',
          amountMinor: opening.floatMinor,
        }),
      ],
    });
    const due = till && !unowned ? dueNow(till.lateWaiting) : [];
    let totals = records.get('cashTotals', session.id) ?? emptyCashTotals(session.id, session.tillId);
    totals = addPosting(totals, float, false);
    const movements = movementsOf(float, session.id, session.tillId, false);
    for (const posting of due) {
      totals = addPosting(totals, posting, true);
      movements.push(...movementsOf(posting, session.id, session.tillId, true));
    }
    const writes = [
      put('cashSession', session),
      ...movements.map((movement) => put('cashMovement', movement)),
      put('cashTotals', totals),
    ];
    if (till && !unowned) {
      const lateWaiting = till.lateWaiting.slice(due.length);
      writes.push(put('till', { ...till, openSessionId: session.id, lastSessionId: session.id, lateWaiting }));
    }
    return accept(writes, { events: ['cash_session_opened'], flags: flagsOf(opening, till, records, session, context) });
  },
});

type Opening = z.infer<typeof args>;

function sessionOf(opening: Opening, context: DecideContext, unowned: boolean): CashSession {
  return {
    id: context.newId(0),
    ...opening,
    status: 'open',
    businessOn: context.businessOn,
    openedAt: context.occurredAt,
    openedBy: context.actorId,
    deviceId: context.deviceId,
    unowned,
    joinedTo: null,
    movedFrom: null,
    closedAt: null,
    closedBy: null,
    provisionalNo: null,
    closeHash: null,
    zReportId: null,
    attempts: 0,
  };
}

/** The oldest waiting facts whose lines fit into one act; always at least one when any waits. */
function dueNow(waiting: readonly CashPosting[]): CashPosting[] {
  let lines = 0;
  return waiting.filter((posting, index) => {
    lines += linesToPost(posting, true).length;
    return index === 0 || lines <= LATE_LINES_MAX;
  });
}

function flagsOf(
  opening: Opening,
  till: Till | null,
  records: RecordReader,
  session: CashSession,
  { madeAt, occurredAt }: DecideContext,
): Flag[] {
  const shop = records.get('shop', SHOP_ID);
  const about = key('cashSession', session.id);
  const flags: Flag[] = [];
  if (!till) flags.push({ code: 'till_unverified', about, details: { tillId: opening.tillId } });
  if (till?.openSessionId != null) {
    const { openSessionId } = till;
    const own = records.get('cashSession', openSessionId);
    const details = { openSessionId, openedBy: own?.openedBy ?? null, openedAt: own?.openedAt ?? null };
    flags.push({ code: 'unowned_till', about, amountMinor: opening.floatMinor, details });
  }
  if (shop && shop.currency !== opening.currency)
    flags.push({ code: 'currency_differs', about, details: { currency: shop.currency } });
  if (opening.floatDenominations) {
    const sum = sumDenominations(opening.currency, opening.floatDenominations);
    if (!sum.ok || sum.value !== opening.floatMinor)
      flags.push({ code: 'float_differs', about, details: { denominationsMinor: sum.ok ? sum.value : null } });
  }
  if (shop) {
    const { offsetMinutes } = opening;
    const businessOn = computeBusinessDate({ atMs: occurredAt, offsetMinutes, cutOffMinutes: shop.cutOffMinutes });
    if (businessOn !== session.businessOn) flags.push({ code: 'business_date_differs', about, details: { businessOn } });
  }
  if (till?.lastClosedOn != null && session.businessOn < till.lastClosedOn)
    flags.push({ code: 'business_date_before_last_close', about, details: { lastClosedOn: till.lastClosedOn } });
  // Told once a day, where the day begins, and not with each of its acts.
  if (isClockOff(madeAt, occurredAt))
    flags.push({ code: 'clock_off', about, details: { shownAt: madeAt, reallyAt: occurredAt } });
  return flags;
}
