import { z } from 'zod';
import { nameSchema } from '../../fields.ts';
import { accept, defineFact, put } from '../define.ts';

/** A cash drawer was put up. Later facts may point to it, so it is a fact itself. */
export const addTill = defineFact({
  name: 'till.add',
  version: 1,
  args: z.strictObject({ name: nameSchema }),
  reads: () => [],
  decide({ name }, _records, context) {
    const till = {
      id: context.newId(0),
      name,
      openSessionId: null,
      lastSessionId: null,
      lastZNumber: 0,
      skippedZNumbers: [],
      lastZHash: null,
      lastClosedOn: null,
      grandSalesMinor: 0,
      grandRefundsMinor: 0,
      grandDocuments: 0,
      lateWaiting: [],
    };
    return accept([put('till', till)], { events: ['till_added'] });
  },
});
