import { describe, expect, test } from 'vitest';
import {
  classifyVariance,
  computeVariances,
  defaultVarianceLimits,
  hasRepeatedShortages,
  strictestVarianceClass,
  varianceLimitsSchema,
} from './variance.ts';

const limits = defaultVarianceLimits('EUR');

describe('[C8] class boundaries are inclusive, for surplus and shortage alike', () => {
  test.each([
    [0, 'accept'],
    [200, 'accept'],
    [-200, 'accept'],
    [201, 'reason_and_manager'],
    [-201, 'reason_and_manager'],
    [-750, 'reason_and_manager'],
    [2000, 'reason_and_manager'],
    [-2000, 'reason_and_manager'],
    [2001, 'manager_and_second_person'],
    [-2001, 'manager_and_second_person'],
  ])('%i is %s', (varianceMinor, expected) => {
    expect(classifyVariance(varianceMinor, limits)).toBe(expected);
  });
});

test('[C8] a shop sets its own boundaries, the lower one first', () => {
  expect(classifyVariance(-1, { acceptUpToMinor: 0, reasonUpToMinor: 0 })).toBe('manager_and_second_person');
  expect(varianceLimitsSchema.safeParse({ acceptUpToMinor: 500, reasonUpToMinor: 400 }).success).toBe(false);
  expect(varianceLimitsSchema.safeParse({ acceptUpToMinor: -1, reasonUpToMinor: 400 }).success).toBe(false);
  expect(defaultVarianceLimits('XOF')).toEqual({ acceptUpToMinor: 1000, reasonUpToMinor: 10_000 });
  expect(defaultVarianceLimits('TND')).toEqual({ acceptUpToMinor: 5000, reasonUpToMinor: 50_000 });
});

test('[C5] expected versus counted is kept per method and never netted', () => {
  const variances = computeVariances(
    [
      { methodId: 'cash', nature: 'countable', expectedMinor: 50_000, countedMinor: 49_250 },
      { methodId: 'card', nature: 'statement', expectedMinor: 30_000, countedMinor: 30_750 },
      { methodId: 'insurer', nature: 'receivable', expectedMinor: 12_000, countedMinor: null },
      { methodId: 'voucher', nature: 'liability', expectedMinor: 500, countedMinor: null },
    ],
    limits,
  );
  expect(variances.map(({ methodId, varianceMinor, varianceClass }) => [methodId, varianceMinor, varianceClass])).toEqual([
    ['cash', -750, 'reason_and_manager'],
    ['card', 750, 'reason_and_manager'],
    ['insurer', null, null],
    ['voucher', null, null],
  ]);
});

test('[C8] blank is not zero', () => {
  const cash = { methodId: 'cash', nature: 'countable' as const, expectedMinor: 100 };
  expect(computeVariances([{ ...cash, countedMinor: null }], limits)[0]?.varianceMinor).toBeNull();
  expect(computeVariances([{ ...cash, countedMinor: 0 }], limits)[0]?.varianceMinor).toBe(-100);
});

test('[C2] an expectation below zero is not clamped before the variance', () => {
  const [cash] = computeVariances([{ methodId: 'cash', nature: 'countable', expectedMinor: -500, countedMinor: 0 }], limits);
  expect(cash?.varianceMinor).toBe(500);
});

test('the strictest class decides for the session', () => {
  expect(strictestVarianceClass([])).toBe('accept');
  expect(strictestVarianceClass(['accept', 'manager_and_second_person', 'reason_and_manager'])).toBe('manager_and_second_person');
});

test('[C8] three shortages of one cashier in 30 days are flagged', () => {
  const short = (businessOn: string, varianceMinor = -500) => ({ businessOn, varianceMinor });
  const two = [short('2026-06-01'), short('2026-06-15')];
  expect(hasRepeatedShortages([...two, short('2026-06-30')], '2026-06-30', limits)).toBe(true);
  expect(hasRepeatedShortages([...two, short('2026-07-01')], '2026-07-01', limits)).toBe(false);
  expect(hasRepeatedShortages([...two, short('2026-06-30', 500)], '2026-06-30', limits)).toBe(false);
  expect(hasRepeatedShortages([...two, short('2026-06-30', -100)], '2026-06-30', limits)).toBe(false);
});
