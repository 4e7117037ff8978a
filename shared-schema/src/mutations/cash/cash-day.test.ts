import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../canonical-json.ts';
import { xReport } from '../../domain/cash-totals.ts';
import { TestCounter } from '../../testing/test-counter.ts';
import { TABLET_1, TABLET_2, testSha256 } from '../../testing/test-tenant.ts';

describe('a day at one till', () => {
  test('[C2] expected cash is float + sales + in − out − petty − drops + rounding', async () => {
    const shop = new TestCounter({ cashRounding: { incrementMinor: 5, onMixedPayment: 'round_cash_part' } });
    const session = await shop.open(shop.till1, 10_000);
    const rounded = { packPriceMinor: 1_003, payments: [{ methodId: 'cash', tenderedMinor: 2_000, amountMinor: 1_005 }] };
    const verdict = await shop.sell(session, { ...rounded, roundingMinor: 2, changeMinor: 995 });
    expect(verdict.receipt.codes).toEqual(['price_changed']);
    await shop.move(session, 'CASH_IN', 300);
    await shop.move(session, 'CASH_OUT', 200);
    await shop.move(session, 'PETTY_CASH', 150);
    await shop.move(session, 'SAFE_DROP', 5_000);
    expect(shop.expected(session)).toBe(10_000 + 1_003 + 2 + 300 - 200 - 150 - 5_000);
    expect(shop.ledgerSum(session)).toBe(shop.expected(session));
    expect(shop.get('cashTotals', session)).toMatchObject({ roundingMinor: 2, salesMinor: 1_003, firstDocument: 'T1-2' });
  });

  test('[C2] a forgotten event leaves a negative expectation, never clamped', async () => {
    const shop = new TestCounter();
    const session = await shop.open(shop.till1, 1_000);
    await shop.move(session, 'SAFE_DROP', 5_000);
    expect(shop.expected(session)).toBe(-4_000);
  });

  test('[M0][C5] a ticket paid by two methods keeps each, splits VAT, and dispenses its lot', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    const verdict = await shop.sell(session, {
      units: 20,
      payments: [
        { methodId: 'card', tenderedMinor: 1_500, amountMinor: 1_500 },
        { methodId: 'cash', tenderedMinor: 1_000, amountMinor: 500 },
      ],
      changeMinor: 500,
    });
    expect(verdict.receipt.verdict).toBe('applied');
    expect(shop.expected(session)).toBe(10_500);
    expect(shop.expected(session, 'card')).toBe(1_500);
    expect(shop.all('sale')[0]).toMatchObject({ ticketNo: 'T1-2', totalMinor: 2_000, vat: [{ rateBp: 210, vatMinor: 41 }] });
    expect(shop.get('lot', shop.lotId)?.onHandUnits).toBe(80);
  });

  test('[C11][C12] the server numbers the close, chains the Z and frees the till; a device gives no number', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    await shop.sell(session);
    const device = new TestCounter();
    const onDevice = await device.open();
    await device.close(onDevice, { cash: 10_000 }, { authority: 'device' });
    expect(device.all('zReport')).toEqual([]);
    expect(device.get('cashSession', onDevice)).toMatchObject({ status: 'closed', provisionalNo: 'P-T1-2', zReportId: null });
    expect(device.get('cashSession', onDevice)?.closeHash).toBe(testSha256(`${TABLET_1}-2`));

    const verdict = await shop.close(session, { cash: 11_000 });
    expect(verdict.receipt.verdict).toBe('applied');
    const first = shop.get('zReport', session);
    expect(first).toMatchObject({ number: 1, prevHash: null });
    expect(first?.body).toMatchObject({
      firstDocument: 'T1-2',
      provisionalLabel: 'P-T1-3',
      deviceChainHash: testSha256(`${TABLET_1}-3`),
      sales: { count: 1, amountMinor: 1_000 },
      grandTotals: { salesMinor: 1_000 },
      attempts: [{ isBlind: true, methods: [{ methodId: 'cash', expectedMinor: 11_000, varianceMinor: 0 }] }],
    });
    expect(first?.hash).toBe(testSha256(canonicalJson(first?.body)));
    expect(shop.get('till', shop.till1)).toMatchObject({ openSessionId: null, lastZNumber: 1 });

    const next = await shop.open();
    await shop.sell(next);
    await shop.close(next, { cash: 11_000 });
    expect(shop.get('zReport', next)).toMatchObject({ number: 2, prevHash: first?.hash });
    expect(shop.get('zReport', next)?.body).toMatchObject({ grandTotals: { salesMinor: 2_000, documentCount: 2 } });
  });

  test('[C11] a Z whose sums do not fit each other is issued, and a manager is told', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    const payments = [{ methodId: 'cash', tenderedMinor: 900, amountMinor: 900 }];
    expect((await shop.sell(session, { payments })).receipt.codes).toEqual(['ticket_differs']);
    const verdict = await shop.close(session, { cash: 10_900 });
    expect(verdict.receipt).toMatchObject({
      codes: ['z_report_mismatch'],
      details: { mismatches: ['methods_differ_from_turnover'] },
    });
    expect(shop.get('zReport', session)?.number).toBe(1);
  });

  test('[C6] nothing but the totals names an expectation before the seal', async () => {
    const shop = new TestCounter();
    const session = await shop.open(shop.till1, 12_345);
    await shop.sell(session, { units: 120 });
    await shop.act('cashSession.startCount', { sessionId: session });
    const verdict = await shop.sell(session, { packPriceMinor: 1_111 });
    const shown = canonicalJson([shop.all('cashSession'), shop.all('exception'), verdict.receipt]);
    expect(shop.expected(session)).toBe(12_345 + 12_000 + 1_111);
    expect(shown).not.toContain(String(shop.expected(session)));
    expect(shown).not.toMatch(/expected|variance/);
    expect(verdict.receipt.codes).toEqual(['below_zero', 'price_changed', 'sold_while_counting']);
  });

  test('[C6] revealing the drawer before counting is an act and makes the next count not blind', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    await shop.act('drawer.reveal', { sessionId: session });
    const verdict = await shop.close(session, { cash: 10_000 });
    expect(verdict.receipt.codes).toEqual(['not_blind']);
    expect(shop.all('drawerCount')[0]?.blind).toBe(false);
    expect(shop.get('zReport', session)?.body).toMatchObject({ attempts: [{ isBlind: false }] });
  });

  test('[C11] an X report hides the drawer from who may count until the count is sealed', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    await shop.sell(session);
    const report = (mayCount: boolean) => {
      const [body, totals] = [shop.get('cashSession', session), shop.get('cashTotals', session)];
      return body && totals ? xReport(body, totals, mayCount) : null;
    };
    expect(report(true)).toMatchObject({ salesCount: 1, salesMinor: 1_000, drawer: null });
    expect(report(false)).toMatchObject({ drawer: { methods: [{ methodId: 'cash', expectedMinor: 11_000 }] } });
    await shop.close(session, { cash: 11_000 });
    expect(report(true)).toMatchObject({ drawer: { methods: [{ expectedMinor: 11_000 }] } });
    expect(shop.get('till', shop.till1)?.lastZNumber).toBe(1);
  });

  test('[C13] the business date is the device’s; another one by the shop’s cut-off is flagged, and one before the last close', async () => {
    const shop = new TestCounter();
    const at = { occurredAt: Date.UTC(2026, 10, 24, 2, 30), businessOn: '2026-11-23' };
    const session = await shop.open(shop.till1, 0, at);
    expect(shop.get('cashSession', session)?.businessOn).toBe('2026-11-23');
    expect(shop.all('exception')).toEqual([]);
    await shop.close(session, { cash: 0 });
    await shop.open(shop.till1, 0, { businessOn: '2026-11-22' });
    expect(shop.all('exception')[0]?.codes).toEqual(['business_date_differs', 'business_date_before_last_close']);
  });

  test('[M3] a breakdown that does not come to the amount is flagged and the amount stands', async () => {
    const shop = new TestCounter();
    const floatDenominations = [{ kind: 'note', valueMinor: 5_000, count: 1 }];
    const args = { tillId: shop.till1, currency: 'EUR', floatMinor: 5_100, floatDenominations, offsetMinutes: 60 };
    const verdict = await shop.act('cashSession.open', args);
    expect(verdict.receipt).toMatchObject({ codes: ['float_differs'], details: { denominationsMinor: 5_000 } });
    expect(shop.all('cashSession')[0]?.floatMinor).toBe(5_100);
  });

  test('[C3] a movement is taken back once, by a line of its own', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    await shop.move(session, 'CASH_OUT', 700);
    const [, movement] = shop.all('cashMovement');
    const reversal = { movementId: movement?.id, sessionId: session, tillId: shop.till1, note: 'typed twice' };
    expect((await shop.act('cashMovement.reverse', reversal)).receipt.verdict).toBe('applied');
    expect(shop.expected(session)).toBe(10_000);
    const again = await shop.act('cashMovement.reverse', reversal, { deviceId: TABLET_2 });
    expect(again.receipt.codes).toEqual(['already_reversed']);
    expect(shop.expected(session)).toBe(10_000);
    expect(shop.get('cashMovement', `${movement?.id}~r`)).toMatchObject({ amountMinor: 700, reversalOf: movement?.id });
  });
});

