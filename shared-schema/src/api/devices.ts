import { z } from 'zod';
import { deviceIdSchema } from '../ids.ts';
import { deviceSchema } from '../records/device.ts';
import { instantSchema } from '../time.ts';

/** One tablet as the server knows it (SY25). */
export const tabletStateSchema = deviceSchema
  .pick({ name: true, number: true, set: true, status: true, enrolledAt: true })
  .extend({
    id: deviceIdSchema,
    /** The last number received of it; 0 for none. */
    receivedN: z.int().min(0),
    /** When it was last heard of, on the server's clock, at most `HEARD_LAG_MS` too early; null for never. */
    heardAt: instantSchema.nullable(),
  });
export type TabletState = z.infer<typeof tabletStateSchema>;

/** `GET /api/devices`: every tablet of the pharmacy, by number. */
export const devicesResponseSchema = z.strictObject({ devices: z.array(tabletStateSchema) });
