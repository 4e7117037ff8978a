import { withEdits } from '../../records/field-edit.ts';
import { type Item } from '../../records/item.ts';
import { editBy } from '../changes.ts';
import { type DecideContext, type Flag, put, type RecordReader, type Write } from '../define.ts';
import type { SaleArgs } from './record-sale.ts';
import { itemFlag } from './sale-stock.ts';

/**
 * What a ticket teaches about its items: a price where none was, and that an archived one is still in use (case 18).
 * Flags, in order of precedence: `item_unknown`, `item_archived`, `price_changed` (sold at another price than the book's, which stays).
 */
export function itemsOfSale(
  lines: SaleArgs['lines'],
  records: RecordReader,
  context: DecideContext,
): { writes: readonly Write[]; flags: readonly Flag[] } {
  const changed = new Map<string, Item>();
  const unknown: string[] = [];
  const archived: string[] = [];
  const repriced: string[] = [];
  for (const { itemId, packPriceMinor } of lines) {
    const item = changed.get(itemId) ?? records.get('item', itemId);
    if (!item) {
      unknown.push(itemId);
      continue;
    }
    if (item.packPriceMinor === null) {
      const edits = withEdits(item.edits, ['packPriceMinor'], editBy(context));
      changed.set(itemId, { ...item, packPriceMinor, priceSetAt: context.occurredAt, edits });
    } else if (item.packPriceMinor !== packPriceMinor) repriced.push(itemId);
    if (item.status === 'archived') {
      archived.push(itemId);
      changed.set(itemId, { ...(changed.get(itemId) ?? item), status: 'active' });
    }
  }
  return {
    writes: [...changed.values()].map((item) => put('item', item)),
    flags: [...itemFlag('item_unknown', unknown), ...itemFlag('item_archived', archived), ...itemFlag('price_changed', repriced)],
  };
}
