import { computeTicketTotals, settleTicket } from '#schema/domain/ticket.ts';
import type { MutationArgs } from '#schema/mutations/registry.ts';
import type { Item } from '#schema/records/item.ts';
import type { Shop } from '#schema/records/shop.ts';
import type { DemoShelf } from './demo-stock.ts';

/** Notes people hand over, in cents. */
const NOTES = [500, 1_000, 2_000, 5_000, 10_000];

/** What one ticket is made of. */
export interface TicketGround {
  readonly sessionId: string;
  readonly tillId: string;
  readonly items: readonly Item[];
  readonly shelf: DemoShelf;
  readonly shop: Shop;
  readonly on: string;
  readonly random: () => number;
}

/** A believable ticket: one to three packs, two thirds paid in cash with a note, else by card; null when the shelves have nothing chosen. */
export function demoTicket(ground: TicketGround): MutationArgs<'sale.record'> | null {
  const { sessionId, tillId, random, shop } = ground;
  const lines = chooseLines(ground);
  if (lines.length === 0) return null;
  const { grossMinor } = computeTicketTotals(lines);
  const isCash = random() < 0.66;
  const tenderedMinor = isCash ? handedOver(grossMinor) : grossMinor;
  const method = shop.paymentMethods.find((one) => one.isCash === isCash);
  if (!method) return null;
  const { id: methodId, nature } = method;
  const settled = settleTicket(grossMinor, [{ methodId, nature, isCash, tenderedMinor }], shop.cashRounding);
  if (!settled.ok) return null;
  return {
    sessionId,
    tillId,
    lines,
    payments: settled.value.payments.map((one) => ({
      methodId,
      tenderedMinor: one.tenderedMinor,
      amountMinor: one.appliedMinor,
    })),
    totalMinor: grossMinor,
    roundingMinor: settled.value.roundingMinor,
    changeMinor: settled.value.changeMinor,
  };
}

function chooseLines({ items, shelf, shop, on, random }: TicketGround): MutationArgs<'sale.record'>['lines'] {
  const lines: MutationArgs<'sale.record'>['lines'] = [];
  const wanted = 1 + Math.floor(random() * 3);
  for (let i = 0; i < wanted; i += 1) {
    const item = items[Math.floor(random() ** 2 * items.length)];
    if (!item || item.packPriceMinor === null || lines.some((line) => line.itemId === item.id)) continue;
    const { id: itemId, name, unitsPerPack, packPriceMinor } = item;
    const units = unitsPerPack * (random() < 0.15 ? 2 : 1);
    const lots = shelf.take(itemId, units, on);
    if (lots === null) continue;
    lines.push({
      itemId,
      name,
      units,
      unitsPerPack,
      packPriceMinor,
      vatRateBp: item.vatRateBp ?? shop.defaultVatRateBp,
      lots: lots.map((lot) => ({ ...lot, lotText: null, expiryOn: null })),
      fefoSkipped: false,
      fefoReason: null,
    });
  }
  return lines;
}

/** The smallest note that covers the amount, else the next full ten. */
function handedOver(amountMinor: number): number {
  return NOTES.find((note) => note >= amountMinor) ?? Math.ceil(amountMinor / 1_000) * 1_000;
}
