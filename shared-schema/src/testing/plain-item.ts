import type { ItemFields } from '../records/item.ts';

/** A product of one unit a pack at 5.00, as `item.add` takes it; a test says what matters to it. */
export function plainItem(fields: Partial<ItemFields> = {}): ItemFields {
  return {
    name: 'Item',
    form: '',
    route: '',
    substances: '',
    strength: '',
    packLabel: '',
    unitsPerPack: 1,
    atc: '',
    schedule: 'none',
    coldChain: false,
    identifiers: [],
    packPriceMinor: 500,
    packCostMinor: null,
    vatRateBp: null,
    holder: '',
    ...fields,
  };
}
