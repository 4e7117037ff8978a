import type { CashPosting, CashPostingLine } from '../../domain/cash-posting.ts';
import type { TicketTotals } from '../../domain/ticket.ts';
import { negateMinor, sumMinor } from '../../money.ts';
import { cashMethodIdOf, type Shop } from '../../records/shop.ts';
import type { DecideContext } from '../define.ts';
import { plainLine, postingOf } from './post-cash.ts';
import type { SaleArgs } from './record-sale.ts';

/**
 * The cash of a ticket: per method one `SALE` of what stayed in the shop, and the cash rounding as a line of its own beside the cash
 * one, so that SALE + ROUNDING is what went into the drawer. Figures are the act's own: the money really moved. Source: M2, C3.
 */
export function cashOfSale(
  sale: SaleArgs,
  totals: TicketTotals,
  { saleId, ticketNo }: { readonly saleId: string; readonly ticketNo: string },
  shop: Shop | null,
  context: DecideContext,
): CashPosting {
  const methodIds = [...new Set(sale.payments.map((payment) => payment.methodId))];
  const isCash = (methodId: string) =>
    shop?.paymentMethods.some((method) => method.id === methodId && method.isCash) ?? methodId === 'cash';
  const roundedId = methodIds.find(isCash) ?? (shop ? cashMethodIdOf(shop) : 'cash');
  const rounding = sale.roundingMinor;
  const lines: CashPostingLine[] = methodIds.map((methodId, index) => {
    const paidMinor = sumMinor(sale.payments.filter((one) => one.methodId === methodId).map((one) => one.amountMinor));
    const amountMinor = methodId === roundedId ? sumMinor([paidMinor, negateMinor(rounding)]) : paidMinor;
    return plainLine({ id: context.newId(index), type: 'SALE', methodId, amountMinor });
  });
  // Rounding without a cash payment makes no money: it is flagged as a ticket that differs, and not booked.
  if (rounding !== 0 && methodIds.includes(roundedId))
    lines.push(plainLine({ id: context.newId(lines.length), type: 'ROUNDING', methodId: roundedId, amountMinor: rounding }));
  const vat = totals.vatTotals.map(({ vatRateBp, grossMinor, vatMinor }) => ({ rateBp: vatRateBp, grossMinor, vatMinor }));
  return postingOf(context, sale.sessionId, { saleId, lines, document: { no: ticketNo, grossMinor: totals.grossMinor, vat } });
}
