import { z } from 'zod';
import { skipZNumbers } from '../../domain/z-series.ts';
import { refSchema } from '../../fields.ts';
import { accept, defineDecision, key, put, refuse } from '../define.ts';

/**
 * A server that was set back hears which Z number a till had come to: its series goes on above, and what lies between waits for the closes it was given to,
 * which come back with their tablets. A manager is told which numbers those are. Only the server does so. Refuses, in order: `till_not_found`,
 * `z_numbers_not_skipped` (nothing is missing, or more than can be believed). Source: SY8, C11.
 */
export const skipTillZNumbers = defineDecision({
  name: 'till.skipZNumbers',
  version: 1,
  args: z.strictObject({ tillId: refSchema, upTo: z.int().min(1) }),
  reads: ({ tillId }) => [key('till', tillId)],
  decide({ tillId, upTo }, records) {
    const till = records.get('till', tillId);
    if (!till) return refuse('till_not_found', { tillId });
    const series = skipZNumbers(till, upTo);
    if (series === till) return refuse('z_numbers_not_skipped', { tillId, upTo });
    const details = { name: till.name, fromZNumber: till.lastZNumber + 1, upToZNumber: upTo };
    return accept([put('till', { ...till, ...series })], {
      events: ['z_numbers_skipped'],
      flags: [{ code: 'z_numbers_missing', about: key('till', tillId), details }],
    });
  },
});
