import { z } from 'zod';
import { vatRateBpSchema } from '../domain/line-amount.ts';
import { paymentNatureSchema } from '../domain/payment-nature.ts';
import { cashRoundingPolicySchema } from '../domain/rounding.ts';
import { varianceLimitsSchema } from '../domain/variance.ts';
import { nameSchema } from '../fields.ts';
import { currencySchema } from '../money.ts';
import { cutOffMinutesSchema, dateOnSchema } from '../time.ts';
import { defineRecord } from './define-record.ts';
import { editsSchema } from './field-edit.ts';

export const paymentMethodSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]{0,30}$/),
  name: nameSchema,
  nature: paymentNatureSchema,
  /** The drawer's own notes and coins: counted by denominations, rounded, and what change is given in. */
  isCash: z.boolean(),
  active: z.boolean(),
});
export type PaymentMethod = z.infer<typeof paymentMethodSchema>;

/** The one settings record of a tenant; its id is always `shop`. */
export const shopSchema = z.strictObject({
  id: z.literal('shop'),
  name: nameSchema,
  country: z.string().regex(/^[A-Z]{2}$/),
  currency: currencySchema,
  /** IANA zone; only devices and the server's edges look it up, decide gets offsets. */
  timeZone: z.string().min(1).max(64),
  /** Minutes after midnight at which the business day turns (C13). */
  cutOffMinutes: cutOffMinutesSchema,
  /** Cash rounding (M2). */
  cashRounding: cashRoundingPolicySchema,
  paymentMethods: z.array(paymentMethodSchema).min(1).max(20),
  vatRates: z
    .array(z.strictObject({ rateBp: vatRateBpSchema, name: nameSchema }))
    .min(1)
    .max(10),
  defaultVatRateBp: vatRateBpSchema,
  /** Inclusive class boundaries of a variance (C8). */
  varianceLimits: varianceLimitsSchema,
  /** A one-person shop may approve its own close; the Z then says so (C9). */
  selfApproval: z.boolean(),
  /** Several devices may sell on one till (C15). */
  sharedTills: z.boolean(),
  createdOn: dateOnSchema,
  edits: editsSchema,
});
export type Shop = z.infer<typeof shopSchema>;
/** Settings as a pharmacy is set up with them. */
export type ShopSettings = Omit<Shop, 'id' | 'edits'>;

export const shopRecord = defineRecord({ kind: 'shop', schema: shopSchema, project: () => ({}) });

/** Id of the settings record. */
export const SHOP_ID = 'shop';

/** The method of the drawer's own notes and coins; `cash` when the shop has none. */
export function cashMethodIdOf(shop: Shop): string {
  return shop.paymentMethods.find((method) => method.isCash && method.active)?.id ?? 'cash';
}
