import type { Json } from '../../canonical-json.ts';
import { settleTicket, type TicketTotals } from '../../domain/ticket.ts';
import { sumMinor } from '../../money.ts';
import type { Shop } from '../../records/shop.ts';
import { type Flag, key } from '../define.ts';
import type { SaleArgs } from './record-sale.ts';

/**
 * Compares what a ticket says with what the rules work out from its lines and payments. Flags, in order of precedence: `ticket_differs`
 * (with the act's and the computed figures; its amount is what was paid beyond or short of total + rounding), `method_unknown`.
 * Source: M0, M2, C5.
 */
export function ticketFlags(sale: SaleArgs, totals: TicketTotals, shop: Shop | null, saleId: string): Flag[] {
  const about = key('sale', saleId);
  const flags: Flag[] = [];
  const differences = differencesOf(sale, totals, shop);
  if (differences) {
    const paidMinor = sumMinor(sale.payments.map((payment) => payment.amountMinor));
    const amountMinor = sumMinor([paidMinor, -totals.grossMinor, -sale.roundingMinor]);
    flags.push({ code: 'ticket_differs', about, amountMinor, details: { ticket: differences } });
  }
  const known = new Set(shop?.paymentMethods.map((method) => method.id) ?? []);
  const unknown = [...new Set(sale.payments.map((payment) => payment.methodId))].filter((methodId) => !known.has(methodId));
  if (shop && unknown.length > 0) flags.push({ code: 'method_unknown', about, details: { methods: unknown } });
  return flags;
}

/** The computed figures beside the act's when any differs, else null. */
function differencesOf(sale: SaleArgs, totals: TicketTotals, shop: Shop | null): { [key: string]: Json } | null {
  const said = { totalMinor: sale.totalMinor, roundingMinor: sale.roundingMinor, changeMinor: sale.changeMinor };
  // Without the shop's rounding the ticket can only be checked against itself.
  if (!shop) return sale.totalMinor === totals.grossMinor ? null : { said, totalMinor: totals.grossMinor };
  const payments = sale.payments.map(({ methodId, tenderedMinor }) => {
    const method = shop.paymentMethods.find((one) => one.id === methodId);
    return { methodId, tenderedMinor, nature: method?.nature ?? 'statement', isCash: method?.isCash ?? false };
  });
  const settled = settleTicket(totals.grossMinor, payments, shop.cashRounding);
  if (!settled.ok) return { said, totalMinor: totals.grossMinor, problem: settled.error.code };
  const { isSettled, roundingMinor, changeMinor } = settled.value;
  const applied = settled.value.payments.map((payment) => payment.appliedMinor);
  const same =
    isSettled &&
    sale.totalMinor === totals.grossMinor &&
    sale.roundingMinor === roundingMinor &&
    sale.changeMinor === changeMinor &&
    sale.payments.every((payment, index) => payment.amountMinor === applied[index]);
  if (same) return null;
  return { said, totalMinor: totals.grossMinor, roundingMinor, changeMinor, ...(isSettled ? {} : { problem: 'not_settled' }) };
}
