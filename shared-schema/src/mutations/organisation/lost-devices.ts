import { z } from 'zod';
import { noteSchema } from '../../fields.ts';
import { deviceIdSchema } from '../../ids.ts';
import type { Device } from '../../records/device.ts';
import { accept, defineDecision, type Flag, key, put, refuse } from '../define.ts';

const nSchema = z.int().min(0);

/**
 * A tablet is gone: broken, stolen, or silent for good. It is closed with a task that says up to where it was received; what it still sends goes into
 * quarantine (SY25). `receivedN` is what the server had received of it when it was decided.
 * Refuses, in order: `device_not_found` (also for the server's own channels), `device_already_lost`, `own_device`.
 */
export const declareDeviceLost = defineDecision({
  name: 'device.declareLost',
  version: 1,
  args: z.strictObject({ deviceId: deviceIdSchema, receivedN: nSchema, note: noteSchema.min(1) }),
  reads: ({ deviceId }) => [key('device', deviceId)],
  decide({ deviceId, receivedN, note }, records, context) {
    const device = records.get('device', deviceId);
    if (device?.channel !== 'tablet') return refuse('device_not_found', { deviceId });
    if (device.status === 'lost') return refuse('device_already_lost', { deviceId });
    if (deviceId === context.deviceId) return refuse('own_device');
    const flag: Flag = {
      code: 'device_lost',
      about: key('device', deviceId),
      details: { ...paperOf(device), receivedN, madeN: null, note },
    };
    return accept([put('device', { ...device, status: 'lost' })], { events: ['device_lost'], flags: [flag] });
  },
});

/**
 * The browser cleared a tablet's store, and it was enrolled anew as `replacedBy`: its numbers are never used again. `madeN` is the last number the tablet
 * remembers to have given, null when it remembers none; what lies between `receivedN` and it is missing. Only the server says so, when such a tablet
 * enrols. Refuses, in order: `device_not_found`, `device_already_lost`.
 */
export const reportDeviceEvicted = defineDecision({
  name: 'device.reportEvicted',
  version: 1,
  args: z.strictObject({ deviceId: deviceIdSchema, receivedN: nSchema, madeN: nSchema.nullable(), replacedBy: deviceIdSchema }),
  reads: ({ deviceId }) => [key('device', deviceId)],
  decide({ deviceId, receivedN, madeN, replacedBy }, records) {
    const device = records.get('device', deviceId);
    if (device?.channel !== 'tablet') return refuse('device_not_found', { deviceId });
    if (device.status === 'lost') return refuse('device_already_lost', { deviceId });
    const details = { ...paperOf(device), receivedN, madeN, replacedBy };
    return accept([put('device', { ...device, status: 'lost' })], {
      events: ['device_evicted'],
      flags: [{ code: 'device_evicted', about: key('device', deviceId), details }],
    });
  },
});

/** What the tablet's tickets and its case say of it. */
function paperOf({ name, number }: Device) {
  return { name, number };
}
