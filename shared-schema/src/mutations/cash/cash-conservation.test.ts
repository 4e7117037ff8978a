import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../canonical-json.ts';
import { netByMethod } from '../../domain/cash-posting.ts';
import { computeOpenByMethod } from '../../domain/reconciliation.ts';
import { makerOf } from '../../ids.ts';
import { transitMinorOf } from '../../records/cash-transfer.ts';
import { TestCounter } from '../../testing/test-counter.ts';
import { TABLET_1, TABLET_2 } from '../../testing/test-tenant.ts';
import { SAFE_ID, SAFE_MOVEMENT_TYPES, safeSideIdOf } from './safe.ts';

const amount = fc.integer({ min: 1, max: 50_000 });
const tablet = fc.constantFrom(TABLET_1, TABLET_2);
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('open' as const), tablet, amount }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('sell' as const), tablet, amount, session: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('card' as const), tablet, amount, session: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      tablet,
      amount,
      session: fc.nat(5),
      type: fc.constantFrom('CASH_IN', 'CASH_OUT', 'PETTY_CASH', 'SAFE_DROP', 'BANK_DEPOSIT'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reverse' as const), tablet, movement: fc.nat(40) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('safe' as const), tablet, amount, type: fc.constantFrom(...SAFE_MOVEMENT_TYPES) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('send' as const), tablet, amount, session: fc.nat(5), fromSafe: fc.boolean() }),
  },
  // Of a transfer that was sent, or of one that is still to come.
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('receive' as const), tablet, amount, session: fc.nat(5), no: fc.nat(45) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('close' as const), tablet, amount, session: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), tablet, back: fc.nat(5) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Runs a day; answers what went in and out of the drawers, by method, as its people would add it up. */
async function runDay(shop: TestCounter, steps: readonly Step[]): Promise<Map<string, number>> {
  const sessions = [await shop.open()];
  const flows = new Map([['cash', 10_000]]);
  const flow = (methodId: string, minor: number) => flows.set(methodId, (flows.get(methodId) ?? 0) + minor);
  const sent: { name: string; args: unknown; at: { deviceId: string; n: number } }[] = [];
  const act = async (name: string, args: unknown, deviceId: string) => {
    const judgement = await shop.act(name, args, { deviceId });
    expect(judgement.receipt.verdict).not.toBe('quarantined');
    sent.push({ name, args, at: { deviceId, n: judgement.receipt.n } });
    return judgement;
  };
  for (const one of steps) {
    const sessionId = sessions['session' in one ? one.session % sessions.length : 0] ?? '';
    if (one.kind === 'open') {
      sessions.push(await shop.open(shop.till1, one.amount, { deviceId: one.tablet }));
      flow('cash', one.amount);
    } else if (one.kind === 'sell' || one.kind === 'card') {
      const methodId = one.kind === 'sell' ? 'cash' : 'card';
      const payments = [{ methodId, tenderedMinor: one.amount, amountMinor: one.amount }];
      await act('sale.record', shop.saleArgs(sessionId, { packPriceMinor: one.amount, payments }), one.tablet);
      flow(methodId, one.amount);
    } else if (one.kind === 'move') {
      const rest = { methodId: 'cash', note: '', reference: 'R', witnessId: null };
      const args = { sessionId, tillId: shop.till1, type: one.type, amountMinor: one.amount, ...rest };
      await act('cashMovement.record', args, one.tablet);
      // A drop stays in the shop (C4).
      if (one.type !== 'SAFE_DROP') flow('cash', one.type === 'CASH_IN' ? one.amount : -one.amount);
    } else if (one.kind === 'safe') {
      const rest = { methodId: 'cash', note: '', reference: 'R', witnessId: null };
      await act('safe.record', { type: one.type, amountMinor: one.amount, ...rest }, one.tablet);
      flow('cash', one.type === 'CASH_IN' ? one.amount : -one.amount);
    } else if (one.kind === 'send' || one.kind === 'receive') {
      const till = { sessionId, tillId: shop.till1 };
      const money = { methodId: 'cash', amountMinor: one.amount, note: '' };
      if (one.kind === 'receive')
        await act('cashTransfer.receive', { ...till, ...money, transferNo: `T1-${one.no}` }, one.tablet);
      else {
        const from = one.fromSafe ? { sessionId: SAFE_ID, tillId: SAFE_ID } : till;
        await act('cashTransfer.send', { ...from, ...money, toTillId: shop.till2 }, one.tablet);
      }
    } else if (one.kind === 'reverse') {
      const movements = shop.all('cashMovement').filter((movement) => makerOf(movement.id) && movement.type !== 'LATE_OFFSET');
      const movement = movements[one.movement % movements.length];
      if (!movement) continue;
      const args = { movementId: movement.id, sessionId: movement.sessionId, tillId: shop.till1, note: '' };
      const judgement = await act('cashMovement.reverse', args, one.tablet);
      const { codes } = judgement.receipt;
      const isInternal = movement.id.includes('~s') || shop.get('cashMovement', safeSideIdOf(movement.id)) !== null;
      if (!codes.includes('already_reversed') && !codes.includes('transfer_not_reversible') && !isInternal)
        flow(movement.methodId, -movement.amountMinor);
    } else if (one.kind === 'close') {
      const counts = [{ methodId: 'cash', countedMinor: one.amount, denominations: null }];
      await act('cashSession.close', { sessionId, tillId: shop.till1, counts }, one.tablet);
    } else {
      const again = sent.at(-1 - one.back);
      if (again) await shop.act(again.name, again.args, again.at);
    }
  }
  return flows;
}

