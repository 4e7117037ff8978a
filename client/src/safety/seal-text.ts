import { RESCUE_KEY_INFO, type SealedText } from '#schema/rescue/rescue-file.ts';

/** Encrypts `text` to a P-256 public key (base64url), with `header` as associated data. Rejects when the key is not a point of the curve. */
export type SealText = (publicKey: string, text: string, header: string) => Promise<SealedText>;

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;

/** The envelope of `rescue-file.ts` by WebCrypto; the key pair is thrown away with the call. */
export function createSealText(crypto: Crypto): SealText {
  const { subtle } = crypto;
  return async (publicKey, text, header) => {
    const theirs = await subtle.importKey('raw', fromBase64url(publicKey), CURVE, false, []);
    const ours = await subtle.generateKey(CURVE, false, ['deriveBits']);
    const shared = await subtle.deriveBits({ name: 'ECDH', public: theirs }, ours.privateKey, 256);
    const secret = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
    const key = await subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8(RESCUE_KEY_INFO) },
      secret,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt'],
    );
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(header) }, key, utf8(text));
    return {
      ephemeralKey: toBase64url(new Uint8Array(await subtle.exportKey('raw', ours.publicKey))),
      iv: toBase64url(iv),
      sealed: toBase64url(new Uint8Array(sealed)),
    };
  };
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Bytes made into characters at once; more would be too many arguments. */
const CHUNK = 0x8000;

function toBase64url(bytes: Uint8Array): string {
  let binary = '';
  for (let from = 0; from < bytes.length; from += CHUNK) binary += String.fromCharCode(...bytes.subarray(from, from + CHUNK));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
}
