import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocateFefo, type FefoLot, isLotExpired, isLotUsable, orderFefo, skipsEarlierExpiry } from './fefo.ts';

const TODAY = '2026-11-24';
const aLot = (lotId: string, over: Partial<FefoLot> = {}): FefoLot => ({
  lotId,
  expiryOn: '2027-06-30',
  receivedAt: 1000,
  onHandUnits: 10,
  isQuarantined: false,
  isRecalled: false,
  ...over,
});

test('[I4] order is expiry, then receipt time, then id; an unknown expiry comes last', () => {
  const lots = [
    aLot('unknown', { expiryOn: null }),
    aLot('b'),
    aLot('a'),
    aLot('older', { receivedAt: 1 }),
    aLot('soon', { expiryOn: '2026-12-31', receivedAt: 9000 }),
  ];
  expect(orderFefo(lots, TODAY).map((lot) => lot.lotId)).toEqual(['soon', 'older', 'a', 'b', 'unknown']);
});

test('[I4] expired, quarantined and recalled lots are skipped; the expiry date itself is usable', () => {
  expect(isLotExpired({ expiryOn: '2026-11-24' }, TODAY)).toBe(false);
  expect(isLotExpired({ expiryOn: '2026-11-23' }, TODAY)).toBe(true);
  expect(isLotExpired({ expiryOn: null }, TODAY)).toBe(false);
  const lots = [
    aLot('expired', { expiryOn: '2026-11-23' }),
    aLot('held', { isQuarantined: true }),
    aLot('recalled', { isRecalled: true }),
    aLot('good'),
  ];
  expect(allocateFefo(lots, 4, TODAY)).toEqual({ allocations: [{ lotId: 'good', units: 4 }], shortUnits: 0 });
});

test('[I4] a quantity runs over into the next lot, and what no lot holds is short', () => {
  const lots = [aLot('second', { expiryOn: '2027-02-28' }), aLot('first', { expiryOn: '2026-12-31', onHandUnits: 3 })];
  expect(allocateFefo(lots, 5, TODAY)).toEqual({
    allocations: [
      { lotId: 'first', units: 3 },
      { lotId: 'second', units: 2 },
    ],
    shortUnits: 0,
  });
  expect(allocateFefo(lots, 20, TODAY).shortUnits).toBe(7);
  expect(allocateFefo([aLot('below', { onHandUnits: -4 })], 2, TODAY)).toEqual({ allocations: [], shortUnits: 2 });
});

test('[I4] a manual choice needs a reason only when it skips an earlier expiry that is there', () => {
  const lots = [aLot('early', { expiryOn: '2026-12-31' }), aLot('late'), aLot('late-too')];
  expect(skipsEarlierExpiry(lots, 'late', TODAY)).toBe(true);
  expect(skipsEarlierExpiry(lots, 'early', TODAY)).toBe(false);
  expect(skipsEarlierExpiry([aLot('late'), aLot('late-too')], 'late-too', TODAY)).toBe(false);
  expect(skipsEarlierExpiry([aLot('gone', { expiryOn: '2026-12-31', onHandUnits: 0 }), aLot('late')], 'late', TODAY)).toBe(false);
  expect(skipsEarlierExpiry([aLot('old', { expiryOn: '2026-01-31' }), aLot('late')], 'late', TODAY)).toBe(false);
  expect(skipsEarlierExpiry([aLot('dated'), aLot('unknown', { expiryOn: null })], 'unknown', TODAY)).toBe(true);
  expect(skipsEarlierExpiry(lots, 'elsewhere', TODAY)).toBe(false);
});

test('[I4] allocations add up, come only from usable lots, skip no earlier stock and do not depend on input order', () => {
  const anyLot = fc.record({
    lotId: fc.uuid(),
    expiryOn: fc.constantFrom(null, '2026-10-31', '2026-11-24', '2026-12-31', '2027-06-30'),
    receivedAt: fc.nat({ max: 3 }),
    onHandUnits: fc.integer({ min: -5, max: 20 }),
    isQuarantined: fc.boolean(),
    isRecalled: fc.boolean(),
  });
  const lotsArbitrary = fc.uniqueArray(anyLot, { selector: (lot) => lot.lotId, maxLength: 12 });
  fc.assert(
    fc.property(lotsArbitrary, fc.nat({ max: 100 }), (lots, units) => {
      const { allocations, shortUnits } = allocateFefo(lots, units, TODAY);
      expect(allocations.reduce((sum, one) => sum + one.units, shortUnits)).toBe(units);
      expect(allocateFefo(lots.toReversed(), units, TODAY)).toEqual({ allocations, shortUnits });
      const taken = new Map(allocations.map((one) => [one.lotId, one.units]));
      const left = lots.map((lot) => ({ ...lot, onHandUnits: lot.onHandUnits - (taken.get(lot.lotId) ?? 0) }));
      for (const lot of lots) expect(!taken.has(lot.lotId) || isLotUsable(lot, TODAY)).toBe(true);
      for (const { lotId } of allocations) expect(skipsEarlierExpiry(left, lotId, TODAY)).toBe(false);
    }),
  );
});