test('[C2][C3][C4][C7][C10][C15] no order of a day’s acts loses or makes money', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const shop = new TestCounter();
      const flows = await runDay(shop, steps);
      const movements = shop.all('cashMovement');

      // Σ movements of each session and method is what its totals expect.
      for (const totals of shop.all('cashTotals')) {
        const ledger = netByMethod(movements.filter((one) => one.sessionId === totals.id));
        const expected = totals.methods.map(({ methodId, expectedMinor }) => ({ methodId, amountMinor: expectedMinor }));
        expect(netByMethod(expected).toSorted(byMethod)).toEqual(ledger.toSorted(byMethod));
      }

      // Everything taken is in a till, in the safe, in transit or waits on a till; offsets only say that an earlier drawer held it.
      const waiting = shop.all('till').flatMap((till) => till.lateWaiting.flatMap((posting) => posting.lines));
      const inTransit = shop.all('cashTransfer').map((one) => ({ methodId: one.methodId, amountMinor: transitMinorOf(one) }));
      const booked = [...movements.filter((one) => one.type !== 'LATE_OFFSET'), ...waiting, ...inTransit];
      const taken = [...flows].map(([methodId, amountMinor]) => ({ methodId, amountMinor }));
      expect(netByMethod(booked).toSorted(byMethod)).toEqual(netByMethod(taken).toSorted(byMethod));

      // Z reports: one a session, numbered 1, 2, 3 …, chained, frozen figures equal to their hash.
      const reports = shop.all('zReport').toSorted((a, b) => a.number - b.number);
      expect(reports.map((report) => report.number)).toEqual(reports.map((_, index) => index + 1));
      expect(reports.map((report) => report.prevHash)).toEqual(
        [null, ...reports.map((report) => report.hash)].slice(0, reports.length),
      );
      const sealed = shop.all('cashSession').filter((session) => session.status !== 'open');
      expect(reports.map((report) => report.sessionId).toSorted()).toEqual(sealed.map((session) => session.id).toSorted());

      // Every late amount is a step of the session it came too late for.
      for (const reconciliation of shop.all('reconciliation')) {
        const late = [
          ...movements.filter((one) => one.late && one.type !== 'LATE_OFFSET' && one.homeSessionId === reconciliation.sessionId),
          ...shop
            .all('till')
            .flatMap((till) =>
              till.lateWaiting.filter((one) => one.homeSessionId === reconciliation.sessionId).flatMap((one) => one.lines),
            ),
        ];
        expect(netByMethod(reconciliation.steps).toSorted(byMethod)).toEqual(netByMethod(late).toSorted(byMethod));
        for (const one of computeOpenByMethod(reconciliation.variances, reconciliation.steps))
          expect(one.varianceMinor).toBe(one.explainedMinor + one.writtenOffMinor + one.openMinor);
      }
    }),
    { numRuns: 60 },
  );
});

test('[C15] late facts never change a Z that was issued', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), fc.array(step, { maxLength: 15 }), async (before, after) => {
      const shop = new TestCounter();
      await runDay(shop, before);
      const issued = shop.all('zReport').map((report) => canonicalJson(report));
      await runDay(shop, after);
      const now = shop.all('zReport').map((report) => canonicalJson(report));
      expect(now.slice(0, issued.length)).toEqual(issued);
    }),
    { numRuns: 20 },
  );
});

function byMethod(a: { methodId: string }, b: { methodId: string }): number {
  return a.methodId < b.methodId ? -1 : 1;
}
