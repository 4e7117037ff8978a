import { expect, test } from 'vitest';
import { businessDateOf, isTimeZone, zoneOffsetMinutes } from './business-date.ts';

const PARIS = { timeZone: 'Europe/Paris', cutOffMinutes: 240 };

test('[C13] the business day turns at the cut-off in the shop’s own zone, on the short and the long day too', () => {
  expect(businessDateOf(PARIS, Date.UTC(2026, 10, 24, 2, 59))).toBe('2026-11-23');
  expect(businessDateOf(PARIS, Date.UTC(2026, 10, 24, 3, 0))).toBe('2026-11-24');
  expect(businessDateOf(PARIS, Date.UTC(2026, 2, 29, 1, 59))).toBe('2026-03-28');
  expect(businessDateOf(PARIS, Date.UTC(2026, 2, 29, 2, 0))).toBe('2026-03-29');
  expect(businessDateOf(PARIS, Date.UTC(2026, 9, 25, 2, 59))).toBe('2026-10-24');
  expect(businessDateOf(PARIS, Date.UTC(2026, 9, 25, 3, 0))).toBe('2026-10-25');
});

test('offsets west, east and of half hours', () => {
  expect(zoneOffsetMinutes('America/New_York', Date.UTC(2026, 10, 24))).toBe(-300);
  expect(zoneOffsetMinutes('Asia/Kolkata', Date.UTC(2026, 10, 24))).toBe(330);
  expect(zoneOffsetMinutes('UTC', Date.UTC(2026, 10, 24))).toBe(0);
  expect(isTimeZone('Europe/Nowhere')).toBe(false);
});
