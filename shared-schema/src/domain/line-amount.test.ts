import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { computeIncludedVatMinor, computeLineAmountMinor, computeTicketVat, vatRateBpSchema } from './line-amount.ts';

test('[M0] a line is the pack price times units over pack size, half up', () => {
  expect(computeLineAmountMinor({ packPriceMinor: 459, units: 30, unitsPerPack: 30 })).toBe(459);
  expect(computeLineAmountMinor({ packPriceMinor: 459, units: 10, unitsPerPack: 30 })).toBe(153);
  expect(computeLineAmountMinor({ packPriceMinor: 101, units: 1, unitsPerPack: 2 })).toBe(51);
  expect(computeLineAmountMinor({ packPriceMinor: 100, units: 1, unitsPerPack: 3 })).toBe(33);
  expect(computeLineAmountMinor({ packPriceMinor: 0, units: 1, unitsPerPack: 3 })).toBe(0);
});

test('[M0] whole packs are exact, a return is the exact opposite, and a line is within half a minor unit', () => {
  const price = fc.nat({ max: 1_000_000_000 });
  fc.assert(
    fc.property(price, fc.integer({ min: 1, max: 100_000 }), fc.nat({ max: 100_000 }), (packPriceMinor, unitsPerPack, units) => {
      const amount = computeLineAmountMinor({ packPriceMinor, units, unitsPerPack });
      expect(computeLineAmountMinor({ packPriceMinor, units: -units, unitsPerPack })).toBe(0 - amount);
      const twiceError = 2n * (BigInt(amount) * BigInt(unitsPerPack) - BigInt(packPriceMinor) * BigInt(units));
      expect(twiceError > -BigInt(unitsPerPack) && twiceError <= BigInt(unitsPerPack)).toBe(true);
      expect(computeLineAmountMinor({ packPriceMinor, units: unitsPerPack * 7, unitsPerPack })).toBe(packPriceMinor * 7);
    }),
  );
});

test('[M0] VAT is inside the price', () => {
  expect(computeIncludedVatMinor(1021, 210)).toBe(21);
  expect(computeIncludedVatMinor(1200, 2000)).toBe(200);
  expect(computeIncludedVatMinor(1200, 0)).toBe(0);
});

test('[M0] VAT is computed per rate on the ticket and split by largest remainder', () => {
  const lines = [
    { grossMinor: 100, vatRateBp: 2000 },
    { grossMinor: 333, vatRateBp: 210 },
    { grossMinor: 100, vatRateBp: 2000 },
    { grossMinor: 100, vatRateBp: 2000 },
  ];
  // Per line 16.67 would round to 17 three times (51); on the ticket 300 holds 50.
  expect(computeTicketVat(lines)).toEqual({
    perRate: [
      { vatRateBp: 210, grossMinor: 333, netMinor: 326, vatMinor: 7 },
      { vatRateBp: 2000, grossMinor: 300, netMinor: 250, vatMinor: 50 },
    ],
    lineVatMinor: [17, 7, 17, 16],
  });
});

test('[M0] the VAT of the lines adds up to the VAT of the rates', () => {
  const line = fc.record({ grossMinor: fc.nat({ max: 1_000_000 }), vatRateBp: fc.constantFrom(0, 210, 550, 1000, 2000) });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const { perRate, lineVatMinor } = computeTicketVat(lines);
      for (const rate of perRate) {
        const ofRate = lineVatMinor.filter((_, index) => lines[index]?.vatRateBp === rate.vatRateBp);
        expect(ofRate.reduce((sum, vat) => sum + vat, 0)).toBe(rate.vatMinor);
        expect(rate.netMinor + rate.vatMinor).toBe(rate.grossMinor);
      }
    }),
  );
});

test('a VAT rate is whole basis points up to 100 %', () => {
  expect(vatRateBpSchema.safeParse(210).success).toBe(true);
  expect(vatRateBpSchema.safeParse(2.1).success).toBe(false);
  expect(vatRateBpSchema.safeParse(-1).success).toBe(false);
});
