import { z } from 'zod';
import { isLotExpired } from '../../domain/fefo.ts';
import { codeSchema, refSchema } from '../../fields.ts';
import { nonNegativeMinorSchema } from '../../money.ts';
import { positiveUnitsSchema } from '../../quantity.ts';
import type { Item } from '../../records/item.ts';
import { lotIdOf } from '../../records/lot.ts';
import { dateOnSchema } from '../../time.ts';
import { accept, type DecideContext, defineFact, type Flag, key, put, type Write } from '../define.ts';
import { firstOfEach, lotArrivalReads, meetLot } from './lot-arrival.ts';
import { movementFollow, StockPosting } from './post-movement.ts';

const receivedLineSchema = z.strictObject({
  itemId: refSchema,
  lotText: codeSchema,
  expiryOn: dateOnSchema.nullable(),
  units: positiveUnitsSchema,
  /** Of one pack; fills the item's cost when it has none, and never overwrites one (O5). */
  packCostMinor: nonNegativeMinorSchema.nullable(),
});

/** Most lines of one receipt act. */
export const RECEIVED_LINES_MAX = 50;

/**
 * Goods came in without an order. What arrived is kept, whatever is wrong with it.
 * Flags, in order: `item_unknown`, `unknown_lot_not_allowed`, `lot_text_two_expiries` (I3), `expired_at_receipt` (O6),
 * `item_archived` (it is brought back into use, case 18), those of `StockPosting.flags`.
 */
export const receiveStock = defineFact({
  name: 'stock.receive',
  version: 1,
  args: z.strictObject({
    /** Delivery note number or what else names the paper. */
    reference: codeSchema.nullable(),
    lines: z.array(receivedLineSchema).min(1).max(RECEIVED_LINES_MAX),
  }),
  reads: ({ lines }, context) => lines.flatMap((line) => lotArrivalReads(line, context)),
  follow: ({ lines }, records, context) => movementFollow(records, lotIdsOf(lines, context)),
  decide({ reference, lines }, records, context) {
    const posting = new StockPosting(records, context);
    const items = new Map<string, Item>();
    const claims = new Map<string, Write>();
    const flags: Flag[] = [];
    for (const line of lines) {
      const { lot, flags: met, writes } = meetLot(line, posting, records, context);
      flags.push(...met);
      for (const write of writes) if (!claims.has(write.body.id)) claims.set(write.body.id, write);
      if (isLotExpired(lot, context.businessOn)) flags.push({ code: 'expired_at_receipt', about: key('lot', lot.id) });
      posting.post({
        lotId: lot.id,
        itemId: line.itemId,
        type: 'RECEIPT',
        units: line.units,
        refKind: 'delivery',
        refId: null,
        reason: reference,
      });
      const item = items.get(line.itemId) ?? records.get('item', line.itemId);
      if (item?.status === 'archived') flags.push({ code: 'item_archived', about: key('item', item.id) });
      if (item && (item.status === 'archived' || (item.packCostMinor === null && line.packCostMinor !== null)))
        items.set(item.id, { ...item, status: 'active', packCostMinor: item.packCostMinor ?? line.packCostMinor });
    }
    const writes = [...posting.writes(), ...claims.values(), ...[...items.values()].map((item) => put('item', item))];
    return accept(writes, { events: ['stock_received'], flags: firstOfEach([...flags, ...posting.flags()]) });
  },
});

function lotIdsOf(lines: readonly z.infer<typeof receivedLineSchema>[], context: DecideContext): string[] {
  return lines.map((line) => lotIdOf(line.itemId, line.lotText, line.expiryOn, context.sha256));
}
