import fc from 'fast-check';
import { expect, test } from 'vitest';
import { skipZNumbers, takeZNumber, Z_SKIPPED_MAX, type ZSeries } from './z-series.ts';

const NEW: ZSeries = { lastZNumber: 0, skippedZNumbers: [] };

test('[C11] numbers rise by one from 1 on', () => {
  const first = takeZNumber(NEW, null);
  expect(first.number).toBe(1);
  expect(takeZNumber(first.series, null).number).toBe(2);
});

test('[SY8] a number from a history that is gone is given again when it is free, in any order, and the series goes on above the highest', () => {
  const copy = { lastZNumber: 5, skippedZNumbers: [] };
  const seventh = takeZNumber(copy, 7);
  expect(seventh).toEqual({ number: 7, series: { lastZNumber: 7, skippedZNumbers: [6] } });
  const fresh = takeZNumber(seventh.series, null);
  expect(fresh).toEqual({ number: 8, series: { lastZNumber: 8, skippedZNumbers: [6] } });
  expect(takeZNumber(fresh.series, 6)).toEqual({ number: 6, series: { lastZNumber: 8, skippedZNumbers: [] } });
});

test('[SY8] one that was given to another meanwhile, or is beyond belief, is not', () => {
  const copy = { lastZNumber: 5, skippedZNumbers: [] };
  const other = takeZNumber(copy, null);
  expect(takeZNumber(other.series, 6).number).toBe(7);
  expect(takeZNumber(copy, 6 + Z_SKIPPED_MAX).number).toBe(6);
  expect(skipZNumbers(copy, 6 + Z_SKIPPED_MAX)).toEqual(copy);
});

test('[C11] whatever is claimed, no number is given twice, and what is missing below the highest is known', () => {
  const claims = fc.array(
    fc.record({ earlier: fc.option(fc.integer({ min: 1, max: 1_200 })), seen: fc.integer({ min: 0, max: 1_200 }) }),
  );
  fc.assert(
    fc.property(claims, (all) => {
      let series = NEW;
      const given = new Set<number>();
      for (const { earlier, seen } of all) {
        const taken = takeZNumber(skipZNumbers(series, seen), earlier);
        expect(given.has(taken.number)).toBe(false);
        given.add(taken.number);
        series = taken.series;
      }
      const missing = Array.from({ length: series.lastZNumber }, (_, index) => index + 1).filter((number) => !given.has(number));
      expect(series.skippedZNumbers.toSorted((a, b) => a - b)).toEqual(missing);
    }),
  );
});
