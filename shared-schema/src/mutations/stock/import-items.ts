import { z } from 'zod';
import { canonicalJson } from '../../canonical-json.ts';
import { withEdits } from '../../records/field-edit.ts';
import { type Item, type ItemFields, identifierSchema, itemFieldsSchema, itemSchema } from '../../records/item.ts';
import { editBy } from '../changes.ts';
import { accept, type DecideContext, defineDecision, key, put, type RecordReader } from '../define.ts';
import { newItem } from './add-item.ts';
import { claimReads, ItemClaims, uniqueIdentifiers } from './item-claims.ts';
import { keepSafer } from './safer-value.ts';

/** Most items of one act and most codes of one row, so that an act stays within what it may write. */
export const IMPORT_ITEMS_MAX = 100;
export const IMPORT_IDENTIFIERS_MAX = 4;

/** A row of an import: its codes, which find the item, and the fields its file carries. */
export const importedItemSchema = itemFieldsSchema
  .partial()
  .extend({ identifiers: z.array(identifierSchema).min(1).max(IMPORT_IDENTIFIERS_MAX) });
export type ImportedItem = z.infer<typeof importedItemSchema>;

/**
 * Adds or updates items from a file. A row belongs to the item that holds the first of its codes that is held; only the fields it
 * carries change, an existing item keeps codes the row does not name, and schedule and cold chain never become less strict (case 17).
 * A code another item holds is left with that item. After the act the holder of a row's first code is the row's item; it was created
 * by row i exactly when its id is the act's `newId(i)`. Refuses nothing of its own. Source: I1.
 */
export const importItems = defineDecision({
  name: 'item.import',
  version: 1,
  args: z.strictObject({ items: z.array(importedItemSchema).min(1).max(IMPORT_ITEMS_MAX) }),
  reads: ({ items }) => items.flatMap(({ identifiers }) => claimReads(identifiers)),
  follow: ({ items }, records) => {
    const claims = new ItemClaims(records);
    const holders = items.flatMap(({ identifiers }) => identifiers.flatMap((identifier) => claims.holderOf(identifier) ?? []));
    return [...new Set(holders)].map((itemId) => key('item', itemId));
  },
  decide({ items }, records, context) {
    const claims = new ItemClaims(records);
    const changed = new Map<string, Item>();
    for (const [index, row] of items.entries()) {
      const known = findItem(row, claims, changed, records);
      const item = known ? updated(known, row, context) : newItem(withDefaults(row), index, context);
      const taken = claims.takenBy(item.identifiers, item.id);
      const kept = { ...item, identifiers: item.identifiers.filter((identifier) => !taken.includes(identifier)) };
      for (const identifier of kept.identifiers) claims.assign(identifier, kept.id);
      if (!known || canonicalJson(known) !== canonicalJson(kept)) changed.set(kept.id, kept);
    }
    const writes = [...[...changed.values()].map((item) => put('item', item)), ...claims.writes()];
    return accept(writes, { events: writes.length > 0 ? ['items_imported'] : [] });
  },
});

function findItem(row: ImportedItem, claims: ItemClaims, changed: ReadonlyMap<string, Item>, records: RecordReader): Item | null {
  for (const identifier of row.identifiers) {
    const itemId = claims.holderOf(identifier);
    const item = itemId === null ? null : (changed.get(itemId) ?? records.get('item', itemId));
    if (item) return item;
  }
  return null;
}

function updated(item: Item, row: ImportedItem, context: DecideContext): Item {
  const identifiers = uniqueIdentifiers([...item.identifiers, ...row.identifiers]).slice(0, 20);
  const next = itemSchema.parse({ ...item, ...row, identifiers });
  const isPriceNew = next.packPriceMinor !== item.packPriceMinor;
  const kept = keepSafer(item, { ...next, priceSetAt: isPriceNew ? context.occurredAt : item.priceSetAt });
  return { ...kept, edits: withEdits(item.edits, changedFields(item, kept), editBy(context)) };
}

function changedFields(before: Item, after: Item): string[] {
  const fields = Object.keys(itemFieldsSchema.shape) as (keyof ItemFields)[];
  return fields.filter((field) => canonicalJson(before[field]) !== canonicalJson(after[field]));
}

function withDefaults(row: ImportedItem): ItemFields {
  return itemFieldsSchema.parse({
    name: row.identifiers[0]?.value ?? '',
    form: '',
    route: '',
    substances: '',
    strength: '',
    packLabel: '',
    unitsPerPack: 1,
    atc: '',
    schedule: 'none',
    coldChain: false,
    packPriceMinor: null,
    packCostMinor: null,
    vatRateBp: null,
    holder: '',
    ...row,
    identifiers: uniqueIdentifiers(row.identifiers),
  });
}
