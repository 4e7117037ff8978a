import { z } from 'zod';
import { SHOP_ID, shopSchema } from '../../records/shop.ts';
import { applyChanges, changesSchema } from '../changes.ts';
import { accept, defineDecision, key, put, refuse } from '../define.ts';

/**
 * Changes settings of the pharmacy, field by field.
 * Refuses, in order: `shop_not_found`. Fields somebody else changed meanwhile are conflicts.
 */
export const changeShop = defineDecision({
  name: 'shop.change',
  version: 1,
  args: z.strictObject({ changes: changesSchema(shopSchema.omit({ id: true, currency: true, createdOn: true, edits: true })) }),
  reads: () => [key('shop', SHOP_ID)],
  decide({ changes }, records, context) {
    const shop = records.get('shop', SHOP_ID);
    if (!shop) return refuse('shop_not_found');
    const { body, changed, conflicts, explanation } = applyChanges(shop, changes, context);
    return accept(changed.length > 0 ? [put('shop', body)] : [], {
      events: changed.length > 0 ? ['shop_changed'] : [],
      conflicts,
      conflictAbout: key('shop', SHOP_ID),
      details: explanation,
    });
  },
});
