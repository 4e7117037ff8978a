import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RETRY_ATTEMPTS_MAX, RETRY_CAP_MS, retryDelayMs } from './retry.ts';

test('[SY11] the wait doubles its ceiling from one second up to a minute, five times, then waits for something to happen', () => {
  expect([1, 2, 3, 4, 5, 6].map((attempt) => retryDelayMs(attempt, 0.999_999, null))).toEqual([
    999,
    1999,
    3999,
    7999,
    15999,
    null,
  ]);
  expect(retryDelayMs(1, 0, null)).toBe(0);
});

test('[SY11] Retry-After is honoured and no wait is longer than the cap without it', () => {
  expect(retryDelayMs(1, 0.5, 7_000)).toBe(7_000);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: RETRY_ATTEMPTS_MAX }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, random) => {
        const delayMs = retryDelayMs(attempt, random, null);
        return delayMs !== null && delayMs >= 0 && delayMs < RETRY_CAP_MS;
      },
    ),
  );
});
