import type { Sha256 } from '../env.ts';
import { CHAIN_START, type Mutation, mutationText, toWire } from '../sync/mutation.ts';

/** What does not fit in a stretch of one device's acts. */
export interface ChainBreak {
  readonly n: number;
  /** `gap`: the number does not follow; `prev`: it does not name the act before; `hash`: its content is not what was chained. */
  readonly fault: 'gap' | 'prev' | 'hash';
}

/**
 * Checks that acts follow each other without a gap and that each hash is that of its content behind the act before (SY1). Where the stretch begins later
 * than with act 1, what its first act names as `prev` is taken as it is. Answers the first break, or null.
 */
export function findChainBreak(mutations: readonly Mutation[], sha256: Sha256): ChainBreak | null {
  let before: Mutation | null = null;
  for (const mutation of mutations) {
    const { n, prev, hash } = mutation;
    if (before !== null && n !== before.n + 1) return { n, fault: 'gap' };
    if (before !== null ? prev !== before.hash : n === 1 && prev !== CHAIN_START) return { n, fault: 'prev' };
    if (sha256(mutationText(toWire(mutation), prev)) !== hash) return { n, fault: 'hash' };
    before = mutation;
  }
  return null;
}
