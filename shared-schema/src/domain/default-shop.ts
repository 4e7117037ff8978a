import { z } from 'zod';
import type { Currency } from '../money.ts';
import type { ShopSettings } from '../records/shop.ts';
import { CUT_OFF_DEFAULT_MINUTES } from '../time.ts';
import { defaultCashRounding, FIVE_CENT_CASH_ROUNDING } from './rounding.ts';
import { defaultVarianceLimits } from './variance.ts';

/** ISO 3166-1 alpha-2. */
export const shopCountrySchema = z.string().regex(/^[A-Z]{2}$/, 'must be a two-letter country code such as FR');

/** VAT rates on what a pharmacy sells, most usual first, in basis points; elsewhere none until the owner sets them. Not checked at the issuer. */
const VAT_RATES: Readonly<Record<string, readonly [rateBp: number, name: string][]>> = {
  FR: [
    [210, '2.1 %'],
    [550, '5.5 %'],
    [1_000, '10 %'],
    [2_000, '20 %'],
  ],
  BE: [
    [600, '6 %'],
    [2_100, '21 %'],
  ],
  DE: [
    [1_900, '19 %'],
    [700, '7 %'],
  ],
  CH: [
    [260, '2.6 %'],
    [810, '8.1 %'],
  ],
  GB: [
    [0, '0 %'],
    [2_000, '20 %'],
  ],
  CI: [
    [0, '0 %'],
    [1_800, '18 %'],
  ],
};

/** Settings a new pharmacy starts with; the owner changes them later. */
export function defaultShop(choice: {
  country: string;
  currency: Currency;
  timeZone: string;
  createdOn: string;
}): Omit<ShopSettings, 'name'> {
  const vatRates = (VAT_RATES[choice.country] ?? [[0, '0 %']]).map(([rateBp, name]) => ({ rateBp, name }));
  return {
    ...choice,
    cutOffMinutes: CUT_OFF_DEFAULT_MINUTES,
    // Belgium rounds cash by law since 2019 [M2].
    cashRounding: choice.country === 'BE' ? FIVE_CENT_CASH_ROUNDING : defaultCashRounding(choice.currency),
    paymentMethods: [
      { id: 'cash', name: 'Cash', nature: 'countable', isCash: true, active: true },
      { id: 'card', name: 'Card', nature: 'statement', isCash: false, active: true },
      { id: 'insurer', name: 'Insurer', nature: 'receivable', isCash: false, active: true },
    ],
    vatRates,
    defaultVatRateBp: vatRates[0]?.rateBp ?? 0,
    varianceLimits: defaultVarianceLimits(choice.currency),
    selfApproval: false,
    sharedTills: false,
  };
}
