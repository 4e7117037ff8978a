import { expect } from 'vitest';
import { drawerCountIdOf } from '#schema/records/drawer-count.ts';
import { reconciliationIdOf } from '#schema/records/reconciliation.ts';
import { type CaseScript, madeBy, OFFICE, type See } from './case-script.ts';
import { act, aPharmacy, type CasePharmacy, counted, HOUR, NOON, sells } from './pharmacy.ts';

/** Cases about tills, closes and their review. */

/** [case 2] The same sale reaches the server again and again; the harness repeats whatever it likes. */
export async function sameSaleTwice(): Promise<CaseScript> {
  const pharmacy = await aPharmacy();
  return {
    base: pharmacy.base,
    tablets: { A: { acts: [sells(pharmacy, 1, { units: 10 }, NOON)] }, B: { acts: [sells(pharmacy, 2, { units: 20 }, NOON)] } },
    expect: (end) => {
      expect(end.all('sale')).toHaveLength(2);
      expect(end.get('lot', pharmacy.base.lotId).onHandUnits).toBe(70);
      expect(expectedIn(end, pharmacy.session1)).toBe(11_000);
    },
  };
}

/** [case 4] A closes till 1 and opens it again while B sells on. */
export async function closedWhileSelling(): Promise<CaseScript> {
  const pharmacy = await aPharmacy();
  const { base, session1 } = pharmacy;
  const close = { sessionId: session1, tillId: base.till1, counts: counted(12_000) };
  const open = { tillId: base.till1, currency: 'EUR', floatMinor: 5_000, floatDenominations: null, offsetMinutes: 60 };
  return {
    base,
    tablets: {
      A: {
        acts: [
          sells(pharmacy, 1, { units: 20 }, NOON, 'ana'),
          act('cashSession.close', 'ana', NOON + 2 * HOUR, close),
          act('cashSession.open', 'ana', NOON + 3 * HOUR, open),
        ],
      },
      B: { acts: [sells(pharmacy, 1, { units: 10 }, NOON + HOUR), sells(pharmacy, 1, { units: 10 }, NOON + 2 * HOUR)] },
    },
    // Which sales were in the Z, and which of them came first and last: documents go by the order of the server (C13).
    dependsOn: (isBefore) => ['A1', 'A2'].flatMap((a) => ['B1', 'B2'].map((b) => String(isBefore(a, b)))).join(' '),
    expect: (end) => {
      const late = ['B1', 'B2'].filter((sale) => end.isBefore('A2', sale));
      const inZ = 2 - late.length;
      expect(end.get('zReport', session1).body).toMatchObject({ sales: { count: 1 + inZ, amountMinor: 2_000 + inZ * 1_000 } });
      // The next drawer holds its float and nothing else: what came late lies in the drawer that was counted.
      expect(expectedIn(end, madeBy('A3'))).toBe(5_000);
      expect(end.get('cashTotals', madeBy('A3'))).toMatchObject({ salesMinor: late.length * 1_000 });
      for (const sale of ['B1', 'B2']) {
        const isLate = late.includes(sale);
        expect(end.get('sale', madeBy(sale))).toMatchObject({ late: isLate, totalMinor: 1_000 });
        expect(end.receipt(sale).codes).toEqual(isLate ? ['session_closed'] : []);
        if (isLate) expect(end.task(sale)).toMatchObject({ codes: ['session_closed'], aboutId: session1, amountMinor: 1_000 });
      }
      const steps = end.all('reconciliation').flatMap((one) => one.steps);
      expect(steps.map((step) => [step.type, step.amountMinor])).toEqual(late.map(() => ['LATE_ARRIVAL', 1_000]));
    },
  };
}

