import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CASH_MOVEMENT_TYPES, type CashLocationKind, toSignedCashMinor } from './cash-expected.ts';

const anyType = fc.constantFrom(...CASH_MOVEMENT_TYPES);

test('[C2][C3] each type has its sign; a safe drop leaves the till and enters the safe', () => {
  const inTill = (type: (typeof CASH_MOVEMENT_TYPES)[number]) => toSignedCashMinor(type, 'till', 5_000);
  expect(['FLOAT', 'SALE', 'CASH_IN', 'TRANSFER_IN'].map((type) => inTill(anyOf(type)))).toEqual([5_000, 5_000, 5_000, 5_000]);
  expect(
    ['REFUND', 'CASH_OUT', 'PETTY_CASH', 'SAFE_DROP', 'TRANSFER_OUT', 'BANK_DEPOSIT'].map((type) => inTill(anyOf(type))),
  ).toEqual([-5_000, -5_000, -5_000, -5_000, -5_000, -5_000]);
  expect(toSignedCashMinor('SAFE_DROP', 'safe', 5_000)).toBe(5_000);
  expect(toSignedCashMinor('BANK_DEPOSIT', 'safe', 5_000)).toBe(-5_000);
  expect(toSignedCashMinor('ROUNDING', 'till', -2)).toBe(-2);
  expect(toSignedCashMinor('REFUND', 'till', 0)).toBe(0);
  fc.assert(
    fc.property(anyType, fc.constantFrom<CashLocationKind>('till', 'safe'), fc.integer(), (type, kind, amountMinor) => {
      expect(Math.abs(toSignedCashMinor(type, kind, amountMinor))).toBe(Math.abs(amountMinor));
    }),
  );
});

function anyOf(type: string): (typeof CASH_MOVEMENT_TYPES)[number] {
  const known = CASH_MOVEMENT_TYPES.find((one) => one === type);
  if (!known) throw new Error(`${type} is no movement type`);
  return known;
}
