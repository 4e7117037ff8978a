import { z } from 'zod';
import { nameSchema, refSchema } from '../fields.ts';
import { deviceIdSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';
import { defineRecord } from './define-record.ts';

/** What a device replicates: everything (`office`), the counter's kinds, or the light set for phones. */
export const DEVICE_SETS = ['counter', 'office', 'light'] as const;

/** A tablet, PC or phone that makes mutations, or one of the server's own channels. */
export const deviceSchema = z.strictObject({
  id: deviceIdSchema,
  name: nameSchema,
  /** Printed on tickets as `T<number>`; server channels have 0. */
  number: z.int().min(0).max(9_999),
  channel: z.enum(['tablet', 'api', 'import', 'worker']),
  set: z.enum(DEVICE_SETS),
  status: z.enum(['active', 'revoked', 'quarantined', 'lost']),
  enrolledAt: instantSchema,
  enrolledBy: refSchema,
});
export type Device = z.infer<typeof deviceSchema>;

export const deviceRecord = defineRecord({
  kind: 'device',
  schema: deviceSchema,
  project: (device) => ({ status: device.status, sort: String(device.number).padStart(4, '0') }),
});
