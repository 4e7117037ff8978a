import { allocateFefo, type FefoLot } from '#schema/domain/fefo.ts';
import { computeTicketTotals, settleTicket, type TicketSettlement } from '#schema/domain/ticket.ts';
import type { MutationArgs } from '#schema/mutations/registry.ts';
import type { Item } from '#schema/records/item.ts';
import type { Lot } from '#schema/records/lot.ts';
import type { Shop } from '#schema/records/shop.ts';

/** The ticket being made: pure, so that what the screen shows and what the act says is worked out in one place. */
export interface CartLine {
  readonly item: Item;
  readonly lots: readonly Lot[];
  readonly units: number;
  /** Typed at the counter when the item has none. */
  readonly packPriceMinor: number | null;
}

/** Lots proposed for a line, first expiry first (I4); what the book does not hold is taken from the first lot, or is not known. */
export interface ProposedLot {
  readonly lot: Lot | null;
  readonly units: number;
}

/** A line with its lots; `shortUnits` is what the book does not hold (I6). */
export interface PricedLine extends CartLine {
  readonly proposed: readonly ProposedLot[];
  readonly shortUnits: number;
  readonly amountMinor: number;
}

/** Proposes lots and amounts for the cart. A line without a price counts nothing until it has one. */
export function priceCart(
  lines: readonly CartLine[],
  shop: Shop,
  todayOn: string,
): { lines: PricedLine[]; totalMinor: number; needsPrice: boolean } {
  const totals = computeTicketTotals(lines.map((line) => ticketLineOf(line, shop)));
  const priced = lines.map((line, i) => ({
    ...line,
    ...proposeLots(line, todayOn),
    amountMinor: totals.lines[i]?.grossMinor ?? 0,
  }));
  return {
    lines: priced,
    totalMinor: totals.grossMinor,
    needsPrice: lines.some(({ packPriceMinor }) => packPriceMinor === null),
  };
}

function ticketLineOf({ item, units, packPriceMinor }: CartLine, shop: Shop) {
  return {
    packPriceMinor: packPriceMinor ?? 0,
    unitsPerPack: item.unitsPerPack,
    units,
    vatRateBp: item.vatRateBp ?? shop.defaultVatRateBp,
  };
}

function proposeLots({ lots, units }: CartLine, todayOn: string): { proposed: ProposedLot[]; shortUnits: number } {
  const byId = new Map(lots.map((lot) => [lot.id, lot]));
  const { allocations, shortUnits } = allocateFefo(lots.map(fefoOf), units, todayOn);
  const proposed: ProposedLot[] = allocations.map(({ lotId, units: taken }) => ({ lot: byId.get(lotId) ?? null, units: taken }));
  if (shortUnits === 0) return { proposed, shortUnits };
  // The box is in somebody's hand: it comes from the lot that would have been next, or from one nobody has read.
  const last = proposed.pop() ?? {
    lot: lots.toSorted((a, b) => (a.expiryOn ?? '9').localeCompare(b.expiryOn ?? '9')).at(-1) ?? null,
    units: 0,
  };
  return { proposed: [...proposed, { lot: last.lot, units: last.units + shortUnits }], shortUnits };
}

function fefoOf(lot: Lot): FefoLot {
  return {
    lotId: lot.id,
    expiryOn: lot.expiryOn,
    receivedAt: lot.firstReceivedAt,
    onHandUnits: lot.onHandUnits,
    isQuarantined: lot.status === 'quarantined',
    isRecalled: lot.status === 'recalled',
  };
}

/** How tendered amounts cover the total; null when they cannot belong to it (more than due without cash). */
export function settleCart(totalMinor: number, tendered: Readonly<Record<string, number>>, shop: Shop): TicketSettlement | null {
  const payments = shop.paymentMethods.flatMap(({ id, nature, isCash }) => {
    const tenderedMinor = tendered[id];
    return tenderedMinor === undefined || tenderedMinor === 0 ? [] : [{ methodId: id, nature, isCash, tenderedMinor }];
  });
  const settled = settleTicket(totalMinor, payments, shop.cashRounding);
  return settled.ok ? settled.value : null;
}

/** The act of a finished ticket. */
export function saleOf(
  place: { readonly sessionId: string; readonly tillId: string },
  lines: readonly PricedLine[],
  totalMinor: number,
  settlement: TicketSettlement,
  shop: Shop,
): MutationArgs<'sale.record'> {
  return {
    ...place,
    lines: lines.map((line) => ({
      itemId: line.item.id,
      name: line.item.name,
      ...ticketLineOf(line, shop),
      lots: line.proposed.map(({ lot, units }) => ({ lotId: lot?.id ?? null, lotText: null, expiryOn: null, units })),
      fefoSkipped: false,
      fefoReason: null,
    })),
    payments: settlement.payments.map(({ methodId, tenderedMinor, appliedMinor }) => ({
      methodId,
      tenderedMinor,
      amountMinor: appliedMinor,
    })),
    totalMinor,
    roundingMinor: settlement.roundingMinor,
    changeMinor: settlement.changeMinor,
  };
}
