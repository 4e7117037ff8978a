/** What becomes of a lot that was counted more than once in one stocktake session [case 13]: no count is ever averaged away. */
import { assert } from '../assert.ts';

/**
 * One count of a lot. `tradeUnits` = signed Σ of the lot's movements other than counts, from the session's start up to this count's
 * moment: it makes counts comparable when the counter kept selling between them. Base units.
 */
export interface LotCount {
  readonly countLineId: string;
  readonly countedUnits: number;
  readonly tradeUnits: number;
}

/**
 * `counted`: one count. `done`: two counts agree; `acceptedLineIds` are those that do. `third_count`: two differ, a third is asked.
 * `undecided`: three or more and none agree; a manager chooses.
 */
export type LotCountStatus =
  | { readonly kind: 'counted' }
  | { readonly kind: 'done'; readonly acceptedLineIds: readonly string[] }
  | { readonly kind: 'third_count' }
  | { readonly kind: 'undecided' };

/**
 * Status of a lot from its counts in one session, in any order. Counts agree when they say the same of one moment, trade between them
 * set apart. Throws without any count. When two pairs agree on different figures, nobody knows: undecided. Source: domain case 13.
 */
export function resolveLotCounts(counts: readonly LotCount[]): LotCountStatus {
  assert(counts.length > 0, 'a lot without a count has no status');
  if (counts.length === 1) return { kind: 'counted' };
  const lineIdsByUnits = new Map<number, string[]>();
  for (const count of counts) {
    const comparableUnits = count.countedUnits - count.tradeUnits;
    lineIdsByUnits.set(comparableUnits, [...(lineIdsByUnits.get(comparableUnits) ?? []), count.countLineId]);
  }
  const agreeing = [...lineIdsByUnits.values()].filter((lineIds) => lineIds.length > 1);
  const [accepted] = agreeing;
  if (accepted !== undefined && agreeing.length === 1) return { kind: 'done', acceptedLineIds: accepted.toSorted() };
  return counts.length === 2 ? { kind: 'third_count' } : { kind: 'undecided' };
}
