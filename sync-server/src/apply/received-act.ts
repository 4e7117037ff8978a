import { z } from 'zod';
import { CANONICAL_DEPTH_MAX, type Json } from '#schema/canonical-json.ts';
import { type PreparedAct, prepareAct, type Unpreparable } from '#schema/decide-acts.ts';
import type { Sha256 } from '#schema/env.ts';
import { findUnstorable } from '#schema/storable.ts';
import { receivedMutationText, type WireMutation, wireMutationSchema } from '#schema/sync/mutation.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import type { DeviceState } from './tenant-store.ts';

/** The actor of the server's own acts; no tablet may claim it. */
export const SYSTEM_ACTOR = 'system';

/** Something a device sent under a number: at least that. */
export interface Received extends Readonly<Record<string, unknown>> {
  readonly n: number;
}

/** Why an act is not even judged. */
export type Fault =
  | Unpreparable
  | {
      readonly code: 'invalid_mutation' | 'actor_not_allowed' | 'device_revoked';
      readonly details: Readonly<Record<string, Json>>;
    };

/** A mutation as received, in its place in the device's chain, and what could be understood of it. */
export interface ReceivedAct {
  readonly device: DeviceState;
  readonly n: number;
  readonly text: string;
  readonly hash: string;
  /** What it calls itself, as far as that can be stored; `unknown` else. */
  readonly name: string;
  /** Null when it is no mutation at all. */
  readonly mutation: WireMutation | null;
  /** What the device was answered in a history that is gone (SY8); null when it is new. */
  readonly earlierReceipt: Receipt | null;
  /** What there is to judge, or why it goes into quarantine. */
  readonly act: PreparedAct | Fault;
}

/** Whether there is something to judge. */
export function isPrepared(act: PreparedAct | Fault): act is PreparedAct {
  return !('code' in act);
}

/**
 * Chains and reads what a device sent; never throws (SY9). Faults, in order: `invalid_mutation` (with `field`, `problem`), `device_revoked`,
 * `actor_not_allowed`, then those of `prepareAct`.
 */
export function receiveAct(
  received: Received,
  device: DeviceState,
  prev: string,
  sha256: Sha256,
  earlierReceipt: Receipt | null = null,
): ReceivedAct {
  const text = receivedMutationText(received, prev);
  const base = { device, n: received.n, text, hash: sha256(text), name: nameIn(received), earlierReceipt };
  const invalid = (field: string, problem: string): ReceivedAct => ({
    mutation: null,
    act: { code: 'invalid_mutation', details: { field, problem } },
    ...base,
  });
  // Before any schema looks at it: they recurse as deep as the value goes.
  if (isDeeperThan(received, CANONICAL_DEPTH_MAX)) return invalid('', 'too_deep');
  const parsed = receivedSchema.safeParse(received);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return invalid(storable(issue?.path.join('.') ?? ''), storable(issue?.message ?? 'not valid'));
  }
  const mutation = parsed.data;
  if (mutation.deviceId !== device.id) return invalid('deviceId', 'is another device');
  return { mutation, act: actOf(mutation, device), ...base };
}

function actOf(mutation: WireMutation, device: DeviceState): PreparedAct | Fault {
  if (device.status === 'revoked' || device.status === 'lost') return { code: 'device_revoked', details: {} };
  if (mutation.actorId === SYSTEM_ACTOR && device.channel === 'tablet')
    return { code: 'actor_not_allowed', details: { actorId: SYSTEM_ACTOR } };
  const act = prepareAct(mutation.name, mutation.version, mutation.args);
  // What is said about it is stored, so it must be storable where the act itself is not.
  return 'code' in act && findUnstorable(act.details) ? { code: act.code, details: {} } : act;
}

function nameIn({ name }: Received): string {
  return typeof name === 'string' && name !== '' && name.length <= 60 && !findUnstorable(name) ? name : 'unknown';
}

function storable(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed().slice(0, 200);
}

/** The same as `wireMutationSchema`, whose `z.json()` tries every type JSON has at every value and takes four times as long as all the rest. */
const receivedSchema = wireMutationSchema.extend({ args: z.record(z.string(), z.custom<Json>(isJson, 'Invalid input')) });

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null)
    return value === null || typeof value === 'string' || typeof value === 'boolean';
  return Object.values(value).every(isJson);
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((child) => isDeeperThan(child, depth - 1));
}
