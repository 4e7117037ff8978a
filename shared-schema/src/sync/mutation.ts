import { z } from 'zod';
import { canonicalJson, canonicalJsonAsReceived } from '../canonical-json.ts';
import type { Sha256 } from '../env.ts';
import { refSchema } from '../fields.ts';
import { deviceIdSchema } from '../ids.ts';
import { dateOnSchema, instantSchema } from '../time.ts';

/**
 * A mutation: one business act of one device, immutable and chained to the device's act before it (SY1).
 *
 * Its identity is `(deviceId, n)`. `hash` is SHA-256 over the RFC 8785 canonical JSON of all its other members, `prev` included.
 */
export const wireMutationSchema = z.strictObject({
  deviceId: deviceIdSchema,
  /** Counts from 1 per device, without gaps. */
  n: z.int().min(1),
  name: z.string().min(1).max(60),
  version: z.int().min(1).max(1_000),
  actorId: refSchema,
  /** Device clock. */
  madeAt: instantSchema,
  /** Device clock minus server clock at the last contact; null when never measured (I7). */
  madeAtSkewMs: z.int().nullable(),
  /** Business date on the device (C13). */
  businessOn: dateOnSchema,
  /** Replica seq that its maker saw. */
  basis: z.int().min(0),
  args: z.record(z.string(), z.json()),
});
export type WireMutation = z.infer<typeof wireMutationSchema>;

/** A mutation as it stands in the outbox: with its place in the device's chain. */
export const mutationSchema = wireMutationSchema.extend({ prev: z.string().length(64), hash: z.string().length(64) });
export type Mutation = z.infer<typeof mutationSchema>;

/** `prev` of a device's first mutation. */
export const CHAIN_START = '0'.repeat(64);

/** The text that is hashed and logged: canonical JSON of the mutation with `prev`, without `hash`. */
export function mutationText(mutation: WireMutation, prev: string): string {
  return canonicalJson({ ...mutation, prev });
}

/** The same for anything a device sent under a number, well-formed or not (SY9). */
export function receivedMutationText(received: Readonly<Record<string, unknown>>, prev: string): string {
  return canonicalJsonAsReceived({ ...received, prev });
}

/** Puts a mutation behind `prev` in its device's chain. */
export function chainMutation(mutation: WireMutation, prev: string, sha256: Sha256): Mutation {
  return { ...mutation, prev, hash: sha256(mutationText(mutation, prev)) };
}

/** What travels: the server recomputes `prev` and `hash`. */
export function toWire({ prev: _prev, hash: _hash, ...wire }: Mutation): WireMutation {
  return wire;
}
