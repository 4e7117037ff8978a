import { createDecipheriv, createECDH, createHash, type ECDH, hkdfSync } from 'node:crypto';
import {
  RESCUE_KEY_INFO,
  type RescueFile,
  type RescueKey,
  rescueHeaderSchema,
  rescueHeaderText,
} from '#schema/rescue/rescue-file.ts';
import { err, ok, type Result } from '#schema/result.ts';

/** Order of the P-256 group. */
const GROUP_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const TAG_BYTES = 16;

/**
 * The key pair that each tenant's rescue files are sealed to (SY24). All follow from one secret of the server, so every process that knows it has
 * them and no database does (decision 0007): private key = 48 bytes of HKDF-SHA-256(secret, info with the tenant's id), reduced into the group
 * (FIPS 186-5 A.2.1).
 */
export class RescueKeys {
  readonly #secret: Uint8Array;

  /** `secret`: 32 random bytes. */
  constructor(secret: Uint8Array) {
    if (secret.length !== 32) throw new Error('the rescue secret must have 32 bytes');
    this.#secret = secret;
  }

  /** The tenant's public key and its name: the first 16 hex digits of its SHA-256. */
  publicKeyOf(tenantId: string): RescueKey {
    return keyOf(this.#pairOf(tenantId));
  }

  /** Text inside a rescue file. `wrong_key`: sealed to a key this secret does not give; `damaged`: header or content were changed. */
  open(file: RescueFile): Result<string, 'wrong_key' | 'damaged'> {
    const pair = this.#pairOf(file.tenantId);
    if (keyOf(pair).id !== file.keyId) return err('wrong_key');
    const sealed = Buffer.from(file.sealed, 'base64url');
    try {
      const shared = pair.computeSecret(Buffer.from(file.ephemeralKey, 'base64url'));
      const key = new Uint8Array(hkdfSync('sha256', shared, new Uint8Array(), RESCUE_KEY_INFO, 32));
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(file.iv, 'base64url'));
      const { ephemeralKey: _ephemeralKey, iv: _iv, sealed: _sealed, ...header } = file;
      decipher.setAAD(Buffer.from(rescueHeaderText(rescueHeaderSchema.parse(header)), 'utf8'));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      return ok(Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8'));
    } catch {
      // Not on the curve, too short, or the tag does not fit: all of it is a file that is not what was exported.
      return err('damaged');
    }
  }

  #pairOf(tenantId: string): ECDH {
    const bytes = hkdfSync('sha256', this.#secret, new Uint8Array(), `pharmasaas rescue key ${tenantId}`, 48);
    const scalar = (BigInt(`0x${Buffer.from(bytes).toString('hex')}`) % (GROUP_ORDER - 1n)) + 1n;
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex'));
    return pair;
  }
}

function keyOf(pair: ECDH): RescueKey {
  const publicKey = pair.getPublicKey();
  return {
    id: createHash('sha256').update(publicKey).digest('hex').slice(0, 16),
    publicKey: publicKey.toString('base64url'),
  };
}
