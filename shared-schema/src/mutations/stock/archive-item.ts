import { z } from 'zod';
import { refSchema } from '../../fields.ts';
import { accept, defineDecision, key, put, refuse } from '../define.ts';

/**
 * Takes an item out of use. It keeps its codes, so that a scan still finds it and can bring it back.
 * Refuses, in order: `item_not_found`, `item_already_archived`.
 */
export const archiveItem = defineDecision({
  name: 'item.archive',
  version: 1,
  args: z.strictObject({ itemId: refSchema }),
  reads: ({ itemId }) => [key('item', itemId)],
  decide({ itemId }, records) {
    const item = records.get('item', itemId);
    if (!item) return refuse('item_not_found', { itemId });
    if (item.status === 'archived') return refuse('item_already_archived', { itemId });
    return accept([put('item', { ...item, status: 'archived' })], { events: ['item_archived'] });
  },
});

/** Brings an archived item back into use. Refuses, in order: `item_not_found`, `item_not_archived`. */
export const restoreItem = defineDecision({
  name: 'item.restore',
  version: 1,
  args: z.strictObject({ itemId: refSchema }),
  reads: ({ itemId }) => [key('item', itemId)],
  decide({ itemId }, records) {
    const item = records.get('item', itemId);
    if (!item) return refuse('item_not_found', { itemId });
    if (item.status === 'active') return refuse('item_not_archived', { itemId });
    return accept([put('item', { ...item, status: 'active' })], { events: ['item_restored'] });
  },
});
