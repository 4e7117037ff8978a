import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyCashRounding,
  cashRoundingPolicySchema,
  defaultCashRounding,
  FIVE_CENT_CASH_ROUNDING,
  roundCash,
} from './rounding.ts';

describe('[M2] the 5-cent table', () => {
  test.each([
    [1000, 1000, 0],
    [1001, 1000, -1],
    [1002, 1000, -2],
    [1003, 1005, 2],
    [1004, 1005, 1],
    [1005, 1005, 0],
    [1006, 1005, -1],
    [1007, 1005, -2],
    [1008, 1010, 2],
    [1009, 1010, 1],
    [2, 0, -2],
    [0, 0, 0],
  ])('%i is paid as %i, rounding %i', (amountMinor, roundedMinor, differenceMinor) => {
    expect(roundCash(amountMinor, 5)).toEqual({ roundedMinor, differenceMinor });
  });
});

test('[M2] a refund is rounded as the mirror of its sale', () => {
  expect(roundCash(-1003, 5)).toEqual({ roundedMinor: -1005, differenceMinor: -2 });
  expect(roundCash(-2, 5)).toEqual({ roundedMinor: 0, differenceMinor: 2 });
  expect(roundCash(5, 10)).toEqual({ roundedMinor: 10, differenceMinor: 5 });
  expect(roundCash(-5, 10)).toEqual({ roundedMinor: -10, differenceMinor: -5 });
});

test('[M2] rounding reaches a multiple, moves at most half a step, is symmetrical and idempotent', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(1, 5, 10, 25, 50, 100), (amountMinor, incrementMinor) => {
      const { roundedMinor, differenceMinor } = roundCash(amountMinor, incrementMinor);
      expect(Math.abs(roundedMinor % incrementMinor)).toBe(0);
      expect(Math.abs(differenceMinor)).toBeLessThanOrEqual(incrementMinor / 2);
      expect(roundedMinor - amountMinor).toBe(differenceMinor);
      expect(roundCash(0 - amountMinor, incrementMinor).roundedMinor).toBe(0 - roundedMinor);
      expect(roundCash(roundedMinor, incrementMinor)).toEqual({ roundedMinor, differenceMinor: 0 });
    }),
  );
});

test('[M2] only CHF rounds by default; Belgium is a setting', () => {
  expect(defaultCashRounding('CHF').incrementMinor).toBe(5);
  expect(defaultCashRounding('EUR').incrementMinor).toBe(1);
  expect(defaultCashRounding('XOF').incrementMinor).toBe(1);
});

test('[M2] on a mixed payment the policy decides', () => {
  expect(applyCashRounding(FIVE_CENT_CASH_ROUNDING, 502, true).roundedMinor).toBe(500);
  expect(applyCashRounding({ incrementMinor: 5, onMixedPayment: 'exact' }, 502, true)).toEqual({
    roundedMinor: 502,
    differenceMinor: 0,
  });
  expect(applyCashRounding({ incrementMinor: 5, onMixedPayment: 'exact' }, 502, false).roundedMinor).toBe(500);
});

test('a policy with an unknown key or a step of zero is refused', () => {
  expect(cashRoundingPolicySchema.safeParse({ incrementMinor: 0, onMixedPayment: 'exact' }).success).toBe(false);
  expect(cashRoundingPolicySchema.safeParse({ incrementMinor: 5, onMixedPayment: 'exact', x: 1 }).success).toBe(false);
});
