import { computeTicketTotals, settleTicket, type TicketSettlement } from '#schema/domain/ticket.ts';
import type { MutationArgs } from '#schema/mutations/registry.ts';
import { opensPack } from '#schema/quantity.ts';
import type { Item } from '#schema/records/item.ts';
import type { Lot } from '#schema/records/lot.ts';
import type { Shop } from '#schema/records/shop.ts';
import {
  addTaken,
  concernOf,
  type HeldLot,
  type LotConcern,
  passedOverLot,
  proposeTaken,
  resizeTaken,
  shortUnitsOf,
  type TakenLot,
} from './cart-lots.ts';

/** The ticket being made: pure, so that what the screen shows and what the act says is worked out in one place. */
export interface CartLine {
  readonly item: Item;
  readonly lots: readonly Lot[];
  /** Base units (I2). */
  readonly units: number;
  /** Typed at the counter when the item has none. */
  readonly packPriceMinor: number | null;
  /** Lots a scan or a person named, which come to `units`; null while first expiry first is proposed (I4). */
  readonly said: readonly TakenLot[] | null;
  /** Why an earlier expiry stays on the shelf. */
  readonly fefoReason: string;
}

/** A line with its lots and its amount. */
export interface PricedLine extends CartLine {
  readonly taken: readonly (TakenLot & { readonly concern: LotConcern | null })[];
  /** What the book does not hold (I6). */
  readonly shortUnits: number;
  /** Stays on the shelf although it expires earlier (I4). */
  readonly passedOver: Lot | null;
  /** A sealed pack is opened for it (I2). */
  readonly opensPack: boolean;
  readonly amountMinor: number;
}

/** What a ticket still lacks, the first of: a price, a lot that may leave the shop, a reason for passing over an earlier expiry. */
export type CartGap = 'price' | 'recalled' | 'reason';

/** A ticket with everything worked out. A line without a price counts nothing until it has one. */
export interface PricedCart {
  readonly lines: readonly PricedLine[];
  readonly totalMinor: number;
  readonly gap: CartGap | null;
}

/** Proposes lots and amounts for the cart. */
export function priceCart(lines: readonly CartLine[], shop: Shop, todayOn: string): PricedCart {
  const totals = computeTicketTotals(lines.map((line) => ticketLineOf(line, shop)));
  const priced = lines.map((line, i) => priceLine(line, totals.lines[i]?.grossMinor ?? 0, todayOn));
  return { lines: priced, totalMinor: totals.grossMinor, gap: gapOf(priced) };
}

function priceLine(line: CartLine, amountMinor: number, todayOn: string): PricedLine {
  const taken = line.said ?? proposeTaken(line.lots, line.units, todayOn);
  return {
    ...line,
    taken: taken.map((one) => ({ ...one, concern: concernOf(one.from, todayOn) })),
    shortUnits: shortUnitsOf(taken),
    passedOver: line.said === null ? null : passedOverLot(line.lots, taken, todayOn),
    opensPack: taken.some(
      ({ from, units }) => from.kind === 'known' && opensPack(from.lot.onHandUnits, units, line.item.unitsPerPack),
    ),
    amountMinor,
  };
}

function gapOf(lines: readonly PricedLine[]): CartGap | null {
  if (lines.some(({ packPriceMinor }) => packPriceMinor === null)) return 'price';
  if (lines.some(({ taken }) => taken.some(({ concern }) => concern === 'recalled'))) return 'recalled';
  return lines.some(({ passedOver, fefoReason }) => passedOver !== null && fefoReason.trim() === '') ? 'reason' : null;
}

/** Whether something on the ticket has to be asked before it is finished: below zero, expired, held back, or not in the book (I6). */
export function mustAsk({ shortUnits, taken }: PricedLine): boolean {
  return shortUnits > 0 || taken.some(({ concern }) => concern !== null);
}

/** One more pack of a product; `from` when a scan named its lot. */
export function addPack(lines: readonly CartLine[], item: Item, lots: readonly Lot[], from: HeldLot | null, todayOn: string) {
  const known = lines.find((line) => line.item.id === item.id);
  const before: CartLine = known ?? {
    item,
    lots,
    units: 0,
    packPriceMinor: item.packPriceMinor,
    said: null,
    fefoReason: '',
  };
  const units = before.units + item.unitsPerPack;
  const next =
    from === null
      ? withUnits({ ...before, lots }, units)
      : {
          ...before,
          lots,
          units,
          said: addTaken(before.said ?? proposeTaken(lots, before.units, todayOn), from, item.unitsPerPack),
        };
  return known ? lines.map((line) => (line === known ? next : line)) : [...lines, next];
}

/** The line with another quantity; at least one unit. */
export function withUnits(line: CartLine, wanted: number): CartLine {
  const units = Math.max(1, wanted);
  return { ...line, units, said: line.said && resizeTaken(line.said, units) };
}

/** The line with the lots a person chose; null goes back to first expiry first. */
export function withLots(line: CartLine, said: readonly TakenLot[] | null): CartLine {
  if (said === null) return { ...line, said, fefoReason: '' };
  return { ...line, said, units: said.reduce((sum, { units }) => sum + units, 0) };
}

/** What is on the counter now beyond what was just sold: a pack scanned while the sale was being saved belongs to the next ticket. */
export function leftOver(now: readonly CartLine[], sold: readonly CartLine[]): readonly CartLine[] {
  return now.flatMap((line) => {
    const units = line.units - (sold.find(({ item }) => item.id === line.item.id)?.units ?? 0);
    if (units === line.units) return line;
    return units > 0 ? withUnits({ ...line, said: null, fefoReason: '' }, units) : [];
  });
}

function ticketLineOf({ item, units, packPriceMinor }: CartLine, shop: Shop) {
  return {
    packPriceMinor: packPriceMinor ?? 0,
    unitsPerPack: item.unitsPerPack,
    units,
    vatRateBp: item.vatRateBp ?? shop.defaultVatRateBp,
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
      lots: line.taken.map(({ from, units }) => ({ ...soldLotOf(from), units })),
      fefoSkipped: line.passedOver !== null,
      fefoReason: line.passedOver === null ? null : line.fefoReason.trim(),
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

function soldLotOf(from: HeldLot) {
  if (from.kind === 'known') return { lotId: from.lot.id, lotText: null, expiryOn: null };
  return from.kind === 'printed'
    ? { lotId: null, lotText: from.lotText, expiryOn: from.expiryOn }
    : { lotId: null, lotText: null, expiryOn: null };
}
