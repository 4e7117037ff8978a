import type { Sha256 } from '../env.ts';
import { AUDIT_CHAIN_START, auditLeafSchema } from './leaf.ts';

/** One row to check, as exported or stored. */
export interface ChainEntry {
  readonly index: number;
  readonly leaf: string;
  readonly hash: string;
  /** The mutation as logged, when there is one: its hash must be the leaf's. */
  readonly mutation: string | null;
}

/** Why an entry is bad, in the order the checks are made. */
export type ChainFault = 'index_gap' | 'leaf_unreadable' | 'leaf_index' | 'hash_mismatch' | 'prev_mismatch' | 'mutation_mismatch';

/** Where checking stands: everything before `size` is good. */
export interface ChainState {
  readonly size: number;
  readonly hash: string;
}

export const EMPTY_CHAIN: ChainState = { size: 0, hash: AUDIT_CHAIN_START };

/**
 * Checks a stretch of the chain that continues `state`; names the first bad index. The stretches of a whole log are checked one after another,
 * the last state is then compared with the head (a cut tail shows only there, C17).
 */
export function verifyChain(
  state: ChainState,
  entries: readonly ChainEntry[],
  sha256: Sha256,
): { ok: true; state: ChainState } | { ok: false; index: number; fault: ChainFault } {
  let { size, hash } = state;
  for (const entry of entries) {
    const fault = faultOf(entry, size, hash, sha256);
    if (fault) return { ok: false, index: size, fault };
    size += 1;
    hash = entry.hash;
  }
  return { ok: true, state: { size, hash } };
}

function faultOf(entry: ChainEntry, index: number, prev: string, sha256: Sha256): ChainFault | null {
  if (entry.index !== index) return 'index_gap';
  const leaf = readLeaf(entry.leaf);
  if (!leaf) return 'leaf_unreadable';
  if (leaf.index !== index) return 'leaf_index';
  if (sha256(entry.leaf) !== entry.hash) return 'hash_mismatch';
  if (leaf.prev !== prev) return 'prev_mismatch';
  const mutationHash = entry.mutation === null ? null : sha256(entry.mutation);
  return mutationHash === leaf.mutationHash ? null : 'mutation_mismatch';
}

function readLeaf(text: string) {
  try {
    const parsed = auditLeafSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
