import { deviceSchema } from '../../records/device.ts';
import { accept, defineDecision, key, put } from '../define.ts';

/**
 * Tells the tenant of a device the server has enrolled: its number, name and set. A decision, so that no tablet that says
 * it is obeyed: only the server's own channel may.
 */
export const registerDevice = defineDecision({
  name: 'device.register',
  version: 1,
  args: deviceSchema.omit({ enrolledAt: true, status: true }),
  reads: ({ id }) => [key('device', id)],
  decide(args, records, context) {
    const known = records.get('device', args.id);
    return accept(
      [put('device', { ...args, status: known?.status ?? 'active', enrolledAt: known?.enrolledAt ?? context.occurredAt })],
      {
        events: ['device_registered'],
      },
    );
  },
});
