import { z } from 'zod';
import { refSchema } from '../../fields.ts';
import { type Identifier, itemFieldsSchema } from '../../records/item.ts';
import { applyChanges, changesSchema } from '../changes.ts';
import { accept, defineDecision, key, put, refuse } from '../define.ts';
import { claimReads, ItemClaims, uniqueIdentifiers } from './item-claims.ts';

/**
 * Changes fields of an item, each with what its maker saw. Fields somebody else changed meanwhile are conflicts and keep their value
 * (cases 15, 16); schedule and cold chain take the safer of the two meanwhile (case 17). A new price is dated; sales keep theirs.
 * Refuses, in order: `item_not_found`, `identifier_taken` (a wanted code belongs to another item, I1).
 */
export const editItem = defineDecision({
  name: 'item.edit',
  version: 1,
  args: z.strictObject({ itemId: refSchema, changes: changesSchema(itemFieldsSchema) }),
  reads: ({ itemId, changes }) => [key('item', itemId), ...claimReads(changes.identifiers?.to ?? [])],
  follow: ({ itemId }, records) => claimReads(records.get('item', itemId)?.identifiers ?? []),
  decide({ itemId, changes }, records, context) {
    const item = records.get('item', itemId);
    if (!item) return refuse('item_not_found', { itemId });
    const claims = new ItemClaims(records);
    const [taken] = claims.takenBy(changes.identifiers?.to ?? [], itemId);
    if (taken) return refuse('identifier_taken', { identifier: taken, heldBy: claims.holderOf(taken) });
    const { body, changed, isTouched, conflicts, explanation } = applyChanges(item, changes, context);
    const priceSetAt = changed.includes('packPriceMinor') ? context.occurredAt : item.priceSetAt;
    const next = { ...body, priceSetAt, identifiers: uniqueIdentifiers(body.identifiers) };
    moveClaims(claims, item.identifiers, next.identifiers, itemId);
    return accept(isTouched ? [put('item', next), ...claims.writes()] : [], {
      events: changed.length > 0 ? ['item_edited'] : [],
      conflicts,
      conflictAbout: key('item', itemId),
      details: explanation,
    });
  },
});

function moveClaims(claims: ItemClaims, before: readonly Identifier[], after: readonly Identifier[], itemId: string): void {
  for (const identifier of before) if (claims.holderOf(identifier) === itemId) claims.assign(identifier, null);
  for (const identifier of after) claims.assign(identifier, itemId);
}
