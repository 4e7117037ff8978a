/**
 * A sale ticket worked out from its lines and payments [M0][M2]. Totals never fail; settling says whether the payments cover them.
 * Once settled: Σ tendered − change = gross + rounding.
 */
import { assert } from '../assert.ts';
import { sumMinor } from '../money.ts';
import { err, ok, type Result } from '../result.ts';
import { computeLineAmountMinor, computeTicketVat, type VatTotal } from './line-amount.ts';
import type { PaymentNature } from './payment-nature.ts';
import { applyCashRounding, type CashRoundingPolicy } from './rounding.ts';

/** One line: price of a pack with VAT in minor units, base units sold, base units per pack, VAT rate in basis points. */
export interface TicketLineInput {
  readonly packPriceMinor: number;
  readonly unitsPerPack: number;
  readonly units: number;
  readonly vatRateBp: number;
}

/** A line's own figures, in the order of the input lines; a refund mirrors these. Minor units. Source: M0. */
export interface TicketLineAmount {
  readonly grossMinor: number;
  readonly vatMinor: number;
}

/** What a ticket amounts to before anyone pays. Minor units. */
export interface TicketTotals {
  readonly grossMinor: number;
  readonly lines: readonly TicketLineAmount[];
  readonly vatTotals: readonly VatTotal[];
}

/** Line amounts, gross and VAT per rate. Prices and units must not be negative: a return is a refund, not a line. Source: M0. */
export function computeTicketTotals(lines: readonly TicketLineInput[]): TicketTotals {
  assert(
    lines.every((line) => line.packPriceMinor >= 0 && line.units >= 0),
    'a sale line is never negative',
  );
  const amounts = lines.map((line) => ({ grossMinor: computeLineAmountMinor(line), vatRateBp: line.vatRateBp }));
  const { perRate, lineVatMinor } = computeTicketVat(amounts);
  return {
    grossMinor: sumMinor(amounts.map((line) => line.grossMinor)),
    lines: amounts.map((line, index) => ({ grossMinor: line.grossMinor, vatMinor: lineVatMinor[index] ?? 0 })),
    vatTotals: perRate,
  };
}

/**
 * A payment as handed over. `isCash`: coins and notes of the session's currency, the only payment that is rounded and gives change (a
 * cheque is `countable` too, yet gives none).
 */
export interface TicketPaymentInput {
  readonly methodId: string;
  readonly nature: PaymentNature;
  readonly isCash: boolean;
  readonly tenderedMinor: number;
}

/** A payment with what stayed in the shop: `appliedMinor` = tendered − change given from it. Minor units. */
export interface SettledPayment extends TicketPaymentInput {
  readonly appliedMinor: number;
}

/**
 * How payments cover a ticket, in minor units.
 * `isSettled`: nothing more is to be paid. `roundingMinor`: rounded − exact, what the `ROUNDING` movement carries; 0 until settled.
 * `changeMinor`: to give back, in cash. `cashSaleMinor`: the exact part of the gross paid in cash, what the `SALE` movement carries, so
 * that SALE + ROUNDING = cash applied; 0 until settled. `remainingMinor`: still due if paid without cash. `remainingCashMinor`: still
 * due if paid in cash (rounded). Both are 0 once settled.
 */
export interface TicketSettlement {
  readonly isSettled: boolean;
  readonly payments: readonly SettledPayment[];
  readonly tenderedMinor: number;
  readonly changeMinor: number;
  readonly roundingMinor: number;
  readonly cashSaleMinor: number;
  readonly remainingMinor: number;
  readonly remainingCashMinor: number;
}

/** Why payments cannot belong to a ticket. `overpaid_without_cash` carries by how many minor units. */
export type SettleTicketError =
  | { readonly code: 'tender_negative'; readonly methodId: string }
  | { readonly code: 'overpaid_without_cash'; readonly byMinor: number };

/**
 * Works out change, rounding and what is still due. Everything but cash must not exceed the gross: change comes only from cash. Works on
 * half-paid tickets too, for the screen. Errors in order of precedence: tender_negative, overpaid_without_cash. Source: M2.
 */
export function settleTicket(
  grossMinor: number,
  payments: readonly TicketPaymentInput[],
  rounding: CashRoundingPolicy,
): Result<TicketSettlement, SettleTicketError> {
  const negative = payments.find((payment) => payment.tenderedMinor < 0);
  if (negative !== undefined) return err({ code: 'tender_negative', methodId: negative.methodId });
  const cashTenderedMinor = sumMinor(payments.filter((one) => one.isCash).map((one) => one.tenderedMinor));
  const otherTenderedMinor = sumMinor(payments.filter((one) => !one.isCash).map((one) => one.tenderedMinor));
  if (otherTenderedMinor > grossMinor) return err({ code: 'overpaid_without_cash', byMinor: otherTenderedMinor - grossMinor });

  const cashDueMinor = grossMinor - otherTenderedMinor;
  const rounded = applyCashRounding(rounding, cashDueMinor, otherTenderedMinor > 0);
  const hasCash = payments.some((payment) => payment.isCash);
  const isSettled = hasCash ? cashTenderedMinor >= rounded.roundedMinor : cashDueMinor === 0;
  const isCashSettled = isSettled && hasCash;
  const changeMinor = isCashSettled ? cashTenderedMinor - rounded.roundedMinor : 0;
  return ok({
    isSettled,
    payments: applyChange(payments, changeMinor),
    tenderedMinor: cashTenderedMinor + otherTenderedMinor,
    changeMinor,
    roundingMinor: isCashSettled ? rounded.differenceMinor : 0,
    cashSaleMinor: isCashSettled ? cashDueMinor : 0,
    remainingMinor: isSettled ? 0 : Math.max(0, cashDueMinor - cashTenderedMinor),
    remainingCashMinor: isSettled ? 0 : Math.max(0, rounded.roundedMinor - cashTenderedMinor),
  });
}

/** Takes the change out of the cash payments, the last one first; it never exceeds what was tendered in cash. */
function applyChange(payments: readonly TicketPaymentInput[], changeMinor: number): SettledPayment[] {
  let leftMinor = changeMinor;
  const settled = payments.toReversed().map((payment): SettledPayment => {
    const backMinor = payment.isCash ? Math.min(leftMinor, payment.tenderedMinor) : 0;
    leftMinor -= backMinor;
    return { ...payment, appliedMinor: payment.tenderedMinor - backMinor };
  });
  assert(leftMinor === 0, 'change exceeds the cash tendered');
  return settled.toReversed();
}

/** A whole ticket: totals and settlement. */
export interface Ticket extends TicketTotals, TicketSettlement {}

/** `computeTicketTotals` and `settleTicket` in one. Errors in order of precedence: tender_negative, overpaid_without_cash. */
export function computeTicket(input: {
  readonly lines: readonly TicketLineInput[];
  readonly payments: readonly TicketPaymentInput[];
  readonly rounding: CashRoundingPolicy;
}): Result<Ticket, SettleTicketError> {
  const totals = computeTicketTotals(input.lines);
  const settlement = settleTicket(totals.grossMinor, input.payments, input.rounding);
  return settlement.ok ? ok({ ...totals, ...settlement.value }) : settlement;
}
