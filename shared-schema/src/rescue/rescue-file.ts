import { z } from 'zod';
import { canonicalJson } from '../canonical-json.ts';
import { deviceIdSchema, tenantIdSchema } from '../ids.ts';
import { mutationSchema } from '../sync/mutation.ts';
import { receiptSchema } from '../sync/receipt.ts';
import { instantSchema } from '../time.ts';

/**
 * The rescue file (SY24): a tablet's outbox as one file that only the server of its pharmacy can read.
 *
 * The outbox as canonical JSON is encrypted to the tenant's public key (an ECIES envelope): a fresh P-256 key pair for each file, ECDH with the tenant's key,
 * HKDF-SHA-256 over the shared secret (no salt, `RESCUE_KEY_INFO`), AES-256-GCM. The header stays readable, so that a person can tell whose file it is;
 * it goes into the cipher as associated data, so nobody can change it. Binary members are base64url. `docs/PROTOCOL.md` shows an example.
 */

/** How a file of this version is sealed; another way is another version. */
export const RESCUE_ALGORITHM = 'ECDH-P256+HKDF-SHA256+AES-256-GCM';
/** HKDF `info` of the AES key. */
export const RESCUE_KEY_INFO = 'pharmasaas rescue file 1';

const base64urlSchema = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');

/** A tenant's public key as devices get it at sign-in: a raw, uncompressed P-256 point. */
export const rescueKeySchema = z.strictObject({ id: z.string().length(16), publicKey: base64urlSchema.length(87) });
export type RescueKey = z.infer<typeof rescueKeySchema>;

/** What everybody may read of a rescue file. */
export const rescueHeaderSchema = z.strictObject({
  format: z.literal('pharmasaas-rescue'),
  version: z.literal(1),
  algorithm: z.literal(RESCUE_ALGORITHM),
  tenantId: tenantIdSchema,
  deviceId: deviceIdSchema,
  deviceNumber: z.int().min(1),
  exportedAt: instantSchema,
  /** Which key of the tenant opens it. */
  keyId: rescueKeySchema.shape.id,
  /** Acts inside, and how many of them had no receipt. */
  acts: z.int().min(0),
  unsent: z.int().min(0),
});
export type RescueHeader = z.infer<typeof rescueHeaderSchema>;

/** A sealed text: the sender's one-time public key, the nonce, and the ciphertext with its tag at the end. */
export const sealedTextSchema = z.strictObject({
  ephemeralKey: base64urlSchema.length(87),
  iv: base64urlSchema.length(16),
  sealed: base64urlSchema,
});
export type SealedText = z.infer<typeof sealedTextSchema>;

export const rescueFileSchema = rescueHeaderSchema.extend(sealedTextSchema.shape);
export type RescueFile = z.infer<typeof rescueFileSchema>;

/** What is inside: the outbox in order of `n`, receipted acts that the tablet still keeps included. */
export const rescueContentSchema = z.strictObject({
  entries: z.array(z.strictObject({ mutation: mutationSchema, receipt: receiptSchema.nullable() })),
});
export type RescueContent = z.infer<typeof rescueContentSchema>;

/** The associated data of the cipher: the header as canonical JSON. */
export function rescueHeaderText(header: RescueHeader): string {
  return canonicalJson(rescueHeaderSchema.parse(header));
}
