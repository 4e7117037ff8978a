import { expect } from 'vitest';
import { drawerCountIdOf } from '#schema/records/drawer-count.ts';
import { reconciliationIdOf } from '#schema/records/reconciliation.ts';
import { type CaseEnd, type CaseScript, madeBy, OFFICE } from './case-script.ts';
import { act, aPharmacy, type CasePharmacy, counted, HOUR, MINUTE, NOON } from './pharmacy.ts';

/** Cases about two sessions on one till. */

const TILL_3 = 'till-3';

/** [case 3] A and B each open till 3 and sell. */
export async function bothOpenOneTill(): Promise<CaseScript> {
  const pharmacy = await withTill3();
  const { base } = pharmacy;
  const open = (floatMinor: number) => ({
    tillId: TILL_3,
    currency: 'EUR',
    floatMinor,
    floatDenominations: null,
    offsetMinutes: 60,
  });
  const sale = (sessionId: string) => base.saleArgs(sessionId, { units: 10 }, TILL_3);
  return {
    base,
    tablets: {
      A: {
        acts: [act('cashSession.open', 'ana', NOON, open(10_000)), act('sale.record', 'ana', NOON + MINUTE, sale(madeBy('A1')))],
      },
      B: {
        acts: [
          act('cashSession.open', 'pia', NOON + HOUR, open(5_000)),
          act('sale.record', 'pia', NOON + HOUR + 1, sale(madeBy('B1'))),
          act('sale.record', 'pia', NOON + HOUR + 2, sale(madeBy('B1'))),
        ],
      },
    },
    dependsOn: (isBefore) => String(isBefore('A1', 'B1')),
    expect: (end) => {
      const [first, second] = end.isBefore('A1', 'B1') ? ['A1', 'B1'] : ['B1', 'A1'];
      expect(end.get('till', TILL_3).openSessionId).toBe(madeBy(first));
      expect(end.get('cashSession', madeBy(first))).toMatchObject({ unowned: false, status: 'open' });
      expect(end.get('cashSession', madeBy(second))).toMatchObject({ unowned: true, status: 'open' });
      expect([cashIn(end, madeBy('A1')), cashIn(end, madeBy('B1'))]).toEqual([11_000, 7_000]);
      expect(end.task(second)).toMatchObject({
        codes: ['unowned_till'],
        aboutKind: 'cashSession',
        aboutId: madeBy(second),
        amountMinor: second === 'A1' ? 10_000 : 5_000,
        details: {
          openSessionId: madeBy(first),
          openedBy: first === 'A1' ? 'ana' : 'pia',
          openedAt: first === 'A1' ? NOON : NOON + HOUR,
        },
      });
    },
  };
}

/** [case 3] Max joins the two while A sells and closes the till's own, and B, who knows of nothing, sells on and closes the other. */
export async function joinedWhileBothSell(): Promise<CaseScript> {
  const pharmacy = await withTwoSessions();
  const { base, session1, unowned } = pharmacy;
  const close = (sessionId: string, cashMinor: number) => ({ sessionId, tillId: base.till1, counts: counted(cashMinor) });
  return {
    base,
    tablets: {
      A: {
        acts: [
          act('sale.record', 'ana', NOON, base.saleArgs(session1, { units: 10 }, base.till1)),
          act('cashSession.close', 'ana', NOON + 2 * HOUR, close(session1, 13_000)),
        ],
      },
      B: {
        acts: [
          act('sale.record', 'pia', NOON + HOUR, base.saleArgs(unowned, { units: 20 }, base.till1)),
          act('cashSession.close', 'pia', NOON + 3 * HOUR, close(unowned, 13_000)),
        ],
      },
      C: {
        acts: [act('cashSession.join', 'max', NOON + HOUR, { sessionId: unowned, intoSessionId: session1, isFloatShared: true })],
      },
    },
    dependsOn: (isBefore) =>
      ['A1 B1', 'A1 B2', 'A2 B1', 'A2 B2', 'C1 A1', 'C1 A2', 'C1 B1', 'C1 B2']
        .map((pair) => pair.split(' ') as [string, string])
        .map(([one, other]) => String(isBefore(one, other)))
        .join(' '),
    expect: (end) => {
      const [isAClosed, isBClosed] = [end.isBefore('A2', 'C1'), end.isBefore('B2', 'C1')];
      if (isAClosed || isBClosed) {
        const [sessionId, closedBy] = isBClosed ? [unowned, 'pia'] : [session1, 'ana'];
        expect(end.receipt('C1')).toMatchObject({
          verdict: 'refused',
          codes: ['session_already_closed'],
          details: { sessionId, closedBy },
        });
        expect([cashIn(end, session1), cashIn(end, unowned)]).toEqual([11_000, 7_000]);
        return;
      }
      expect(end.receipt('C1').verdict).toBe('applied');
      expect(end.get('cashSession', unowned)).toMatchObject({ status: 'joined', joinedTo: session1, closedBy: 'max' });
      // One float, both tickets; B's is in the Z or late, never lost and never in a drawer of its own.
      const isLate = end.isBefore('A2', 'B1');
      expect([cashIn(end, session1), cashIn(end, unowned)]).toEqual([isLate ? 11_000 : 13_000, 0]);
      expect(end.get('zReport', session1)).toMatchObject({
        number: 1,
        body: { sales: { count: isLate ? 1 : 2, amountMinor: isLate ? 1_000 : 3_000 } },
      });
      if (isLate) {
        expect(end.task('B1')).toMatchObject({ codes: ['session_closed'], aboutId: session1, amountMinor: 2_000 });
        expect(end.get('reconciliation', reconciliationIdOf(session1)).steps).toMatchObject([{ amountMinor: 2_000 }]);
      }
      // B's count is one of the same drawer.
      expect(end.task('B2')).toMatchObject({
        codes: ['session_joined'],
        aboutId: session1,
        details: { joinedTo: session1, joinedBy: 'max', attempt: end.isBefore('B2', 'A2') ? 1 : 2 },
      });
      const attempt = drawerCountIdOf(session1, end.isBefore('B2', 'A2') ? 1 : 2);
      expect(end.get('drawerCount', attempt)).toMatchObject({ countedBy: 'pia', counts: [{ countedMinor: 13_000 }] });
      expect(end.get('till', base.till1)).toMatchObject({ openSessionId: null, lastZNumber: 1, grandDocuments: isLate ? 1 : 2 });
    },
  };
}

