import type { Json } from '#schema/canonical-json.ts';
import { type PreparedAct, prepareAct, type Unpreparable } from '#schema/decide-acts.ts';
import type { Sha256 } from '#schema/env.ts';
import { receivedMutationText, type WireMutation, wireMutationSchema } from '#schema/sync/mutation.ts';
import type { DeviceState } from './tenant-store.ts';

/** The actor of the server's own acts; no tablet may claim it. */
export const SYSTEM_ACTOR = 'system';

/** Something a device sent under a number: at least that. */
export interface Received extends Readonly<Record<string, unknown>> {
  readonly n: number;
}

/** A mutation as received, in its place in the device's chain, and what could be understood of it. */
export interface ReceivedAct {
  readonly device: DeviceState;
  readonly n: number;
  readonly text: string;
  readonly hash: string;
  readonly understood: { readonly mutation: WireMutation; readonly act: PreparedAct } | null;
  /** Why it is quarantined; null when understood. */
  readonly fault:
    | Unpreparable
    | {
        readonly code: 'invalid_mutation' | 'actor_not_allowed' | 'device_revoked';
        readonly details: Readonly<Record<string, Json>>;
      }
    | null;
}

/** Chains and reads what a device sent; never throws (SY9). */
export function receiveAct(received: Received, device: DeviceState, prev: string, sha256: Sha256): ReceivedAct {
  const text = receivedMutationText(received, prev);
  const base = { device, n: received.n, text, hash: sha256(text) };
  const parsed = wireMutationSchema.safeParse(received);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const details = { field: issue?.path.join('.') ?? '', problem: issue?.message ?? 'not valid' };
    return { ...base, understood: null, fault: { code: 'invalid_mutation', details } };
  }
  const mutation = parsed.data;
  if (mutation.deviceId !== device.id) {
    return {
      ...base,
      understood: null,
      fault: { code: 'invalid_mutation', details: { field: 'deviceId', problem: 'is another device' } },
    };
  }
  if (device.status === 'revoked') return { ...base, understood: null, fault: { code: 'device_revoked', details: {} } };
  if (mutation.actorId === SYSTEM_ACTOR && device.channel === 'tablet') {
    return { ...base, understood: null, fault: { code: 'actor_not_allowed', details: { actorId: SYSTEM_ACTOR } } };
  }
  const act = prepareAct(mutation.name, mutation.version, mutation.args);
  return 'code' in act ? { ...base, understood: null, fault: act } : { ...base, understood: { mutation, act }, fault: null };
}
