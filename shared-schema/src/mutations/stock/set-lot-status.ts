import { z } from 'zod';
import { noteSchema, refSchema } from '../../fields.ts';
import { lotSchema } from '../../records/lot.ts';
import { applyChanges, changesSchema } from '../changes.ts';
import { accept, defineDecision, key, put, refuse } from '../define.ts';
import { isSafer } from './safer-value.ts';

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
  decide({ lotId, changes }, records) {
    const lot = records.get('lot', lotId);
    if (!lot) return refuse('lot_not_found', { lotId });
    const { body, changed, conflicts } = applyChanges(lot, changes);
    const wanted = changes.status?.to ?? lot.status;
    const isMineSafer = conflicts.length > 0 && isSafer('status', wanted, lot.status);
    const next = isMineSafer ? { ...lot, status: wanted } : body;
    return accept(isMineSafer || changed.length > 0 ? [put('lot', next)] : [], {
      events: isMineSafer || changed.length > 0 ? ['lot_status_changed'] : [],
      conflicts,
      conflictAbout: key('lot', lotId),
    });
  },
});
