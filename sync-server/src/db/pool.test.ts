import { expect, test } from 'vitest';
import { parseInt8 } from './pool.ts';

test('a bigint is read exactly up to the largest safe integer', () => {
  expect(parseInt8('9007199254740991')).toBe(9_007_199_254_740_991);
  expect(parseInt8('-9007199254740991')).toBe(-9_007_199_254_740_991);
});

test('a bigint that a number cannot hold is refused, not rounded', () => {
  expect(() => parseInt8('9007199254740992')).toThrow(RangeError);
  expect(() => parseInt8('-9223372036854775808')).toThrow(RangeError);
});
