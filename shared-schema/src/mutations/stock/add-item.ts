import { z } from 'zod';
import { type Item, type ItemFields, itemFieldsSchema } from '../../records/item.ts';
import { accept, type DecideContext, defineFact, type Flag, key, put } from '../define.ts';
import { claimReads, ItemClaims, uniqueIdentifiers } from './item-claims.ts';

/** A new item as an act makes it: the `k`-th record of the act. */
export function newItem(fields: ItemFields, k: number, context: DecideContext): Item {
  return {
    ...fields,
    id: context.newId(k),
    status: 'active',
    createdAt: context.occurredAt,
    priceSetAt: fields.packPriceMinor === null ? null : context.occurredAt,
    edits: [],
  };
}

/**
 * A product the pharmacy did not know was met at the counter or the shelf. Its id is the act's `newId(0)`.
 * Flags: `identifier_taken` (the item is kept without the codes that another item holds). Source: I1.
 */
export const addItem = defineFact({
  name: 'item.add',
  version: 1,
  args: z.strictObject({ fields: itemFieldsSchema }),
  reads: ({ fields }) => claimReads(fields.identifiers),
  decide({ fields }, records, context) {
    const claims = new ItemClaims(records);
    const itemId = context.newId(0);
    const identifiers = uniqueIdentifiers(fields.identifiers);
    const taken = claims.takenBy(identifiers, itemId);
    const kept = identifiers.filter((identifier) => !taken.includes(identifier));
    for (const identifier of kept) claims.assign(identifier, itemId);
    const item = newItem({ ...fields, identifiers: kept }, 0, context);
    const flags: Flag[] = taken.map((identifier) => ({
      code: 'identifier_taken',
      about: key('item', itemId),
      details: { identifier, heldBy: claims.holderOf(identifier) },
    }));
    return accept([put('item', item), ...claims.writes()], { events: ['item_added'], flags: flags.slice(0, 1) });
  },
});
