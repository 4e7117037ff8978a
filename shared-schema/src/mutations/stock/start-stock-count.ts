import { z } from 'zod';
import { nameSchema, refSchema } from '../../fields.ts';
import { stockCountSchema } from '../../records/stock-count.ts';
import { accept, defineDecision, defineFact, key, put, refuse } from '../define.ts';

/** Somebody starts counting. The count's id is the act's `newId(0)`. `opening` books what is counted at once. */
export const startStockCount = defineFact({
  name: 'stockCount.start',
  version: 1,
  args: z.strictObject({ name: nameSchema, mode: stockCountSchema.shape.mode, itemIds: z.array(refSchema).max(400) }),
  reads: () => [],
  decide({ name, mode, itemIds }, _records, context) {
    const count = {
      id: context.newId(0),
      name,
      mode,
      status: 'open' as const,
      itemIds: [...new Set(itemIds)],
      startedAt: context.occurredAt,
      startedBy: context.actorId,
    };
    return accept([put('stockCount', count)], { events: ['stock_count_started'] });
  },
});

/** Ends a count; its lines stay, what waits can still be approved. Refuses, in order: `count_not_found`, `count_already_closed`. */
export const closeStockCount = defineDecision({
  name: 'stockCount.close',
  version: 1,
  args: z.strictObject({ countId: refSchema }),
  reads: ({ countId }) => [key('stockCount', countId)],
  decide({ countId }, records) {
    const count = records.get('stockCount', countId);
    if (!count) return refuse('count_not_found', { countId });
    if (count.status === 'closed') return refuse('count_already_closed', { countId });
    return accept([put('stockCount', { ...count, status: 'closed' })], { events: ['stock_count_closed'] });
  },
});
