/**
 * Money is an integer number of minor units plus a currency [M1]. No amount is ever a float: products go through BigInt, typed text
 * is read digit by digit, and every sum that would leave the safe integers throws.
 */
import { z } from 'zod';
import { assert } from './assert.ts';
import { err, ok, type Result } from './result.ts';

/** Every currency a till may use, with its ISO 4217 exponent (number of decimal digits of a major unit). Source: M1. */
export const CURRENCIES = {
  EUR: { exponent: 2 },
  USD: { exponent: 2 },
  GBP: { exponent: 2 },
  CHF: { exponent: 2 },
  XOF: { exponent: 0 },
  MAD: { exponent: 2 },
  INR: { exponent: 2 },
  TND: { exponent: 3 },
} as const;

/** ISO 4217 code of a supported currency. */
export type Currency = keyof typeof CURRENCIES;

/** Accepts exactly the codes of `CURRENCIES`. */
export const currencySchema = z.enum(['EUR', 'USD', 'GBP', 'CHF', 'XOF', 'MAD', 'INR', 'TND']);

/** A signed amount in minor units: a safe integer. */
export const minorSchema = z.int();

/** An amount that cannot be negative, such as a price, a tender or a counted drawer. Minor units. */
export const nonNegativeMinorSchema = z.int().nonnegative();

/** An amount with its currency. Inside one till session the currency is known, and plain minor units are enough. */
export const moneySchema = z.strictObject({ amountMinor: minorSchema, currency: currencySchema });
export type Money = z.infer<typeof moneySchema>;

/** a + b in minor units of one currency. Throws when the sum is no safe integer. */
export function addMinor(aMinor: number, bMinor: number): number {
  const sumOfBoth = aMinor + bMinor;
  assert(Number.isSafeInteger(sumOfBoth), `amount outside safe integers: ${aMinor} + ${bMinor}`);
  return sumOfBoth;
}

/** Σ of amounts in minor units of one currency; 0 for none. Throws when a partial sum is no safe integer. */
export function sumMinor(amounts: Iterable<number>): number {
  let totalMinor = 0;
  for (const amountMinor of amounts) totalMinor = addMinor(totalMinor, amountMinor);
  return totalMinor;
}

/** The opposite amount; 0 stays 0, never −0, which canonical JSON and `Object.is` would tell apart. */
export function negateMinor(amountMinor: number): number {
  return 0 - amountMinor;
}

/** a + b. Throws on two currencies (a programming fault: one session has one currency, M1) and beyond safe integers. */
export function addMoney(a: Money, b: Money): Money {
  assert(a.currency === b.currency, `cannot add ${a.currency} and ${b.currency}`);
  return { amountMinor: addMinor(a.amountMinor, b.amountMinor), currency: a.currency };
}

/** Minor units in one major unit: 100 for EUR, 1 for XOF, 1000 for TND. */
export function minorPerMajor(currency: Currency): number {
  return 10 ** CURRENCIES[currency].exponent;
}

/**
 * round half up(a × b ÷ divisor), exact for any safe integers. A negative product mirrors the positive one (half away from zero), so
 * that a refund is always the exact opposite of its sale [M0]. Throws when divisor ≤ 0 or the result is no safe integer.
 */
export function multiplyDivideRoundHalfUp(a: number, b: number, divisor: number): number {
  assert(divisor > 0, `divisor must be positive: ${divisor}`);
  const product = BigInt(a) * BigInt(b);
  const magnitude = product < 0n ? -product : product;
  const by = BigInt(divisor);
  const rounded = (2n * magnitude + by) / (2n * by);
  const result = Number(product < 0n ? -rounded : rounded);
  assert(Number.isSafeInteger(result), `amount outside safe integers: ${a} × ${b} ÷ ${divisor}`);
  return result;
}

/** Why typed text is not an amount. */
export type ParseAmountError = {
  readonly code: 'amount_empty' | 'amount_not_a_number' | 'amount_too_precise' | 'amount_too_large';
};

const GROUP_SEPARATORS = "[ \\u00a0\\u2009\\u202f'\\u2019]";
const AMOUNT = new RegExp(`^([-\\u2212]?)(\\d+|\\d{1,3}(?:${GROUP_SEPARATORS}\\d{3})+)?(?:[.,](\\d+))?$`);
const POINT_GROUPED = /^([-\u2212]?)(\d{1,3}(?:\.\d{3})+),(\d+)$/;
const COMMA_GROUPED = /^([-\u2212]?)(\d{1,3}(?:,\d{3})+)\.(\d+)$/;
const SAFE_DIGITS_MAX = 16;

/**
 * Reads an amount as a person types it: `12,50`, `12.5`, `,50`, `1 234,50`, `1'234.50`, `1.234,50`, `-3`. A single point or comma is
 * always the decimal mark, and more digits after it than the currency has are refused, never rounded: `1.234` EUR could be meant as
 * one thousand. Returns minor units. Errors in order of precedence: amount_empty, amount_not_a_number, amount_too_precise,
 * amount_too_large (no safe integer). Source: M1.
 */
export function parseAmountMinor(text: string, currency: Currency): Result<number, ParseAmountError> {
  const trimmed = text.trim();
  if (trimmed === '') return err({ code: 'amount_empty' });
  const match = AMOUNT.exec(trimmed) ?? POINT_GROUPED.exec(trimmed) ?? COMMA_GROUPED.exec(trimmed);
  if (match === null) return err({ code: 'amount_not_a_number' });
  const [, sign = '', whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return err({ code: 'amount_not_a_number' });
  const { exponent } = CURRENCIES[currency];
  if (fraction.length > exponent) return err({ code: 'amount_too_precise' });
  const digits = (whole.replace(/\D/g, '') + fraction.padEnd(exponent, '0')).replace(/^0+/, '');
  if (digits.length > SAFE_DIGITS_MAX) return err({ code: 'amount_too_large' });
  const magnitude = Number(digits);
  if (!Number.isSafeInteger(magnitude)) return err({ code: 'amount_too_large' });
  return ok(sign === '' ? magnitude : negateMinor(magnitude));
}

/** Plain decimal text with a point and all digits of the currency (`-12.50`, `500` XOF), for files and logs; screens format in `ui/`. */
export function formatAmountPlain(amountMinor: number, currency: Currency): string {
  const { exponent } = CURRENCIES[currency];
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, '0');
  const sign = amountMinor < 0 ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
