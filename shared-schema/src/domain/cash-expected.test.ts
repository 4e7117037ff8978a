import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addCashMovement,
  CASH_MOVEMENT_TYPES,
  type CashLocationKind,
  type CashMovementType,
  cashTotalsByTypeSchema,
  computeBalancesMinor,
  computeExpectedFromTotalsMinor,
  computeExpectedMinor,
  EMPTY_CASH_TOTALS,
  isCashSignAllowed,
  type LocatedCashMovement,
  sumExternalFlowsMinor,
  toSignedCashMinor,
} from './cash-expected.ts';

const anyType = fc.constantFrom(...CASH_MOVEMENT_TYPES);
const anyMovement = fc.record({ type: anyType, amountMinor: fc.integer({ min: -1_000_000, max: 1_000_000 }) });

test('[C2] expected = float + sales − refunds + paid in − paid out − petty cash − drops ± transfers + rounding', () => {
  const till = (type: (typeof CASH_MOVEMENT_TYPES)[number], magnitude: number) => ({
    type,
    amountMinor: toSignedCashMinor(type, 'till', magnitude),
  });
  const movements = [
    till('FLOAT', 15_000),
    till('SALE', 42_003),
    till('ROUNDING', 2),
    till('REFUND', 1_500),
    till('CASH_IN', 2_000),
    till('CASH_OUT', 700),
    till('PETTY_CASH', 450),
    till('SAFE_DROP', 30_000),
    till('TRANSFER_OUT', 1_000),
    till('TRANSFER_IN', 2_500),
  ];
  expect(computeExpectedMinor(movements)).toBe(27_855);
});

test('[C2] an expectation below zero is not clamped', () => {
  expect(computeExpectedMinor([{ amountMinor: 1000 }, { amountMinor: -2500 }])).toBe(-1500);
});

test('[C3] each type has its sign; a safe drop leaves the till and enters the safe', () => {
  expect(toSignedCashMinor('SAFE_DROP', 'till', 5000)).toBe(-5000);
  expect(toSignedCashMinor('SAFE_DROP', 'safe', 5000)).toBe(5000);
  expect(toSignedCashMinor('REFUND', 'till', 0)).toBe(0);
  expect(isCashSignAllowed('SALE', 'till', -1)).toBe(false);
  expect(isCashSignAllowed('REFUND', 'till', 1)).toBe(false);
  expect(isCashSignAllowed('FLOAT', 'till', 0)).toBe(true);
  expect(isCashSignAllowed('ROUNDING', 'till', -2)).toBe(true);
  expect(isCashSignAllowed('REVERSAL', 'safe', -2)).toBe(true);
  fc.assert(
    fc.property(anyType, fc.constantFrom<CashLocationKind>('till', 'safe'), fc.integer(), (type, kind, amountMinor) => {
      expect(isCashSignAllowed(type, kind, toSignedCashMinor(type, kind, amountMinor))).toBe(true);
    }),
  );
});

test('[C2] totals kept by type give the same expectation as the movements, in any order', () => {
  fc.assert(
    fc.property(fc.array(anyMovement), (movements) => {
      const totals = movements.reduce(addCashMovement, EMPTY_CASH_TOTALS);
      expect(computeExpectedFromTotalsMinor(totals)).toBe(computeExpectedMinor(movements));
      expect(movements.toReversed().reduce(addCashMovement, EMPTY_CASH_TOTALS)).toEqual(totals);
      expect(cashTotalsByTypeSchema.parse(totals)).toEqual(totals);
    }),
  );
});

/** A flow with the world, a drop, a transfer, or a reversal of either, over two tills and a safe. */
const anyEvent: fc.Arbitrary<LocatedCashMovement[]> = fc
  .record({
    kind: fc.constantFrom('flow' as const, 'drop' as const, 'transfer' as const),
    type: fc.constantFrom<CashMovementType>(
      'FLOAT',
      'SALE',
      'REFUND',
      'CASH_IN',
      'CASH_OUT',
      'PETTY_CASH',
      'BANK_DEPOSIT',
      'ROUNDING',
    ),
    amountMinor: fc.nat({ max: 1_000_000 }),
    isReversed: fc.boolean(),
  })
  .map(({ kind, type, amountMinor, isReversed }): LocatedCashMovement[] => {
    const booked = bookEvent(kind, type, amountMinor);
    if (!isReversed) return booked;
    const reversals = booked.map(
      (movement): LocatedCashMovement => ({
        ...movement,
        type: 'REVERSAL',
        reversedType: movement.type,
        amountMinor: 0 - movement.amountMinor,
      }),
    );
    return [...booked, ...reversals];
  });

function bookEvent(kind: 'flow' | 'drop' | 'transfer', type: CashMovementType, amountMinor: number): LocatedCashMovement[] {
  const booked: Record<typeof kind, LocatedCashMovement[]> = {
    flow: [{ type, locationId: 'till-1', amountMinor: toSignedCashMinor(type, 'till', amountMinor) }],
    drop: [
      { type: 'SAFE_DROP', locationId: 'till-1', amountMinor: toSignedCashMinor('SAFE_DROP', 'till', amountMinor) },
      { type: 'SAFE_DROP', locationId: 'safe', amountMinor: toSignedCashMinor('SAFE_DROP', 'safe', amountMinor) },
    ],
    transfer: [
      { type: 'TRANSFER_OUT', locationId: 'till-1', amountMinor: 0 - amountMinor },
      { type: 'TRANSFER_IN', locationId: 'till-2', amountMinor },
    ],
  };
  return booked[kind];
}

test('[C4] Σ balances of all locations = Σ external flows; drops and transfers change no total', () => {
  fc.assert(
    fc.property(fc.array(anyEvent), (events) => {
      const movements = events.flat();
      const balances = [...computeBalancesMinor(movements).values()].reduce((sum, balance) => sum + balance, 0);
      expect(balances).toBe(sumExternalFlowsMinor(movements));
    }),
  );
});
