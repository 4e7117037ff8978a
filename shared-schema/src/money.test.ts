import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addMoney,
  CURRENCIES,
  type Currency,
  currencySchema,
  formatAmountPlain,
  minorSchema,
  moneySchema,
  multiplyDivideRoundHalfUp,
  negateMinor,
  parseAmountMinor,
  sumMinor,
} from './money.ts';

const safeInteger = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const anyCurrency = fc.constantFrom<Currency>(...currencySchema.options);

test('[M1] each currency has the exponent of ISO 4217', () => {
  expect(Object.fromEntries(currencySchema.options.map((code) => [code, CURRENCIES[code].exponent]))).toEqual({
    EUR: 2,
    USD: 2,
    GBP: 2,
    CHF: 2,
    XOF: 0,
    MAD: 2,
    INR: 2,
    TND: 3,
  });
});

test('[M1] adding two currencies throws; adding one currency adds minor units', () => {
  expect(addMoney({ amountMinor: 250, currency: 'EUR' }, { amountMinor: -50, currency: 'EUR' })).toEqual({
    amountMinor: 200,
    currency: 'EUR',
  });
  expect(() => addMoney({ amountMinor: 1, currency: 'EUR' }, { amountMinor: 1, currency: 'CHF' })).toThrow(
    'cannot add EUR and CHF',
  );
});

test('[M1] sums beyond safe integers throw instead of losing a cent', () => {
  expect(sumMinor([])).toBe(0);
  expect(() => sumMinor([Number.MAX_SAFE_INTEGER, 1])).toThrow('safe integers');
  expect(negateMinor(0)).toBe(0);
});

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1'])('[M1] %s is not an amount', (value) => {
  expect(minorSchema.safeParse(value).success).toBe(false);
});

test('[M1] an amount with an unknown key or currency is refused', () => {
  expect(moneySchema.safeParse({ amountMinor: 1, currency: 'EUR', note: 'x' }).success).toBe(false);
  expect(moneySchema.safeParse({ amountMinor: 1, currency: 'DEM' }).success).toBe(false);
});

describe('parseAmountMinor', () => {
  test.each<[string, Currency, number]>([
    ['12,50', 'EUR', 1250],
    ['12.5', 'EUR', 1250],
    ['1 234,50', 'EUR', 123450],
    ['1\u202f234,50', 'EUR', 123450],
    ["1'234.50", 'CHF', 123450],
    ['1.234,50', 'EUR', 123450],
    ['1,234,567.89', 'USD', 123456789],
    [',5', 'EUR', 50],
    ['-3', 'EUR', -300],
    ['\u22120,05', 'EUR', -5],
    ['-0', 'EUR', 0],
    ['0007', 'EUR', 700],
    ['  500 ', 'XOF', 500],
    ['1 000 000', 'XOF', 1_000_000],
    ['12,345', 'TND', 12345],
    ['90071992547409.91', 'EUR', Number.MAX_SAFE_INTEGER],
  ])('reads %j %s as %i', (text, currency, expectedMinor) => {
    expect(parseAmountMinor(text, currency)).toEqual({ ok: true, value: expectedMinor });
  });

  test.each<[string, Currency, string]>([
    ['', 'EUR', 'amount_empty'],
    ['   ', 'EUR', 'amount_empty'],
    ['12,', 'EUR', 'amount_not_a_number'],
    [',', 'EUR', 'amount_not_a_number'],
    ['-', 'EUR', 'amount_not_a_number'],
    ['1 23', 'EUR', 'amount_not_a_number'],
    ['1e3', 'EUR', 'amount_not_a_number'],
    ['١٢', 'EUR', 'amount_not_a_number'],
    ['12,5€', 'EUR', 'amount_not_a_number'],
    ['1,2,3', 'EUR', 'amount_not_a_number'],
    ['12.505', 'EUR', 'amount_too_precise'],
    ['12.500', 'EUR', 'amount_too_precise'],
    ['1.5', 'XOF', 'amount_too_precise'],
    ['90071992547409.92', 'EUR', 'amount_too_large'],
    ['9'.repeat(10_000), 'EUR', 'amount_too_large'],
  ])('refuses %j %s as %s', (text, currency, code) => {
    expect(parseAmountMinor(text, currency)).toEqual({ ok: false, error: { code } });
  });

  test('[M1] what is written plainly is read back exactly, with either decimal mark', () => {
    fc.assert(
      fc.property(safeInteger, anyCurrency, (amountMinor, currency) => {
        const text = formatAmountPlain(amountMinor, currency);
        expect(parseAmountMinor(text, currency)).toEqual({ ok: true, value: amountMinor });
        expect(parseAmountMinor(text.replace('.', ','), currency)).toEqual({ ok: true, value: amountMinor });
      }),
    );
  });

  test('any text is either refused with a code or a safe integer', () => {
    fc.assert(
      fc.property(fc.string(), anyCurrency, (text, currency) => {
        const parsed = parseAmountMinor(text, currency);
        expect(parsed.ok ? Number.isSafeInteger(parsed.value) : parsed.error.code.startsWith('amount_')).toBe(true);
      }),
    );
  });
});

test('amounts are written with all digits of their currency', () => {
  expect(formatAmountPlain(-5, 'EUR')).toBe('-0.05');
  expect(formatAmountPlain(1250, 'EUR')).toBe('12.50');
  expect(formatAmountPlain(-500, 'XOF')).toBe('-500');
  expect(formatAmountPlain(1, 'TND')).toBe('0.001');
});

test('[M0] products are exact where doubles are not, half rounds up, and negatives mirror positives', () => {
  expect(multiplyDivideRoundHalfUp(9_007_199_254_740_991, 3, 3)).toBe(9_007_199_254_740_991);
  expect(multiplyDivideRoundHalfUp(5, 1, 2)).toBe(3);
  expect(multiplyDivideRoundHalfUp(-5, 1, 2)).toBe(-3);
  expect(multiplyDivideRoundHalfUp(1, 1, 3)).toBe(0);
  expect(() => multiplyDivideRoundHalfUp(1, 1, 0)).toThrow('divisor');
  expect(() => multiplyDivideRoundHalfUp(Number.MAX_SAFE_INTEGER, 2, 1)).toThrow('safe integers');
});
