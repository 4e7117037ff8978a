import { assert } from '../assert.ts';

/**
 * Splits `total` into whole parts proportional to `weights`, adding up to it exactly: each gets its floor, and the units left over go
 * to the largest remainders, earlier ones first on a tie. A negative total mirrors the positive one. All weights zero: the first part
 * takes everything. Throws on negative weights and on a total ≠ 0 without weights. Source: M0.
 */
export function splitByLargestRemainder(total: number, weights: readonly number[]): number[] {
  assert(
    weights.every((weight) => weight >= 0),
    'weights must not be negative',
  );
  assert(weights.length > 0 || total === 0, 'a total needs something to be split over');
  const weightSum = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  if (weightSum === 0n) return weights.map((_, index) => (index === 0 ? total : 0));
  const magnitude = BigInt(Math.abs(total));
  const shares = weights.map((weight, index) => {
    const product = magnitude * BigInt(weight);
    return { index, part: product / weightSum, remainder: product % weightSum };
  });
  let left = magnitude - shares.reduce((sum, share) => sum + share.part, 0n);
  const byRemainder = shares.toSorted((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const share of byRemainder) {
    if (left === 0n) break;
    share.part += 1n;
    left -= 1n;
  }
  return shares.map((share) => (total < 0 ? 0 - Number(share.part) : Number(share.part)));
}