/** [case 3] It was another drawer: Max moves B's session to till 3, while B sells on and closes it under the till it was opened on. */
export async function movedWhileSelling(): Promise<CaseScript> {
  const pharmacy = await withTwoSessions();
  const { base, session1, unowned } = pharmacy;
  return {
    base,
    tablets: {
      A: {
        acts: [act('cashSession.close', 'ana', NOON, { sessionId: session1, tillId: base.till1, counts: counted(10_000) })],
      },
      B: {
        acts: [
          act('sale.record', 'pia', NOON, base.saleArgs(unowned, { units: 20 }, base.till1)),
          act('cashSession.close', 'pia', NOON + HOUR, { sessionId: unowned, tillId: base.till1, counts: counted(7_000) }),
        ],
      },
      C: { acts: [act('cashSession.moveToTill', 'max', NOON, { sessionId: unowned, tillId: TILL_3 })] },
    },
    dependsOn: (isBefore) =>
      ['A1', 'B1', 'C1'].map((one) => String(isBefore(one, 'B2'))).join(' ') + String(isBefore('C1', 'B1')),
    expect: (end) => {
      const isMoved = end.isBefore('C1', 'B2');
      const number = isMoved || end.isBefore('B2', 'A1') ? 1 : 2;
      expect(end.get('zReport', unowned)).toMatchObject({ tillId: isMoved ? TILL_3 : base.till1, number });
      expect(cashIn(end, unowned)).toBe(7_000);
      expect(end.receipt('B1').codes).toEqual([]);
      expect(end.receipt('B2').codes).toEqual([]);
      expect(end.receipt('C1')).toMatchObject(
        isMoved
          ? { verdict: 'applied' }
          : { verdict: 'refused', codes: ['session_already_closed'], details: { closedBy: 'pia' } },
      );
      expect(end.get('till', TILL_3).openSessionId).toBeNull();
    },
  };
}

/** [case 32] A opens with a clock three hours ahead, B with one four minutes behind: A is told, and so is a manager. */
export async function openedWithAWrongClock(): Promise<CaseScript> {
  const pharmacy = await withTill3();
  const { base } = pharmacy;
  const till = base.get('till', TILL_3);
  if (till) base.put('till', { ...till, id: 'till-4' });
  const open = (tillId: string) => ({
    tillId,
    currency: 'EUR',
    floatMinor: 0,
    floatDenominations: null,
    offsetMinutes: 60,
  });
  return {
    base,
    tablets: {
      A: { clockErrorMs: 3 * HOUR, acts: [act('cashSession.open', 'pia', NOON, open(TILL_3))] },
      B: { clockErrorMs: -4 * MINUTE, acts: [act('cashSession.open', 'cy', NOON, open('till-4'))] },
    },
    expect: (end) => {
      expect(end.get('cashSession', madeBy('A1')).openedAt).toBe(NOON);
      expect(end.foreseen('A1').codes).toEqual(['clock_off']);
      expect(end.task('A1')).toMatchObject({
        codes: ['clock_off'],
        aboutId: madeBy('A1'),
        details: { shownAt: NOON + 3 * HOUR, reallyAt: NOON },
      });
      expect(end.receipt('B1').codes).toEqual([]);
    },
  };
}

async function withTill3(): Promise<CasePharmacy> {
  const pharmacy = await aPharmacy();
  const till = pharmacy.base.get('till', pharmacy.base.till1);
  if (till) pharmacy.base.put('till', { ...till, id: TILL_3, name: 'Till 3', openSessionId: null, lastSessionId: null });
  return pharmacy;
}

/** Till 1 opened a second time, with 50.00, while it was open. */
async function withTwoSessions(): Promise<CasePharmacy & { readonly unowned: string }> {
  const pharmacy = await withTill3();
  const unowned = await pharmacy.base.open(pharmacy.base.till1, 5_000, { deviceId: OFFICE, actorId: 'pia' });
  return { ...pharmacy, unowned };
}

function cashIn(end: CaseEnd, sessionId: string): number {
  return end.get('cashTotals', sessionId).methods.find(({ methodId }) => methodId === 'cash')?.expectedMinor ?? 0;
}