/** [case 5] A and B close the same till with different figures. */
export async function bothClose(): Promise<CaseScript> {
  const { base, session1 } = await aPharmacy();
  const close = (cashMinor: number) => ({ sessionId: session1, tillId: base.till1, counts: counted(cashMinor) });
  return {
    base,
    tablets: {
      A: { acts: [act('cashSession.close', 'ana', NOON, close(9_000))] },
      B: { acts: [act('cashSession.close', 'pia', NOON + HOUR, close(10_000))] },
    },
    dependsOn: (isBefore) => String(isBefore('A1', 'B1')),
    expect: (end) => {
      const [first, second] = end.isBefore('A1', 'B1') ? (['A1', 'B1'] as const) : (['B1', 'A1'] as const);
      const cash = { A1: 9_000, B1: 10_000 };
      expect(end.get('zReport', session1)).toMatchObject({
        number: 1,
        body: { provisionalLabel: `P-T${first === 'A1' ? 1 : 2}-1` },
      });
      expect(end.get('cashSession', session1)).toMatchObject({ status: 'closed', attempts: 2 });
      for (const [attempt, by] of [[1, first] as const, [2, second] as const])
        expect(end.get('drawerCount', drawerCountIdOf(session1, attempt)).counts[0]?.countedMinor).toBe(cash[by]);
      expect(end.receipt(first)).toMatchObject({ verdict: 'applied' });
      expect(end.receipt(second)).toMatchObject({ verdict: 'flagged', codes: ['session_already_closed'] });
      expect(end.task(second)).toMatchObject({
        aboutKind: 'cashSession',
        aboutId: session1,
        details: {
          attempt: 2,
          closedBy: first === 'A1' ? 'ana' : 'pia',
          closedAt: first === 'A1' ? NOON : NOON + HOUR,
          provisionalNo: `P-T${second === 'A1' ? 1 : 2}-1`,
        },
      });
    },
  };
}

/** [case 6] The till is closed; A and B each count the drawer again, and a manager chooses one of the three. */
export async function bothRecount(): Promise<CaseScript> {
  const { base, session1 } = await aClosedTill(9_000);
  return {
    base,
    tablets: {
      A: { acts: [act('cashSession.recount', 'pia', NOON, { sessionId: session1, counts: counted(9_500) })] },
      B: { acts: [act('cashSession.recount', 'cy', NOON + HOUR, { sessionId: session1, counts: counted(9_900) })] },
    },
    dependsOn: (isBefore) => String(isBefore('A1', 'B1')),
    expect: (end) => {
      const cash = end.isBefore('A1', 'B1') ? [9_000, 9_500, 9_900] : [9_000, 9_900, 9_500];
      const attempts = [1, 2, 3].map((attempt) => end.get('drawerCount', drawerCountIdOf(session1, attempt)));
      expect(attempts.map((one) => one.counts[0]?.countedMinor)).toEqual(cash);
      expect(end.get('cashSession', session1)).toMatchObject({ status: 'closed', attempts: 3 });
      // Nothing is averaged or chosen: the first count stands until somebody accepts another.
      expect(end.get('reconciliation', reconciliationIdOf(session1))).toMatchObject({
        attempt: 1,
        lastAttempt: 3,
        status: 'draft',
        variances: [{ varianceMinor: -1_000 }],
      });
    },
  };
}

/** [case 6] Max counts again and accepts his count offline, while Pia's count becomes the attempt of that number. */
export async function acceptedCountIsTheOneSeen(): Promise<CaseScript> {
  const { base, session1 } = await aClosedTill(9_000);
  const accept = { type: 'RECOUNT', methodId: 'cash', toMethodId: null, amountMinor: 0, target: 'explained', evidence: null };
  return {
    base,
    tablets: {
      A: {
        acts: [
          act('cashSession.recount', 'max', NOON, { sessionId: session1, counts: counted(9_990) }),
          act('reconciliation.addStep', 'max', NOON + 1, {
            ...accept,
            sessionId: session1,
            note: 'mine is right',
            attempt: 2,
            counts: [{ methodId: 'cash', countedMinor: 9_990 }],
          }),
        ],
      },
      B: { acts: [act('cashSession.recount', 'pia', NOON + HOUR, { sessionId: session1, counts: counted(1_000) })] },
    },
    dependsOn: (isBefore) => `${isBefore('B1', 'A1')} ${isBefore('B1', 'A2')}`,
    expect: (end) => {
      const isTaken = end.isBefore('B1', 'A1');
      expect(end.receipt('A2')).toMatchObject(
        isTaken
          ? { verdict: 'refused', codes: ['attempt_changed'], details: { attempt: 2, countedBy: 'pia' } }
          : { verdict: 'applied' },
      );
      const standing = end.get('reconciliation', reconciliationIdOf(session1));
      // Pia's 10.00 is never accepted by somebody who saw 99.90.
      expect(standing).toMatchObject({ attempt: isTaken ? 1 : 2, lastAttempt: 3 });
    },
  };
}

