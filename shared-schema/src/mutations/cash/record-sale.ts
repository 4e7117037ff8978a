import { z } from 'zod';
import { vatRateBpSchema } from '../../domain/line-amount.ts';
import { computeTicketTotals } from '../../domain/ticket.ts';
import { noteSchema, refSchema } from '../../fields.ts';
import { minorSchema, nonNegativeMinorSchema } from '../../money.ts';
import { positiveUnitsSchema, unitsPerPackSchema } from '../../quantity.ts';
import type { Sale } from '../../records/sale.ts';
import { SHOP_ID } from '../../records/shop.ts';
import { dateOnSchema } from '../../time.ts';
import { accept, defineFact, type Flag, key, put, type RecordReader } from '../define.ts';
import { homeOf, postCash, postCashFollow, postCashReads } from './post-cash.ts';
import { cashOfSale } from './sale-cash.ts';
import { itemsOfSale } from './sale-items.ts';
import { saleLotFollow, saleLotReads, stockOfSale } from './sale-stock.ts';
import { ticketFlags } from './sale-ticket.ts';

/** Most lots one ticket may name; keeps an act within what it may write. */
const LOTS_MAX = 60;

/**
 * A lot as handed over: by its id, or by what is printed on the pack when it is new here, or neither when nobody could read it, which
 * is the item's `UNKNOWN` lot.
 */
const soldLotSchema = z
  .strictObject({
    lotId: refSchema.nullable(),
    lotText: z.string().trim().min(1).max(64).nullable(),
    expiryOn: dateOnSchema.nullable(),
    units: positiveUnitsSchema,
  })
  .refine((lot) => lot.lotId === null || (lot.lotText === null && lot.expiryOn === null), {
    path: ['lotId'],
    message: 'names a lot already; leave text and expiry out',
  });

const soldLineSchema = z
  .strictObject({
    itemId: refSchema,
    /** Copies of what the ticket says; tickets never change. */
    name: z.string().trim().min(1).max(200),
    units: positiveUnitsSchema,
    unitsPerPack: unitsPerPackSchema,
    packPriceMinor: nonNegativeMinorSchema,
    vatRateBp: vatRateBpSchema,
    lots: z.array(soldLotSchema).min(1).max(20),
    /** The screen saw that an earlier expiry was left on the shelf (I4), and why. */
    fefoSkipped: z.boolean(),
    fefoReason: noteSchema.nullable(),
  })
  .refine((line) => line.lots.reduce((sum, lot) => sum + lot.units, 0) === line.units, {
    path: ['lots'],
    message: 'the lots must come to the units of the line',
  });

const args = z
  .strictObject({
    sessionId: refSchema,
    tillId: refSchema,
    lines: z.array(soldLineSchema).min(1).max(60),
    /** What was handed over, and what stayed after change. */
    payments: z
      .array(
        z.strictObject({
          methodId: z.string().min(1).max(31),
          tenderedMinor: nonNegativeMinorSchema,
          amountMinor: minorSchema,
        }),
      )
      .max(10),
    totalMinor: nonNegativeMinorSchema,
    roundingMinor: minorSchema,
    changeMinor: nonNegativeMinorSchema,
  })
  .refine((sale) => sale.lines.reduce((sum, line) => sum + line.lots.length, 0) <= LOTS_MAX, {
    path: ['lines'],
    message: `a ticket may name ${LOTS_MAX} lots; split it`,
  });

/** Arguments of `sale.record`. */
export type SaleArgs = z.infer<typeof args>;

/**
 * A sale at the counter: one immutable ticket, its cash and its stock. Money follows what was handed over; figures that the rules would
 * work out differently are flagged, never changed. An item without a price remembers this one.
 *
 * Flags in order of precedence: those of `postCash`, `ticket_differs`, `method_unknown`, those of stock posting (`lot_recalled` …
 * `below_zero` …), `unknown_lot_not_allowed`, `lot_text_two_expiries`, `fefo_skipped`, `item_unknown`, `item_archived` (it is active again), `price_changed`,
 * `sold_while_counting`. Source: M0, M2, C3, C15, I2, I3, I4, I6.
 */
export const recordSale = defineFact({
  name: 'sale.record',
  version: 1,
  args,
  reads: ({ sessionId, tillId, lines }, context) => [
    ...postCashReads(sessionId, tillId),
    ...[...new Set(lines.map((line) => line.itemId))].map((itemId) => key('item', itemId)),
    ...saleLotReads(lines, context),
  ],
  follow: ({ sessionId, tillId, lines }, records, context) => [
    ...postCashFollow(records, sessionId, tillId),
    ...saleLotFollow(lines, records, context),
  ],
  decide(sale, records, context) {
    const saleId = context.newId(0);
    const totals = computeTicketTotals(sale.lines);
    const ticketNo = `T${context.deviceNumber}-${context.n}`;
    const cash = postCash(
      records,
      sale.tillId,
      cashOfSale(sale, totals, { saleId, ticketNo }, records.get('shop', SHOP_ID), context),
      homeOf(records, sale.sessionId),
    );
    const stock = stockOfSale(sale.lines, saleId, records, context);
    const items = itemsOfSale(sale.lines, records, context);
    const body: Sale = {
      id: saleId,
      sessionId: sale.sessionId,
      tillId: sale.tillId,
      ticketNo,
      occurredAt: context.occurredAt,
      businessOn: context.businessOn,
      actorId: context.actorId,
      deviceId: context.deviceId,
      n: context.n,
      late: cash.late,
      lines: sale.lines.map(({ itemId, name, units, unitsPerPack, packPriceMinor, vatRateBp, fefoReason }, index) => ({
        itemId,
        name,
        units,
        unitsPerPack,
        packPriceMinor,
        vatRateBp,
        fefoReason,
        amountMinor: totals.lines[index]?.grossMinor ?? 0,
        vatMinor: totals.lines[index]?.vatMinor ?? 0,
        lots: stock.lots[index] ?? [],
      })),
      payments: sale.payments,
      vat: totals.vatTotals.map(({ vatRateBp, grossMinor, vatMinor }) => ({ rateBp: vatRateBp, grossMinor, vatMinor })),
      totalMinor: totals.grossMinor,
      roundingMinor: sale.roundingMinor,
      changeMinor: sale.changeMinor,
    };
    return accept([put('sale', body), ...cash.writes, ...stock.writes, ...items.writes], {
      events: ['sale_recorded'],
      flags: [
        ...cash.flags,
        ...ticketFlags(sale, totals, records.get('shop', SHOP_ID), saleId),
        ...stock.flags,
        ...items.flags,
        ...countingFlag(sale, records),
      ],
    });
  },
});

function countingFlag({ sessionId }: SaleArgs, records: RecordReader): Flag[] {
  const counting = records.get('cashSession', sessionId)?.status === 'counting';
  return counting ? [{ code: 'sold_while_counting', about: key('cashSession', sessionId) }] : [];
}
