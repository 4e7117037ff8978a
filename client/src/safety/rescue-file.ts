import { canonicalJson } from '#schema/canonical-json.ts';
import { RESCUE_ALGORITHM, type RescueHeader, type RescueKey, rescueHeaderText } from '#schema/rescue/rescue-file.ts';
import type { OutboxEntry } from '../store/outbox.ts';
import type { SealText } from './seal-text.ts';

/**
 * Outcome of an export (SY24). `no_crypto`: this address is not secure, so the browser encrypts nothing (and stores nothing either); `no_key`: nobody has
 * signed in since the server gives keys; `failed`: reading or encrypting did not work.
 */
export type RescueExport =
  | { readonly kind: 'ready'; readonly fileName: string; readonly text: string; readonly acts: number; readonly unsent: number }
  | { readonly kind: 'no_crypto' }
  | { readonly kind: 'no_key' }
  | { readonly kind: 'failed'; readonly message: string };

/** Seals the whole outbox into a rescue file. Needs no network. `now` is when it is made, epoch ms. */
export async function makeRescueFile(
  of: {
    readonly tenantId: string;
    readonly device: { readonly id: string; readonly number: number };
    readonly rescueKey: RescueKey | undefined;
    readonly entries: () => Promise<readonly OutboxEntry[]>;
    readonly now: number;
  },
  seal: SealText | null,
): Promise<RescueExport> {
  const { tenantId, device, rescueKey, now } = of;
  if (seal === null) return { kind: 'no_crypto' };
  if (rescueKey === undefined) return { kind: 'no_key' };
  try {
    const entries = await of.entries();
    const unsent = entries.filter(({ receipt }) => receipt === null).length;
    const header: RescueHeader = {
      format: 'pharmasaas-rescue',
      version: 1,
      algorithm: RESCUE_ALGORITHM,
      tenantId,
      deviceId: device.id,
      deviceNumber: device.number,
      exportedAt: now,
      keyId: rescueKey.id,
      acts: entries.length,
      unsent,
    };
    const sealed = await seal(rescueKey.publicKey, canonicalJson({ entries }), rescueHeaderText(header));
    const stamp = new Date(now).toISOString().slice(0, 16).replaceAll(/\D/g, '');
    const fileName = `rescue-T${device.number}-${stamp}.json`;
    return {
      kind: 'ready',
      fileName,
      text: `${JSON.stringify({ ...header, ...sealed }, null, 2)}\n`,
      acts: entries.length,
      unsent,
    };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}
