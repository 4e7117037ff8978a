import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  compareDates,
  computeBusinessDate,
  cutOffMinutesSchema,
  dateOnSchema,
  dateToDayNumber,
  dayNumberToDate,
  daysBetween,
  instantToDate,
  parseExpiryOn,
} from './time.ts';

const at = (iso: string) => Date.parse(iso);
const SUMMER = 120;
const WINTER = 60;
const businessDate = (iso: string, offsetMinutes: number) =>
  computeBusinessDate({ atMs: at(iso), offsetMinutes, cutOffMinutes: 240 });

describe('[C13] business date, Europe/Paris, cut-off 04:00', () => {
  test.each([
    ['2026-03-28T23:59:00+01:00', WINTER, '2026-03-28'],
    ['2026-03-29T01:59:59+01:00', WINTER, '2026-03-28'],
    ['2026-03-29T03:00:00+02:00', SUMMER, '2026-03-28'],
    ['2026-03-29T03:59:59+02:00', SUMMER, '2026-03-28'],
    ['2026-03-29T04:00:00+02:00', SUMMER, '2026-03-29'],
    ['2026-03-30T03:59:59+02:00', SUMMER, '2026-03-29'],
  ])('the 23-hour day 2026-03-29: %s', (iso, offset, expected) => {
    expect(businessDate(iso, offset)).toBe(expected);
  });

  test.each([
    ['2026-10-25T02:30:00+02:00', SUMMER, '2026-10-24'],
    ['2026-10-25T02:30:00+01:00', WINTER, '2026-10-24'],
    ['2026-10-25T03:59:59+01:00', WINTER, '2026-10-24'],
    ['2026-10-25T04:00:00+01:00', WINTER, '2026-10-25'],
    ['2026-10-26T03:59:59+01:00', WINTER, '2026-10-25'],
  ])('the 25-hour day 2026-10-25: %s', (iso, offset, expected) => {
    expect(businessDate(iso, offset)).toBe(expected);
  });

  test('a session opened in the evening keeps its date after midnight, because the date is computed at opening', () => {
    const openedOn = businessDate('2026-06-12T19:00:00+02:00', SUMMER);
    expect(openedOn).toBe('2026-06-12');
    expect(businessDate('2026-06-13T00:30:00+02:00', SUMMER)).toBe(openedOn);
    expect(instantToDate(at('2026-06-13T00:30:00+02:00'), SUMMER)).toBe('2026-06-13');
  });

  test('a device clock set back one hour changes the date only when that crosses the cut-off', () => {
    const realAt = at('2026-06-13T04:30:00+02:00');
    const setBack = realAt - 3_600_000;
    expect(computeBusinessDate({ atMs: realAt, offsetMinutes: SUMMER, cutOffMinutes: 240 })).toBe('2026-06-13');
    expect(computeBusinessDate({ atMs: setBack, offsetMinutes: SUMMER, cutOffMinutes: 240 })).toBe('2026-06-12');
    expect(businessDate('2026-06-13T11:00:00+02:00', SUMMER)).toBe(businessDate('2026-06-13T10:00:00+02:00', SUMMER));
  });

  test('every instant of one business day has the same date, and the next day starts 24 hours later at one offset', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_102_444_800_000 }),
        fc.integer({ min: -720, max: 840 }),
        fc.integer({ min: 0, max: 720 }),
        (atMs, offsetMinutes, cutOffMinutes) => {
          const on = computeBusinessDate({ atMs, offsetMinutes, cutOffMinutes });
          const next = computeBusinessDate({ atMs: atMs + 86_400_000, offsetMinutes, cutOffMinutes });
          expect(next).toBe(addDays(on, 1));
        },
      ),
    );
  });
});

test('calendar arithmetic agrees with the platform over four centuries', () => {
  fc.assert(
    fc.property(fc.integer({ min: -200_000, max: 200_000 }), (dayNumber) => {
      const expected = new Date(dayNumber * 86_400_000).toISOString().slice(0, 10);
      expect(dayNumberToDate(dayNumber)).toBe(expected);
      expect(dateToDayNumber(expected)).toBe(dayNumber);
    }),
  );
});

test('days are added and compared across leap days and year ends', () => {
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
  expect(daysBetween('2026-01-31', '2026-03-01')).toBe(29);
  expect(compareDates('2026-09-30', '2026-10-01')).toBe(-1);
  expect(compareDates('2026-10-01', '2026-10-01')).toBe(0);
  expect(compareDates('2027-01-01', '2026-12-31')).toBe(1);
});

test.each(['2027-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '26-01-01', '2026-01-32', ' 2026-01-01', '2026-01-01T00:00'])(
  '%j is no date',
  (text) => {
    expect(dateOnSchema.safeParse(text).success).toBe(false);
  },
);

test('[G2] an expiry without a day means the last day of its month', () => {
  expect(parseExpiryOn('2027-06-15')).toEqual({ ok: true, value: '2027-06-15' });
  expect(parseExpiryOn(' 2028-02 ')).toEqual({ ok: true, value: '2028-02-29' });
  expect(parseExpiryOn('2/2027')).toEqual({ ok: true, value: '2027-02-28' });
  for (const text of ['', '06/27', '2027-13', '13/2027', '00/2027', '2027-02-29', 'soon']) {
    expect(parseExpiryOn(text)).toEqual({ ok: false, error: { code: 'expiry_not_a_date' } });
  }
});

test('[C13] the cut-off lies between midnight and noon', () => {
  expect(cutOffMinutesSchema.safeParse(240).success).toBe(true);
  expect(cutOffMinutesSchema.safeParse(-1).success).toBe(false);
  expect(cutOffMinutesSchema.safeParse(900).success).toBe(false);
});
