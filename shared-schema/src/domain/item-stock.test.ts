import { expect, test } from 'vitest';
import { summariseItemStock } from './item-stock.ts';

const lot = (onHandUnits: number, expiryOn: string | null, status: 'usable' | 'quarantined' | 'recalled' = 'usable') => ({
  onHandUnits,
  expiryOn,
  status,
});

test('[I4] usable, expired and held back add up to what is on hand', () => {
  const lots = [
    lot(10, '2027-01-31'),
    lot(4, '2026-11-23'),
    lot(3, '2026-11-22'),
    lot(5, '2026-01-01', 'recalled'),
    lot(2, null, 'quarantined'),
    lot(1, null),
  ];
  expect(summariseItemStock(lots, '2026-11-23')).toEqual({
    onHandUnits: 25,
    usableUnits: 15,
    expiredUnits: 3,
    heldUnits: 7,
    nextExpiryOn: '2026-11-23',
    isBelowZero: false,
  });
});

test('[I6] a lot below zero is shown, not hidden; an empty lot has no next expiry', () => {
  expect(summariseItemStock([lot(-2, '2026-12-31'), lot(0, '2026-12-30'), lot(5, '2027-12-31')], '2026-11-23')).toMatchObject({
    onHandUnits: 3,
    nextExpiryOn: '2027-12-31',
    isBelowZero: true,
  });
  expect(summariseItemStock([], '2026-11-23')).toMatchObject({ onHandUnits: 0, nextExpiryOn: null });
});