describe('a ticket that the rules would work out differently', () => {
  test('[M2] keeps the money that moved and is flagged with both figures', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    const payments = [{ methodId: 'cash', tenderedMinor: 1_000, amountMinor: 900 }];
    const verdict = await shop.sell(session, { payments, changeMinor: 100 });
    expect(verdict.receipt.codes).toEqual(['ticket_differs']);
    expect(shop.all('exception')[0]).toMatchObject({
      amountMinor: -100,
      details: { ticket: { totalMinor: 1_000, changeMinor: 0 } },
    });
    expect(shop.expected(session)).toBe(10_900);
    expect(shop.get('cashTotals', session)?.salesMinor).toBe(1_000);
  });

  test('[I3] an unreadable lot of a narcotic is flagged; a new lot is made from its text', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    shop.putItem({ id: 'morphine', schedule: 'narcotic', packPriceMinor: null });
    const unread = { lotId: null, lotText: null, expiryOn: null };
    const verdict = await shop.sell(session, { itemId: 'morphine', lot: unread });
    expect(verdict.receipt.codes).toEqual(['below_zero', 'unknown_lot_not_allowed']);
    expect(shop.get('item', 'morphine')?.packPriceMinor).toBe(1_000);
    await shop.sell(session, { lot: { lotId: null, lotText: 'NEW', expiryOn: '2028-01-31' } });
    expect(shop.all('lot').find((lot) => lot.lotText === 'NEW')).toMatchObject({ itemId: 'item-1', onHandUnits: -10 });
  });

  test('[I4] skipping an earlier expiry asks for a reason', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    expect((await shop.sell(session, { fefoSkipped: true })).receipt.codes).toEqual(['fefo_skipped']);
    expect((await shop.sell(session, { fefoSkipped: true, fefoReason: 'box open' })).receipt.codes).toEqual([]);
  });
});