/** [case 7] A approves a variance while B submits a recount. */
export async function approvedWhileRecounted(): Promise<CaseScript> {
  const { base, session1 } = await aSubmittedClose();
  return {
    base,
    tablets: {
      A: { acts: [act('reconciliation.approve', 'max', NOON, seen(session1))] },
      B: { acts: [act('cashSession.recount', 'pia', NOON, { sessionId: session1, counts: counted(10_000) })] },
    },
    expect: (end) => {
      expect(end.get('reconciliation', reconciliationIdOf(session1))).toMatchObject({
        status: 'draft',
        attempt: 1,
        lastAttempt: 2,
      });
      expect(end.get('cashSession', session1)).toMatchObject({ status: 'closed', attempts: 2 });
      const isStale = end.isBefore('B1', 'A1');
      expect(end.receipt('A1')).toMatchObject(
        isStale
          ? { verdict: 'refused', codes: ['attempt_superseded'], details: { seen: 1, attempt: 2 } }
          : { verdict: 'applied', codes: [] },
      );
    },
  };
}

/** [case 8] Max approves, Ivo rejects. */
export async function approvedAndRejected(): Promise<CaseScript> {
  const { base, session1 } = await aSubmittedClose();
  return {
    base,
    tablets: {
      A: { acts: [act('reconciliation.approve', 'max', NOON, seen(session1))] },
      B: {
        acts: [act('reconciliation.reject', 'ivo', NOON + HOUR, (see) => ({ ...seen(session1)(see), note: 'not plausible' }))],
      },
    },
    expect: (end) => {
      expect(end.get('reconciliation', reconciliationIdOf(session1))).toMatchObject({
        status: 'rejected',
        decidedBy: 'ivo',
        decisionNote: 'not plausible',
      });
      expect(end.get('cashSession', session1).status).toBe('closed');
      expect(end.receipt('B1').verdict).toBe('applied');
      expect(end.receipt('A1')).toMatchObject(
        end.isBefore('A1', 'B1')
          ? { verdict: 'applied' }
          : {
              verdict: 'refused',
              codes: ['reconciliation_rejected'],
              details: { decidedBy: 'ivo', decidedAt: NOON + HOUR, note: 'not plausible' },
            },
      );
    },
  };
}

/** [case 8] Both approve: one approval stands, and the other is told of it. */
export async function bothApprove(): Promise<CaseScript> {
  const { base, session1 } = await aSubmittedClose();
  return {
    base,
    tablets: {
      A: { acts: [act('reconciliation.approve', 'max', NOON, seen(session1))] },
      B: { acts: [act('reconciliation.approve', 'ivo', NOON, seen(session1))] },
    },
    dependsOn: (isBefore) => String(isBefore('A1', 'B1')),
    expect: (end) => {
      const [first, second, by] = end.isBefore('A1', 'B1') ? ['A1', 'B1', 'max'] : ['B1', 'A1', 'ivo'];
      expect(end.get('reconciliation', reconciliationIdOf(session1))).toMatchObject({ status: 'approved', decidedBy: by });
      expect(end.receipt(first).verdict).toBe('applied');
      expect(end.receipt(second)).toMatchObject({ codes: ['reconciliation_already_approved'], details: { decidedBy: by } });
    },
  };
}

