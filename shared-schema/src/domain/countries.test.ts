import { expect, test } from 'vitest';
import { currencySchema } from '../money.ts';
import { COUNTRY_CODES, countryDefaults, countryOfTimeZone } from './countries.ts';
import { shopCountrySchema } from './default-shop.ts';

test('every country stands once, under a code that a pharmacy may have', () => {
  expect(COUNTRY_CODES).toHaveLength(249);
  expect(new Set(COUNTRY_CODES).size).toBe(249);
  for (const country of COUNTRY_CODES) expect(shopCountrySchema.safeParse(country).success).toBe(true);
});

test('[M1] currency and time zone follow from the country where they are known, and every currency has one', () => {
  expect(countryDefaults('FR')).toEqual({ currency: 'EUR', timeZone: 'Europe/Paris' });
  expect(countryDefaults('CI')).toEqual({ currency: 'XOF', timeZone: 'Africa/Abidjan' });
  expect(countryDefaults('US')).toEqual({ currency: 'USD', timeZone: null });
  expect(countryDefaults('JP')).toBeNull();
  const currencies = new Set(COUNTRY_CODES.flatMap((country) => countryDefaults(country)?.currency ?? []));
  expect([...currencies].toSorted()).toEqual([...currencySchema.options].toSorted());
});

test('a time zone names its country, when it is that country’s own', () => {
  expect(countryOfTimeZone('Africa/Dakar')).toBe('SN');
  expect(countryOfTimeZone('America/New_York')).toBeNull();
  const withZone = COUNTRY_CODES.filter((country) => countryDefaults(country)?.timeZone != null);
  expect(withZone.map((country) => countryOfTimeZone(countryDefaults(country)?.timeZone ?? ''))).toEqual(withZone);
});
