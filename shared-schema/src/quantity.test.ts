import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { countedUnitsSchema, opensPack, packsToUnits, sumUnits, unitsPerPackSchema, unitsToPacks } from './quantity.ts';

test('[I2] packs and loose units add up to the base units', () => {
  expect(unitsToPacks(34, 10)).toEqual({ packs: 3, looseUnits: 4 });
  expect(unitsToPacks(-13, 10)).toEqual({ packs: -1, looseUnits: -3 });
  expect(unitsToPacks(-10, 10)).toEqual({ packs: -1, looseUnits: 0 });
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (units, unitsPerPack) => {
      const { packs, looseUnits } = unitsToPacks(units, unitsPerPack);
      expect(packsToUnits(packs, unitsPerPack) + looseUnits).toBe(units);
      expect(Math.abs(looseUnits)).toBeLessThan(unitsPerPack);
    }),
  );
});

test('[I2] a fraction of a pack is no quantity of packs', () => {
  expect(() => packsToUnits(0.33, 30)).toThrow('not a whole quantity');
});

test('[I2] loose units come from the open pack while it lasts; then the next one is opened', () => {
  expect([3, 5, 6, 10, 12, 15, 16].map((units) => opensPack(95, units, 10))).toEqual([
    false, // 5 loose
    false,
    true, // a sixth
    false, // a whole pack
    false, // a whole pack and 2 loose
    false,
    true,
  ]);
  expect(opensPack(100, 1, 10)).toBe(true);
  expect(opensPack(0, 1, 10)).toBe(false);
  expect(opensPack(-4, 3, 10)).toBe(false);
  expect(opensPack(7, 1, 1)).toBe(false);
});

test('a pack holds at least one unit, and a count may be zero but not negative', () => {
  expect(unitsPerPackSchema.safeParse(0).success).toBe(false);
  expect(unitsPerPackSchema.safeParse(3_400_921_604_696).success).toBe(false);
  expect(countedUnitsSchema.safeParse(0).success).toBe(true);
  expect(countedUnitsSchema.safeParse(-1).success).toBe(false);
});

test('sums of units beyond safe integers throw', () => {
  expect(sumUnits([3, -5])).toBe(-2);
  expect(() => sumUnits([Number.MAX_SAFE_INTEGER, 1])).toThrow('safe integers');
});
