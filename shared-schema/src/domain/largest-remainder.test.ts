import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitByLargestRemainder } from './largest-remainder.ts';

test('[M0] the cents left over go to the largest remainders, earlier first on a tie', () => {
  expect(splitByLargestRemainder(100, [1, 1, 1])).toEqual([34, 33, 33]);
  expect(splitByLargestRemainder(10, [5, 3, 1])).toEqual([6, 3, 1]);
  expect(splitByLargestRemainder(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
  expect(splitByLargestRemainder(5, [0, 0])).toEqual([5, 0]);
  expect(splitByLargestRemainder(0, [])).toEqual([]);
  expect(() => splitByLargestRemainder(1, [])).toThrow('needs something');
  expect(() => splitByLargestRemainder(1, [2, -1])).toThrow('negative');
});

test('[M0] parts add up to the total and each differs from its exact share by less than one', () => {
  const weights = fc.array(fc.nat({ max: 10_000_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), weights, (total, weights) => {
      const parts = splitByLargestRemainder(total, weights);
      const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
      fc.pre(weightSum > 0);
      for (const [index, part] of parts.entries()) {
        expect(Math.abs(part - (total * (weights[index] ?? 0)) / weightSum)).toBeLessThan(1);
      }
    }),
  );
});
