import { z } from 'zod';
import { deviceSchema } from '../../records/device.ts';
import { accept, defineDecision, key, put } from '../define.ts';

/**
 * Tells the tenant of a device the server has enrolled: its number, name and set. A decision, so that no tablet that says
 * it is obeyed: only the server's own channel may. `numberBefore` is the number of a tablet that comes back after the server was set back, null for a new
 * one. Flags: `tablet_number_changed`, another tablet has that number meanwhile, and tickets with it are on paper. Source: SY8.
 */
export const registerDevice = defineDecision({
  name: 'device.register',
  version: 1,
  args: deviceSchema.omit({ enrolledAt: true, status: true }).extend({ numberBefore: z.int().min(1).nullable().default(null) }),
  reads: ({ id }) => [key('device', id)],
  decide({ numberBefore, ...device }, records, context) {
    const known = records.get('device', device.id);
    const { name, number } = device;
    const isChanged = numberBefore !== null && numberBefore !== number;
    return accept(
      [put('device', { ...device, status: known?.status ?? 'active', enrolledAt: known?.enrolledAt ?? context.occurredAt })],
      {
        events: [numberBefore === null ? 'device_registered' : 'device_returned'],
        flags: isChanged
          ? [{ code: 'tablet_number_changed', about: key('device', device.id), details: { name, number, numberBefore } }]
          : [],
      },
    );
  },
});
