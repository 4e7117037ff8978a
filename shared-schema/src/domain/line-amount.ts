/** Line amounts and the VAT inside them [M0]. Prices include VAT; rates are basis points (210 = 2.10 %). */
import { z } from 'zod';
import { multiplyDivideRoundHalfUp, sumMinor } from '../money.ts';
import { splitByLargestRemainder } from './largest-remainder.ts';

/** A VAT rate in basis points: 0 to 100 %. */
export const vatRateBpSchema = z.int().min(0).max(10_000);

/**
 * round half up(pack price × units ÷ units per pack), in minor units, VAT included. Negative units give the exact opposite of positive
 * ones. Throws when `unitsPerPack` is not positive. Source: M0.
 */
export function computeLineAmountMinor(line: { packPriceMinor: number; units: number; unitsPerPack: number }): number {
  return multiplyDivideRoundHalfUp(line.packPriceMinor, line.units, line.unitsPerPack);
}

/** The VAT inside a gross amount, rounded half up to the minor unit. Source: M0. */
export function computeIncludedVatMinor(grossMinor: number, vatRateBp: number): number {
  return multiplyDivideRoundHalfUp(grossMinor, vatRateBp, 10_000 + vatRateBp);
}

/** A ticket's turnover at one rate; gross = net + VAT. Minor units. */
export interface VatTotal {
  readonly vatRateBp: number;
  readonly grossMinor: number;
  readonly netMinor: number;
  readonly vatMinor: number;
}

/**
 * VAT of a ticket: per rate on the sum of its lines, rates ascending; then split over the lines of that rate by largest remainder, so
 * that `lineVatMinor` (in line order) adds up to the rates' totals. Line amounts must not be negative. Source: M0.
 */
export function computeTicketVat(lines: readonly { readonly grossMinor: number; readonly vatRateBp: number }[]): {
  readonly perRate: readonly VatTotal[];
  readonly lineVatMinor: readonly number[];
} {
  const lineVatMinor = lines.map(() => 0);
  const rates = [...new Set(lines.map((line) => line.vatRateBp))].toSorted((a, b) => a - b);
  const perRate = rates.map((vatRateBp): VatTotal => {
    const ofRate = lines.flatMap((line, index) => (line.vatRateBp === vatRateBp ? [{ index, grossMinor: line.grossMinor }] : []));
    const amounts = ofRate.map((line) => line.grossMinor);
    const grossMinor = sumMinor(amounts);
    const vatMinor = computeIncludedVatMinor(grossMinor, vatRateBp);
    const parts = splitByLargestRemainder(vatMinor, amounts);
    for (const [position, line] of ofRate.entries()) lineVatMinor[line.index] = parts[position] ?? 0;
    return { vatRateBp, grossMinor, netMinor: grossMinor - vatMinor, vatMinor };
  });
  return { perRate, lineVatMinor };
}
