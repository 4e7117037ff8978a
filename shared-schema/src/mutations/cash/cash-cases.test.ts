import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../canonical-json.ts';
import { recordIdOf } from '../../ids.ts';
import { reconciliationIdOf } from '../../records/reconciliation.ts';
import { TestCounter } from '../../testing/test-counter.ts';
import { TABLET_1, TABLET_2 } from '../../testing/test-tenant.ts';

const onB = { deviceId: TABLET_2, actorId: 'pia' };

describe('concurrent edits of one shop (domain, section 4)', () => {
  test('[case 1] both dispense the last box: both kept, on hand −1 pack, discrepancy in units', async () => {
    const shop = new TestCounter();
    const [a, b] = [await shop.open(shop.till1), await shop.open(shop.till2, 0, onB)];
    await shop.sell(a, { units: 100 });
    const second = await shop.sell(b, { units: 10 }, onB, shop.till2);
    expect(second.receipt.codes).toEqual(['below_zero']);
    expect(shop.all('exception')[0]).toMatchObject({ units: -10 });
    expect(shop.get('lot', shop.lotId)?.onHandUnits).toBe(-10);
    expect(shop.all('sale')).toHaveLength(2);
  });

  test('[case 2] the same sale posted twice is one', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    await shop.sell(session, {}, { n: 2 });
    await shop.sell(session, {}, { n: 2 });
    expect(shop.all('sale')).toHaveLength(1);
    expect(shop.expected(session)).toBe(11_000);
  });

  test('[C1][case 3] two open one till: both sessions live, the second is unowned, no movement is lost', async () => {
    const shop = new TestCounter();
    const a = await shop.open();
    const b = await shop.open(shop.till1, 5_000, onB);
    expect(shop.get('till', shop.till1)?.openSessionId).toBe(a);
    expect(shop.get('cashSession', b)).toMatchObject({ unowned: true, status: 'open' });
    expect(shop.all('exception')[0]).toMatchObject({ codes: ['unowned_till'], aboutId: b });
    await shop.sell(b, {}, onB);
    expect(shop.expected(b)).toBe(6_000);
    await shop.close(b, { cash: 6_000 }, onB);
    expect(shop.get('till', shop.till1)).toMatchObject({ openSessionId: a, lastZNumber: 1 });
    await shop.close(a, { cash: 10_000 });
    expect(shop.get('zReport', a)).toMatchObject({ number: 2 });
  });

  test('[C15][case 4] a sale after the close waits, goes late to the next session, and moves no drawer and no Z', async () => {
    const shop = new TestCounter();
    const first = await shop.open();
    await shop.close(first, { cash: 11_000, card: 500 });
    const frozen = canonicalJson(shop.get('zReport', first));
    const payments = [
      { methodId: 'card', tenderedMinor: 500, amountMinor: 500 },
      { methodId: 'cash', tenderedMinor: 1_000, amountMinor: 1_000 },
    ];
    const late = await shop.sell(first, { packPriceMinor: 1_500, payments }, { ...onB, occurredAt: Date.UTC(2026, 10, 23, 8) });
    expect(late.receipt.codes).toEqual(['session_closed', 'price_changed']);
    expect(shop.get('till', shop.till1)?.lateWaiting).toHaveLength(1);
    expect(shop.all('sale')[0]).toMatchObject({ late: true, sessionId: first });
    expect(shop.get('reconciliation', reconciliationIdOf(first))).toMatchObject({
      status: 'draft',
      steps: [
        { type: 'LATE_ARRIVAL', methodId: 'card', amountMinor: 500 },
        { type: 'LATE_ARRIVAL', methodId: 'cash', amountMinor: 1_000 },
      ],
    });

    const next = await shop.open();
    expect(shop.get('till', shop.till1)?.lateWaiting).toEqual([]);
    expect([shop.expected(next), shop.expected(next, 'card')]).toEqual([10_000, 0]);
    expect(shop.get('cashTotals', next)).toMatchObject({ salesMinor: 1_500, salesCount: 1, firstDocument: 'T2-1' });
    const lines = shop.all('cashMovement').filter((one) => one.sessionId === next && one.late);
    expect(lines.map((one) => [one.type, one.methodId, one.amountMinor, one.homeSessionId])).toEqual([
      ['SALE', 'card', 500, first],
      ['SALE', 'cash', 1_000, first],
      ['LATE_OFFSET', 'card', -500, first],
      ['LATE_OFFSET', 'cash', -1_000, first],
    ]);
    expect(lines.map((one) => one.occurredAt)).toEqual(lines.map(() => Date.UTC(2026, 10, 23, 8)));
    expect(canonicalJson(shop.get('zReport', first))).toBe(frozen);
    const submit = await shop.act('reconciliation.submit', { sessionId: first, revision: 2 }, { actorId: 'max' });
    expect(submit.receipt.verdict).toBe('applied');
  });

  test('[C15] with the next session open a late movement goes there at once, and its reversal undoes both sides', async () => {
    const shop = new TestCounter();
    const first = await shop.open();
    await shop.close(first, { cash: 10_000 });
    const next = await shop.open();
    const late = await shop.move(first, 'CASH_IN', 400, onB);
    expect(late.receipt).toMatchObject({ codes: ['session_closed'], details: { sessionId: first } });
    expect(shop.expected(next)).toBe(10_000);
    const movementId = recordIdOf(TABLET_2, late.receipt.n, 0);
    expect(shop.get('cashMovement', movementId)).toMatchObject({ sessionId: next, homeSessionId: first, late: true });
    await shop.act('cashMovement.reverse', { movementId, sessionId: next, tillId: shop.till1, note: '' }, onB);
    expect(shop.expected(next)).toBe(10_000);
    expect(shop.ledgerSum(next)).toBe(10_000);
    const steps = shop.get('reconciliation', reconciliationIdOf(first))?.steps ?? [];
    expect(steps.map((step) => step.amountMinor)).toEqual([400, -400]);
  });

  test('[C3][C15] a movement of a session that was moved and closed is taken back once, whichever till is named (seed 4098 of the simulation)', async () => {
    const shop = new TestCounter();
    const [made, waits] = [shop.till1, shop.till2];
    const first = await shop.open(made);
    await shop.move(first, 'CASH_OUT', 400);
    const movementId = shop.all('cashMovement').find(({ type }) => type === 'CASH_OUT')?.id ?? '';
    await shop.act('cashSession.moveToTill', { sessionId: first, tillId: waits });
    await shop.close(first, { cash: 9_600 });
    const late = await shop.move(first, 'CASH_IN', 300, onB);
    const lateId = recordIdOf(TABLET_2, late.receipt.n, 0);
    for (const id of [movementId, lateId])
      for (const [i, tillId] of [made, waits, made].entries()) {
        const { receipt } = await shop.act('cashMovement.reverse', { movementId: id, sessionId: first, tillId, note: '' });
        expect(receipt.codes.includes('already_reversed')).toBe(i > 0);
        expect(receipt.codes).not.toContain('movement_unverified');
      }
    for (const till of [waits, made]) {
      const next = await shop.open(till);
      expect(shop.expected(next)).toBe(shop.ledgerSum(next));
    }
    expect(shop.all('cashMovement').filter(({ type }) => type === 'REVERSAL')).toHaveLength(2);
  });

  test('[C15] what waits on the till can be taken back too, once', async () => {
    const shop = new TestCounter();
    const first = await shop.open();
    await shop.close(first, { cash: 10_000 });
    const late = await shop.move(first, 'CASH_IN', 400, onB);
    const reversal = { movementId: recordIdOf(TABLET_2, late.receipt.n, 0), sessionId: first, tillId: shop.till1, note: '' };
    await shop.act('cashMovement.reverse', reversal);
    expect((await shop.act('cashMovement.reverse', reversal)).receipt.codes).toEqual(['already_reversed']);
    const next = await shop.open();
    expect(shop.all('cashMovement').filter((one) => one.sessionId === next)).toHaveLength(5);
    expect(shop.expected(next)).toBe(10_000);
  });

  test('[C7][case 5][case 6] two close one session: the first keeps the Z, the second is a recount attempt, none averaged', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    await shop.close(session, { cash: 9_000 });
    const frozen = canonicalJson(shop.get('zReport', session));
    const second = await shop.close(session, { cash: 10_000 }, onB);
    expect(second.receipt.codes).toEqual(['session_already_closed']);
    expect(canonicalJson(shop.get('zReport', session))).toBe(frozen);
    expect(shop.all('drawerCount').map((one) => [one.attempt, one.counts[0]?.countedMinor])).toEqual([
      [1, 9_000],
      [2, 10_000],
    ]);
    expect(shop.get('till', shop.till1)?.lastZNumber).toBe(1);
    await shop.act('reconciliation.start', { sessionId: session });
    expect(shop.get('reconciliation', reconciliationIdOf(session))).toMatchObject({ attempt: 1, lastAttempt: 2 });
    const recount = { sessionId: session, type: 'RECOUNT', methodId: 'cash', toMethodId: null, amountMinor: 0 };
    await shop.act('reconciliation.addStep', { ...recount, target: 'explained', note: 'B is right', evidence: null, attempt: 2 });
    expect(shop.get('reconciliation', reconciliationIdOf(session))).toMatchObject({
      attempt: 2,
      variances: [{ varianceMinor: -1_000, class: 'accept' }],
      steps: [{ type: 'RECOUNT', amountMinor: -1_000 }],
    });
  });

  test('[case 7] an approval binds to the attempt it saw; a recount reopens an approved review', async () => {
    const shop = await submittedShortage(-500);
    const session = shop.sessionId;
    await shop.recount(session, { cash: 10_000 }, { actorId: 'pia' });
    const stale = await shop.act('reconciliation.approve', { sessionId: session, attempt: 1, revision: 3 }, { actorId: 'max' });
    expect(stale.receipt.codes).toEqual(['attempt_superseded']);
    await shop.act('reconciliation.submit', { sessionId: session, revision: 4 });
    await shop.act('reconciliation.approve', { sessionId: session, attempt: 2, revision: 5 }, { actorId: 'max' });
    expect(shop.get('cashSession', session)?.status).toBe('reconciled');
    await shop.recount(session, { cash: 9_900 }, onB);
    expect(shop.get('cashSession', session)?.status).toBe('closed');
    expect(shop.get('reconciliation', reconciliationIdOf(session))).toMatchObject({ status: 'draft', lastAttempt: 3 });
  });

  test('[case 8] one approves, another rejects: reject wins in either order until a new submission', async () => {
    for (const order of [
      ['approve', 'reject'],
      ['reject', 'approve'],
    ]) {
      const shop = await submittedShortage(-500, ['ivo']);
      const sessionId = shop.sessionId;
      const seen = { sessionId, attempt: 1, revision: 3 };
      const verdicts = [];
      for (const verb of order) {
        const args = verb === 'reject' ? { ...seen, note: 'not plausible' } : seen;
        verdicts.push(await shop.act(`reconciliation.${verb}`, args, { actorId: verb === 'reject' ? 'max' : 'ivo' }));
      }
      const codes = order[0] === 'reject' ? ['reconciliation_rejected'] : [];
      expect(verdicts[1]?.receipt.codes).toEqual(codes);
      expect(shop.get('reconciliation', reconciliationIdOf(sessionId))).toMatchObject({ status: 'rejected', decidedBy: 'max' });
      expect(shop.get('cashSession', sessionId)?.status).toBe('closed');
      await shop.act('reconciliation.submit', { sessionId, revision: 3 });
      const again = await shop.act('reconciliation.approve', { ...seen, revision: 4 }, { actorId: 'ivo' });
      expect(again.receipt.verdict).toBe('applied');
    }
  });
});

