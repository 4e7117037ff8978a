import { z } from 'zod';
import { nameSchema, refSchema } from '../../fields.ts';
import { SHOP_ID, shopSchema } from '../../records/shop.ts';
import { accept, defineDecision, key, put, refuse } from '../define.ts';

/**
 * Creates the pharmacy's settings and its first owner; the first act of every tenant.
 * Refuses: `shop_already_set_up`.
 */
export const setUpShop = defineDecision({
  name: 'shop.setUp',
  version: 1,
  args: z.strictObject({ shop: shopSchema.omit({ id: true, edits: true }), ownerId: refSchema, ownerName: nameSchema }),
  reads: ({ ownerId }) => [key('shop', SHOP_ID), key('member', ownerId)],
  decide({ shop, ownerId, ownerName }, records, context) {
    if (records.get('shop', SHOP_ID)) return refuse('shop_already_set_up');
    return accept(
      [
        put('shop', { id: SHOP_ID, ...shop, edits: [] }),
        put('member', { id: ownerId, name: ownerName, roles: [{ role: 'owner', fromAt: context.occurredAt }] }),
      ],
      { events: ['shop_set_up', 'member_added'] },
    );
  },
});