/** [case 7] Ivo explains, submits and Max approves on A; the same numbers come about on B by other steps. */
export async function approvalBindsToWhatItSaw(): Promise<CaseScript> {
  const { base, session1 } = await aClosedTill(9_500, 'cy');
  const step = (type: string, note: string) => ({
    sessionId: session1,
    type,
    methodId: 'cash',
    toMethodId: null,
    amountMinor: -500,
    target: type === 'WRITE_OFF' ? 'written_off' : 'explained',
    note,
    evidence: null,
    attempt: null,
    counts: null,
  });
  const submit = (see: See) => submission(session1)(see);
  return {
    base,
    tablets: {
      A: {
        acts: [
          act('reconciliation.addStep', 'ivo', NOON, step('MISSING_RECEIPT', 'courier')),
          act('reconciliation.submit', 'ivo', NOON + 1, submit),
          act('reconciliation.approve', 'max', NOON + 2, seen(session1)),
        ],
      },
      B: {
        acts: [
          act('reconciliation.addStep', 'pia', NOON, step('WRITE_OFF', 'lost')),
          act('reconciliation.submit', 'pia', NOON + 1, submit),
        ],
      },
    },
    dependsOn: (isBefore) => ['A1', 'A2', 'A3'].map((a) => ['B1', 'B2'].map((b) => String(isBefore(a, b))).join('')).join(' '),
    expect: (end) => {
      const standing = end.get('reconciliation', reconciliationIdOf(session1));
      const isApproved = end.receipt('A3').verdict === 'applied';
      // Max saw a missing receipt; he never approves a write-off.
      if (isApproved) expect(standing.steps.map((one) => one.type)).toEqual(['MISSING_RECEIPT']);
      if (end.isBefore('B2', 'A1')) expect(end.receipt('A3').verdict).toBe('refused');
    },
  };
}

/** Till 1 closed by Pia (or another) with that cash, its reconciliation started by Ana. */
async function aClosedTill(cashMinor: number, by = 'pia'): Promise<CasePharmacy> {
  const pharmacy = await aPharmacy();
  const { base, session1 } = pharmacy;
  await base.close(session1, { cash: cashMinor }, { deviceId: OFFICE, actorId: by });
  await base.act('reconciliation.start', { sessionId: session1 }, { deviceId: OFFICE });
  return pharmacy;
}

/** The same, 5.00 short, explained by a receipt and submitted. */
async function aSubmittedClose(): Promise<CasePharmacy> {
  const pharmacy = await aClosedTill(9_500);
  const { base, session1 } = pharmacy;
  const step = { sessionId: session1, methodId: 'cash', toMethodId: null, amountMinor: -500, target: 'explained', attempt: null };
  const at = { deviceId: OFFICE };
  await base.act(
    'reconciliation.addStep',
    { ...step, type: 'MISSING_RECEIPT', note: 'courier', evidence: 'R-9', counts: null },
    at,
  );
  const known = base.get('reconciliation', reconciliationIdOf(session1));
  await base.act(
    'reconciliation.submit',
    { sessionId: session1, revision: known?.revision, steps: known?.steps.map(({ id }) => id) },
    at,
  );
  return pharmacy;
}

/** What an approver sees on the screen. */
function seen(sessionId: string) {
  return (see: See) => {
    const { lastAttempt, revision, steps } = see('reconciliation', reconciliationIdOf(sessionId));
    return { sessionId, attempt: lastAttempt, revision, steps: steps.map(({ id }) => id) };
  };
}

function submission(sessionId: string) {
  return (see: See) => {
    const { revision, steps } = see('reconciliation', reconciliationIdOf(sessionId));
    return { sessionId, revision, steps: steps.map(({ id }) => id) };
  };
}

function expectedIn(
  end: { get: (kind: 'cashTotals', id: string) => { methods: { methodId: string; expectedMinor: number }[] } },
  sessionId: string,
): number {
  return end.get('cashTotals', sessionId).methods.find(({ methodId }) => methodId === 'cash')?.expectedMinor ?? 0;
}
