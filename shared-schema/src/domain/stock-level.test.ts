import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSharedCsv } from '../testing/shared-file.ts';
import {
  computeOnHandByLot,
  computeOnHandUnits,
  dispensesBelowZero,
  isStockSignAllowed,
  STOCK_MOVEMENT_TYPES,
  toSignedUnits,
} from './stock-level.ts';

const ledger = readSharedCsv('data/lmis_ci_monthly.csv');

test('[I5] each type has its sign', () => {
  expect(toSignedUnits('DISPENSE', 3)).toBe(-3);
  expect(toSignedUnits('RECEIPT', 3)).toBe(3);
  expect(toSignedUnits('COUNT', -2)).toBe(-2);
  expect(isStockSignAllowed('DISPENSE', 1)).toBe(false);
  expect(isStockSignAllowed('RETURN_CUSTOMER', 1)).toBe(true);
  expect(isStockSignAllowed('WASTE', 1)).toBe(false);
  fc.assert(
    fc.property(fc.constantFrom(...STOCK_MOVEMENT_TYPES), fc.integer(), (type, units) => {
      expect(isStockSignAllowed(type, toSignedUnits(type, units))).toBe(true);
    }),
  );
});

test('[I6] two tablets dispensing the last box leave −1, not 0', () => {
  expect(computeOnHandUnits([{ units: 1 }, { units: -1 }, { units: -1 }])).toBe(-1);
  expect(dispensesBelowZero(1, 1)).toBe(false);
  expect(dispensesBelowZero(0, 1)).toBe(true);
});

test('[I5] on hand is kept per lot and location, whatever the order of movements', () => {
  const movement = fc.record({
    lotId: fc.constantFrom('a', 'b'),
    locationId: fc.constantFrom('shop', 'quarantine'),
    units: fc.integer({ min: -500, max: 500 }),
  });
  fc.assert(
    fc.property(fc.array(movement), (movements) => {
      const onHand = computeOnHandByLot(movements);
      expect(computeOnHandByLot(movements.toReversed())).toEqual(onHand);
      const shopA = movements.filter((one) => one.lotId === 'a' && one.locationId === 'shop');
      expect(onHand.get('a')?.get('shop') ?? 0).toBe(computeOnHandUnits(shopA));
    }),
  );
});

test.skipIf(ledger === null)(
  `[I5] opening + received − distributed + adjustment = closing in every row of a real ledger${ledger === null ? ' (skipped: shared/data/lmis_ci_monthly.csv is absent)' : ''}`,
  () => {
    const rows = ledger ?? [];
    const broken = rows.filter((row) => {
      const movements = [
        { units: Number(row['stock_initial']) },
        { units: toSignedUnits('RECEIPT', Number(row['received'])) },
        { units: toSignedUnits('DISPENSE', Number(row['distributed'])) },
        { units: toSignedUnits('ADJUST', Number(row['adjustment'])) },
      ];
      return computeOnHandUnits(movements) !== Number(row['stock_end']);
    });
    expect(rows).toHaveLength(35_753);
    expect(broken).toEqual([]);
  },
);
