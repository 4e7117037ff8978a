import { z } from 'zod';
import type { Sha256 } from '../env.ts';
import { refSchema, uncertaintySchema } from '../fields.ts';
import { deviceIdSchema } from '../ids.ts';
import { unitsSchema } from '../quantity.ts';
import { dateOnSchema, instantSchema } from '../time.ts';
import { defineRecord } from './define-record.ts';
import { editsSchema } from './field-edit.ts';

/** Text of a lot nobody could read; refused for narcotics and cold chain (I3). */
export const UNKNOWN_LOT = 'UNKNOWN';

/** From usable to most held back. */
export const LOT_STATUSES = ['usable', 'quarantined', 'recalled'] as const;

/** A lot is (item, lot text, expiry); text is case-sensitive (I3). On hand may be negative (I6). */
export const lotSchema = z.strictObject({
  id: refSchema,
  itemId: refSchema,
  lotText: z.string().min(1).max(64),
  /** Null when unknown. */
  expiryOn: dateOnSchema.nullable(),
  status: z.enum(LOT_STATUSES),
  onHandUnits: unitsSchema,
  firstReceivedAt: instantSchema,
  /** The newest count of this lot; only it is re-based by late movements (I7). */
  lastCount: z
    .strictObject({
      lineId: refSchema,
      at: instantSchema,
      uncertaintyMs: uncertaintySchema,
      deviceId: deviceIdSchema,
      n: z.int(),
    })
    .nullable(),
  edits: editsSchema,
});
export type Lot = z.infer<typeof lotSchema>;

export const lotRecord = defineRecord({
  kind: 'lot',
  schema: lotSchema,
  project: (lot) => ({ parent: lot.itemId, status: lot.status, sort: `${lot.expiryOn ?? '9999-12-31'} ${lot.firstReceivedAt}` }),
});

/** Names a lot by what makes it that lot, so that two tablets that meet it offline make the same record. Source: I3. */
export function lotIdOf(itemId: string, lotText: string, expiryOn: string | null, sha256: Sha256): string {
  return `${itemId}~${expiryOn?.replaceAll('-', '') ?? '0'}~${sha256(lotText).slice(0, 12)}`;
}
