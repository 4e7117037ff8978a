import { z } from 'zod';
import { noteSchema, refSchema } from '../../fields.ts';
import { lotSchema } from '../../records/lot.ts';
import { applyChanges, changesSchema } from '../changes.ts';
import { accept, defineDecision, key, put, refuse } from '../define.ts';

/**
 * Holds a lot back (quarantined, recalled) or makes it usable again. When somebody else changed it meanwhile, it stays held back the
 * further of the two ways until a person decides. Nothing moves (I12). Refuses: `lot_not_found`. Source: I10, case 21.
 */
export const setLotStatus = defineDecision({
  name: 'lot.setStatus',
  version: 1,
  args: z.strictObject({
    lotId: refSchema,
    changes: changesSchema(lotSchema.pick({ status: true })),
    reason: noteSchema.min(1),
  }),
  reads: ({ lotId }) => [key('lot', lotId)],
  decide({ lotId, changes }, records, context) {
    const lot = records.get('lot', lotId);
    if (!lot) return refuse('lot_not_found', { lotId });
    const { body, changed, isTouched, conflicts, explanation } = applyChanges(lot, changes, context);
    return accept(isTouched ? [put('lot', body)] : [], {
      events: changed.length > 0 ? ['lot_status_changed'] : [],
      conflicts,
      conflictAbout: key('lot', lotId),
      details: explanation,
    });
  },
});
