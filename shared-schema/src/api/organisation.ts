import { z } from 'zod';
import { shopCountrySchema } from '../domain/default-shop.ts';
import { nameSchema } from '../fields.ts';
import { recordIdSchema, tenantIdSchema } from '../ids.ts';
import { currencySchema } from '../money.ts';
import { roleSchema } from '../permissions.ts';

/** Bodies and answers of the routes about pharmacies, people and their sessions. */

/** Shortest password somebody may choose. */
export const PASSWORD_LENGTH_MIN = 10;
const newPasswordSchema = z.string().min(PASSWORD_LENGTH_MIN).max(200);
const emailSchema = z.email().max(254);

/** `POST /api/tenants`: creates a pharmacy and its owner, who is signed in by the answer (as `signInResponseSchema`). */
export const createTenantRequestSchema = z.strictObject({
  email: emailSchema,
  password: newPasswordSchema,
  /** Of the owner. */
  name: nameSchema,
  pharmacy: nameSchema,
  country: shopCountrySchema,
  currency: currencySchema,
  /** IANA name. */
  timeZone: z.string().min(1).max(64),
});
export type CreateTenantRequest = z.infer<typeof createTenantRequestSchema>;

/** `POST /api/auth/switch-tenant`; the answer is a `signInResponseSchema`. */
export const switchTenantRequestSchema = z.strictObject({ tenantId: tenantIdSchema });

/** `POST /api/auth/password`. */
export const changePasswordRequestSchema = z.strictObject({
  password: z.string().min(1).max(200),
  newPassword: newPasswordSchema,
});

/** `POST /api/members`: adds a person by e-mail. */
export const addMemberRequestSchema = z.strictObject({ email: emailSchema, name: nameSchema, role: roleSchema });
export const addMemberResponseSchema = z.strictObject({
  userId: recordIdSchema,
  /** Shown only here; null when the person had an account already. */
  oneTimePassword: z.string().nullable(),
});