describe('approving', () => {
  test('[C9] who counted or authored a movement may not approve; who did neither may', async () => {
    const shop = await submittedShortage(-500);
    const seen = { sessionId: shop.sessionId, attempt: 1, revision: 3 };
    expect((await shop.act('reconciliation.approve', seen)).receipt.codes).toEqual(['approver_involved']);
    expect((await shop.act('reconciliation.approve', seen, { actorId: 'pia' })).receipt.codes).toEqual(['role_not_allowed']);
    expect((await shop.act('reconciliation.approve', seen, { actorId: 'max' })).receipt.verdict).toBe('applied');
    expect(shop.get('reconciliation', reconciliationIdOf(shop.sessionId))).toMatchObject({
      status: 'approved',
      selfApproved: false,
    });
  });

  test('[C9] a one-person shop may approve itself: the Z says so and a later review is left open', async () => {
    const shop = await submittedShortage(-500, [], true);
    const seen = { sessionId: shop.sessionId, attempt: 1, revision: 3 };
    const verdict = await shop.act('reconciliation.approve', seen);
    expect(verdict.receipt).toMatchObject({ verdict: 'flagged', codes: ['self_approved'] });
    expect(shop.get('zReport', shop.sessionId)?.body).toMatchObject({ selfApproval: true });
    expect(shop.get('reconciliation', reconciliationIdOf(shop.sessionId))).toMatchObject({
      status: 'approved',
      selfApproved: true,
    });
  });

  test.each([
    [-200, 'accept'],
    [-201, 'reason_and_manager'],
    [2_000, 'reason_and_manager'],
    [2_001, 'manager_and_second_person'],
  ])('[C8] a variance of %i is %s', async (varianceMinor, varianceClass) => {
    const shop = new TestCounter();
    const session = await shop.open();
    await shop.close(session, { cash: 10_000 + varianceMinor });
    await shop.act('reconciliation.start', { sessionId: session });
    const id = reconciliationIdOf(session);
    expect(shop.get('reconciliation', id)).toMatchObject({ variances: [{ varianceMinor, class: varianceClass }] });
    const submit = await shop.act('reconciliation.submit', { sessionId: session, revision: 1 });
    expect(submit.receipt.codes).toEqual(varianceClass === 'accept' ? [] : ['reconciliation_open']);
    const writtenOff = varianceClass === 'accept' ? [{ type: 'WRITE_OFF', amountMinor: varianceMinor }] : [];
    expect(shop.get('reconciliation', id)?.steps).toMatchObject(writtenOff);
  });

  test('[C8] above the second limit a second person confirms, who did not count', async () => {
    const shop = await submittedShortage(-5_000);
    const seen = { sessionId: shop.sessionId, attempt: 1, revision: 3 };
    const max = { actorId: 'max' };
    expect((await shop.act('reconciliation.approve', seen, max)).receipt.codes).toEqual(['second_person_missing']);
    expect((await shop.act('reconciliation.confirm', seen)).receipt.codes).toEqual(['second_person_counted']);
    await shop.act('reconciliation.confirm', seen, { actorId: 'pia' });
    expect((await shop.act('reconciliation.approve', seen, max)).receipt.verdict).toBe('applied');
  });

  test('[C10] a step without its other side, its reason or its attempt is refused; the open rest is named', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    const rest = {
      sessionId: session,
      methodId: 'cash',
      toMethodId: null,
      amountMinor: -300,
      note: '',
      evidence: null,
      attempt: null,
    };
    const add = (step: object) => shop.act('reconciliation.addStep', { ...rest, target: 'explained', ...step });
    expect((await shop.act('reconciliation.start', { sessionId: session })).receipt.codes).toEqual(['session_not_closed']);
    await shop.close(session, { cash: 9_500 });
    expect((await add({ type: 'OTHER', note: 'x' })).receipt.codes).toEqual(['reconciliation_not_found']);
    await shop.act('reconciliation.start', { sessionId: session });
    expect((await add({ type: 'METHOD_RECLASS' })).receipt.codes).toEqual(['reclass_target_missing']);
    expect((await add({ type: 'WRITE_OFF' })).receipt.codes).toEqual(['write_off_target']);
    expect((await add({ type: 'OTHER' })).receipt.codes).toEqual(['reason_missing']);
    expect((await add({ type: 'RECOUNT', attempt: 7 })).receipt.codes).toEqual(['attempt_not_found']);
    expect((await add({ type: 'LATE_ARRIVAL' })).receipt.codes).toEqual(['invalid_args']);
    await add({ type: 'METHOD_RECLASS', toMethodId: 'card' });
    const submit = await shop.act('reconciliation.submit', { sessionId: session, revision: 2 });
    expect(submit.receipt).toMatchObject({ codes: ['reconciliation_open'], details: { open: { cash: -200, card: -300 } } });
    const [step] = shop.get('reconciliation', reconciliationIdOf(session))?.steps ?? [];
    await shop.act('reconciliation.removeStep', { sessionId: session, stepId: step?.id });
    expect(shop.get('reconciliation', reconciliationIdOf(session))?.steps).toEqual([]);
  });
});

class Submitted extends TestCounter {
  readonly sessionId = recordIdOf(TABLET_1, 1, 0);
}

/** A session Ana opened and closed with a variance, explained by a receipt and submitted: revision 3. */
async function submittedShortage(
  varianceMinor: number,
  owners: readonly string[] = [],
  selfApproval = false,
): Promise<Submitted> {
  const shop = new Submitted({ selfApproval });
  for (const id of owners) shop.put('member', { id, name: id, roles: [{ role: 'owner', fromAt: 0 }] });
  const sessionId = await shop.open();
  await shop.close(sessionId, { cash: 10_000 + varianceMinor });
  await shop.act('reconciliation.start', { sessionId });
  const step = { sessionId, methodId: 'cash', toMethodId: null, amountMinor: varianceMinor, target: 'explained', attempt: null };
  await shop.act('reconciliation.addStep', { ...step, type: 'MISSING_RECEIPT', note: 'courier', evidence: 'R-9' });
  await shop.act('reconciliation.submit', { sessionId, revision: 2 });
  return shop;
}
