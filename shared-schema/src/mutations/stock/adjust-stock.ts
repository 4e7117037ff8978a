import { z } from 'zod';
import { noteSchema, refSchema } from '../../fields.ts';
import { unitsSchema } from '../../quantity.ts';
import { accept, defineFact } from '../define.ts';
import { movementFollow, movementReads, StockPosting } from './post-movement.ts';

/**
 * Something was found, lost, broken or thrown away: ADJUST either way, WASTE always out (its sign does not matter).
 * Flags: those of `StockPosting.flags`. Source: I5, I6.
 */
export const adjustStock = defineFact({
  name: 'stock.adjust',
  version: 1,
  args: z.strictObject({
    itemId: refSchema,
    lotId: refSchema,
    type: z.enum(['ADJUST', 'WASTE']),
    units: unitsSchema.refine((units) => units !== 0, 'must not be zero'),
    reason: noteSchema.min(1),
  }),
  reads: ({ lotId }) => movementReads([lotId]),
  follow: ({ lotId }, records) => movementFollow(records, [lotId]),
  decide({ itemId, lotId, type, units, reason }, records, context) {
    const posting = new StockPosting(records, context);
    const signedUnits = type === 'WASTE' ? -Math.abs(units) : units;
    posting.post({ lotId, itemId, type, units: signedUnits, refKind: null, refId: null, reason });
    return accept(posting.writes(), { events: [type === 'WASTE' ? 'stock_wasted' : 'stock_adjusted'], flags: posting.flags() });
  },
});
