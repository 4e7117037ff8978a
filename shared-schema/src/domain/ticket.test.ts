import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FIVE_CENT_CASH_ROUNDING, NO_CASH_ROUNDING } from './rounding.ts';
import { computeTicket, computeTicketTotals, settleTicket, type TicketPaymentInput } from './ticket.ts';

const cash = (tenderedMinor: number): TicketPaymentInput => ({
  methodId: 'cash',
  nature: 'countable',
  isCash: true,
  tenderedMinor,
});
const card = (tenderedMinor: number): TicketPaymentInput => ({
  methodId: 'card',
  nature: 'statement',
  isCash: false,
  tenderedMinor,
});
const cheque = (tenderedMinor: number): TicketPaymentInput => ({
  methodId: 'cheque',
  nature: 'countable',
  isCash: false,
  tenderedMinor,
});

test('[M0] a ticket of a pack, a part of a pack and a second rate', () => {
  const totals = computeTicketTotals([
    { packPriceMinor: 459, unitsPerPack: 30, units: 30, vatRateBp: 210 },
    { packPriceMinor: 1000, unitsPerPack: 3, units: 1, vatRateBp: 1000 },
    { packPriceMinor: 250, unitsPerPack: 1, units: 2, vatRateBp: 210 },
  ]);
  expect(totals).toEqual({
    grossMinor: 1292,
    lines: [
      { grossMinor: 459, vatMinor: 10 },
      { grossMinor: 333, vatMinor: 30 },
      { grossMinor: 500, vatMinor: 10 },
    ],
    vatTotals: [
      { vatRateBp: 210, grossMinor: 959, netMinor: 939, vatMinor: 20 },
      { vatRateBp: 1000, grossMinor: 333, netMinor: 303, vatMinor: 30 },
    ],
  });
});

test('cash with change', () => {
  expect(settleTicket(1292, [cash(2000)], NO_CASH_ROUNDING)).toMatchObject({
    value: { isSettled: true, changeMinor: 708, roundingMinor: 0, cashSaleMinor: 1292, remainingMinor: 0 },
  });
});

test('[M2] cash is rounded, and SALE + ROUNDING is what stays in the drawer', () => {
  const settled = settleTicket(1292, [cash(2000)], FIVE_CENT_CASH_ROUNDING);
  expect(settled).toMatchObject({
    value: { changeMinor: 710, roundingMinor: -2, cashSaleMinor: 1292, payments: [{ tenderedMinor: 2000, appliedMinor: 1290 }] },
  });
});

test('[M2] card is never rounded', () => {
  expect(settleTicket(1292, [card(1292)], FIVE_CENT_CASH_ROUNDING)).toMatchObject({
    value: { isSettled: true, roundingMinor: 0, changeMinor: 0, cashSaleMinor: 0 },
  });
});

test('[M2] two methods: the card pays its part exactly, the cash part is rounded, change comes from cash', () => {
  expect(settleTicket(1292, [card(790), cash(1000)], FIVE_CENT_CASH_ROUNDING)).toMatchObject({
    value: {
      isSettled: true,
      roundingMinor: -2,
      changeMinor: 500,
      cashSaleMinor: 502,
      payments: [{ appliedMinor: 790 }, { appliedMinor: 500 }],
    },
  });
});

test('a half-paid ticket says what is still due, with and without cash', () => {
  expect(settleTicket(1292, [cash(1000)], FIVE_CENT_CASH_ROUNDING)).toMatchObject({
    value: { isSettled: false, changeMinor: 0, roundingMinor: 0, remainingMinor: 292, remainingCashMinor: 290 },
  });
  expect(settleTicket(1292, [], NO_CASH_ROUNDING)).toMatchObject({
    value: { isSettled: false, remainingMinor: 1292, remainingCashMinor: 1292 },
  });
});

test('a total that rounds to nothing is settled by no coin at all', () => {
  expect(settleTicket(2, [cash(0)], FIVE_CENT_CASH_ROUNDING)).toMatchObject({ value: { isSettled: true, roundingMinor: -2 } });
  expect(settleTicket(0, [], NO_CASH_ROUNDING)).toMatchObject({ value: { isSettled: true } });
});

test('change never comes from a card or a cheque', () => {
  expect(settleTicket(1000, [card(1001)], NO_CASH_ROUNDING)).toEqual({
    ok: false,
    error: { code: 'overpaid_without_cash', byMinor: 1 },
  });
  expect(settleTicket(1000, [cheque(900), card(200), cash(500)], NO_CASH_ROUNDING)).toMatchObject({
    error: { code: 'overpaid_without_cash', byMinor: 100 },
  });
  expect(settleTicket(1000, [cash(-1)], NO_CASH_ROUNDING)).toEqual({
    ok: false,
    error: { code: 'tender_negative', methodId: 'cash' },
  });
});

test('change over two cash payments is taken from the last first', () => {
  expect(settleTicket(1000, [cash(900), cash(600)], NO_CASH_ROUNDING)).toMatchObject({
    value: { changeMinor: 500, payments: [{ appliedMinor: 900 }, { appliedMinor: 100 }] },
  });
});

const anyLine = fc.record({
  packPriceMinor: fc.nat({ max: 50_000 }),
  unitsPerPack: fc.integer({ min: 1, max: 100 }),
  units: fc.nat({ max: 200 }),
  vatRateBp: fc.constantFrom(0, 210, 550, 1000, 2000),
});

test('[M0][M2] lines, VAT, payments, change and rounding add up', () => {
  fc.assert(
    fc.property(
      fc.array(anyLine, { maxLength: 10 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat({ max: 100_000 }),
      fc.constantFrom(NO_CASH_ROUNDING, FIVE_CENT_CASH_ROUNDING, { incrementMinor: 100, onMixedPayment: 'exact' as const }),
      (lines, cardShare, extraMinor, rounding) => {
        const { grossMinor } = computeTicketTotals(lines);
        const cardMinor = Math.floor(grossMinor * cardShare);
        const payments = [card(cardMinor), cash(grossMinor - cardMinor + extraMinor)];
        const result = computeTicket({ lines, payments, rounding });
        const ticket = result.ok ? result.value : undefined;
        expect(ticket?.lines.reduce((sum, line) => sum + line.grossMinor, 0)).toBe(grossMinor);
        expect(ticket?.vatTotals.reduce((sum, rate) => sum + rate.netMinor + rate.vatMinor, 0)).toBe(grossMinor);
        fc.pre(ticket?.isSettled === true);
        expect(ticket.tenderedMinor - ticket.changeMinor).toBe(grossMinor + ticket.roundingMinor);
        expect(ticket.payments.reduce((sum, one) => sum + one.appliedMinor, 0)).toBe(grossMinor + ticket.roundingMinor);
        expect(ticket.payments[1]?.appliedMinor).toBe(ticket.cashSaleMinor + ticket.roundingMinor);
        expect(ticket.changeMinor).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
