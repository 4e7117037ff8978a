import { computeGs1CheckDigit } from '#schema/domain/identifiers.ts';
import type { ItemFields } from '#schema/records/item.ts';

/** Some three hundred invented products: no brand of anybody's, believable enough to look at. The same every time. */

const SUBSTANCES = [
  ['Paracetamol', 'Paramol', 'N02BE01'],
  ['Ibuprofen', 'Ibulor', 'M01AE01'],
  ['Amoxicillin', 'Amoxaline', 'J01CA04'],
  ['Metformin', 'Glucoval', 'A10BA02'],
  ['Amlodipine', 'Amlocard', 'C08CA01'],
  ['Omeprazole', 'Omegast', 'A02BC01'],
  ['Atorvastatin', 'Atorlip', 'C10AA05'],
  ['Salbutamol', 'Salbair', 'R03AC02'],
  ['Levothyroxine', 'Thyrolan', 'H03AA01'],
  ['Cetirizine', 'Cetallerg', 'R06AE07'],
  ['Ramipril', 'Ramicor', 'C09AA05'],
  ['Diclofenac', 'Diclogel', 'M02AA15'],
  ['Loratadine', 'Loraclear', 'R06AX13'],
  ['Furosemide', 'Furosol', 'C03CA01'],
  ['Prednisolone', 'Predniva', 'H02AB06'],
] as const;
const STRENGTHS = ['5 mg', '10 mg', '20 mg', '50 mg', '100 mg'] as const;
const PACKS = [
  { form: 'tablet', unitsPerPack: 10 },
  { form: 'tablet', unitsPerPack: 30 },
  { form: 'capsule', unitsPerPack: 28 },
  { form: 'oral solution', unitsPerPack: 1 },
] as const;
/** First digits of an invented GTIN: the range GS1 sets aside for use inside a shop. */
const IN_STORE_PREFIX = '0200000';

/** Arguments of `item.add` for each demo product. */
export function demoItems(): { fields: ItemFields }[] {
  return SUBSTANCES.flatMap(([substances, name, atc], s) =>
    STRENGTHS.flatMap((strength, t) =>
      PACKS.map(({ form, unitsPerPack }, p) => {
        const number = (s * STRENGTHS.length + t) * PACKS.length + p;
        const digits = `${IN_STORE_PREFIX}${String(number).padStart(6, '0')}`;
        const isNarcotic = number % 71 === 70;
        return {
          fields: {
            name: `${name} ${strength}`,
            form,
            route: 'oral',
            substances,
            strength,
            packLabel: unitsPerPack === 1 ? '1 bottle of 200 ml' : `${unitsPerPack} ${form}s`,
            unitsPerPack,
            atc,
            schedule: isNarcotic ? ('narcotic' as const) : s % 3 === 0 ? ('none' as const) : ('list_1' as const),
            coldChain: number % 37 === 36,
            identifiers: [{ scheme: 'gtin' as const, value: `${digits}${computeGs1CheckDigit(digits)}` }],
            // A few without a price ask at their first sale.
            packPriceMinor: number % 53 === 52 ? null : 180 + ((number * 137) % 2_900),
            packCostMinor: null,
            vatRateBp: null,
            holder: 'Demo Laboratories',
          },
        };
      }),
    ),
  );
}
