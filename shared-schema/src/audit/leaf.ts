import { z } from 'zod';
import { canonicalJson } from '../canonical-json.ts';
import type { Sha256 } from '../env.ts';
import { CHAIN_START } from '../sync/mutation.ts';

/**
 * The audit log of a tenant: leaves in one hash chain.
 *
 * A leaf is the canonical JSON of who did what when and with what verdict; it names the leaf before it by hash, so a change to any
 * entry breaks every one after it. Free text stays out: the leaf carries the hash of the mutation that holds it.
 */
export const auditLeafSchema = z.strictObject({
  tenantId: z.string(),
  index: z.int().min(0),
  /** Server time at which it was sealed. */
  at: z.int(),
  /** Device time of the act; null for acts outside the queue. */
  deviceAt: z.int().nullable(),
  actorId: z.string().nullable(),
  role: z.string().nullable(),
  deviceId: z.string().nullable(),
  n: z.int().nullable(),
  action: z.string(),
  verdict: z.string(),
  codes: z.array(z.string()),
  /** Records written, as `kind/id`. */
  refs: z.array(z.string()),
  events: z.array(z.string()),
  mutationHash: z.string().nullable(),
  /** Hash of the leaf before; `CHAIN_START` for the first. */
  prev: z.string().length(64),
});
export type AuditLeaf = z.infer<typeof auditLeafSchema>;

/** A sealed leaf: its text and the hash that the next one names. */
export interface SealedLeaf {
  readonly text: string;
  readonly hash: string;
}

/** Seals a leaf: canonical JSON and its SHA-256. */
export function sealLeaf(leaf: AuditLeaf, sha256: Sha256): SealedLeaf {
  const text = canonicalJson(leaf);
  return { text, hash: sha256(text) };
}

/** `prev` of the first leaf. */
export const AUDIT_CHAIN_START = CHAIN_START;
