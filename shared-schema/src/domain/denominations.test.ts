import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Currency, currencySchema } from '../money.ts';
import {
  countableDenominations,
  DENOMINATIONS,
  type Denomination,
  denominationKey,
  denominationStateOn,
  sumDenominations,
} from './denominations.ts';

const valuesOf = (currency: Currency, kind: 'coin' | 'note') =>
  countableDenominations(currency, '2026-11-24')
    .filter((one) => one.kind === kind)
    .map((one) => one.valueMinor);

test('[M3] 500 XOF is a coin and a note, counted apart', () => {
  expect(valuesOf('XOF', 'coin')).toEqual([500, 250, 200, 100, 50, 25, 10, 5, 1]);
  expect(valuesOf('XOF', 'note')).toEqual([10_000, 5000, 2000, 1000, 500]);
  const counts = [
    { kind: 'coin' as const, valueMinor: 500, count: 3 },
    { kind: 'note' as const, valueMinor: 500, count: 2 },
  ];
  expect(sumDenominations('XOF', counts)).toEqual({ ok: true, value: 2500 });
});

test('[M3] 10 and 20 INR are coins and notes, and 2000 INR is accepted', () => {
  expect(valuesOf('INR', 'coin')).toEqual([2000, 1000, 500, 200, 100]);
  expect(valuesOf('INR', 'note')).toEqual([200_000, 50_000, 20_000, 10_000, 5000, 2000, 1000]);
});

test('[M3] 500 EUR is issued until 2019-04-26 and accepted from then on', () => {
  const note = DENOMINATIONS.find((one) => one.currency === 'EUR' && one.valueMinor === 50_000);
  expect(note && denominationStateOn(note, '2019-04-26')).toBe('issued');
  expect(note && denominationStateOn(note, '2019-04-27')).toBe('accepted');
  expect(valuesOf('EUR', 'note')).toEqual([50_000, 20_000, 10_000, 5000, 2000, 1000, 500]);
  expect(valuesOf('EUR', 'coin')).toEqual([200, 100, 50, 20, 10, 5, 2, 1]);
});

test('[M3] a denomination may be accepted, then withdrawn', () => {
  const changes: Denomination['changes'] = [
    { fromOn: '2020-01-01', state: 'accepted' },
    { fromOn: '2024-07-01', state: 'withdrawn' },
  ];
  const note: Denomination = { currency: 'GBP', kind: 'note', valueMinor: 100, changes };
  expect(denominationStateOn(note, '2019-12-31')).toBe('issued');
  expect(denominationStateOn(note, '2024-06-30')).toBe('accepted');
  expect(denominationStateOn(note, '2024-07-01')).toBe('withdrawn');
});

test('[M3] Swiss cash has no 1 and 2 centimes, and Moroccan cash starts at 10', () => {
  expect(sumDenominations('CHF', [{ kind: 'coin', valueMinor: 1, count: 1 }])).toEqual({
    ok: false,
    error: { code: 'unknown_denomination', kind: 'coin', valueMinor: 1 },
  });
  expect(valuesOf('MAD', 'coin')).toEqual([1000, 500, 200, 100, 50, 20, 10]);
  expect(valuesOf('MAD', 'note')).toEqual([20_000, 10_000, 5000, 2000]);
});

test('[M3] a 5 EUR coin, a repeated row and a broken count are refused, naming the row', () => {
  expect(sumDenominations('EUR', [{ kind: 'coin', valueMinor: 500, count: 1 }])).toMatchObject({
    error: { code: 'unknown_denomination' },
  });
  const twice = { kind: 'note' as const, valueMinor: 500, count: 1 };
  expect(sumDenominations('EUR', [twice, twice])).toMatchObject({ error: { code: 'repeated_denomination', valueMinor: 500 } });
  expect(sumDenominations('EUR', [{ ...twice, count: -1 }])).toMatchObject({ error: { code: 'count_not_whole' } });
  expect(sumDenominations('EUR', [{ ...twice, count: 0.5 }])).toMatchObject({ error: { code: 'count_not_whole' } });
  expect(sumDenominations('EUR', [])).toEqual({ ok: true, value: 0 });
});

test('[M3] the table has no key twice, and every amount it can pay is counted exactly', () => {
  for (const currency of currencySchema.options) {
    const keys = DENOMINATIONS.filter((one) => one.currency === currency).map(denominationKey);
    expect(new Set(keys).size).toBe(keys.length);
  }
  fc.assert(
    fc.property(fc.constantFrom(...currencySchema.options), fc.infiniteStream(fc.nat({ max: 1000 })), (currency, stream) => {
      const counts = countableDenominations(currency, '2026-01-01').map((one) => {
        const count: number = stream.next().value;
        return { kind: one.kind, valueMinor: one.valueMinor, count };
      });
      const expected = counts.reduce((sum, one) => sum + one.valueMinor * one.count, 0);
      expect(sumDenominations(currency, counts)).toEqual({ ok: true, value: expected });
    }),
  );
});
