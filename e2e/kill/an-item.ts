import type { MutationArgs } from '#schema/mutations/registry.ts';

/** A product as `item.add` takes it. */
export function itemOf(i: number, packPriceMinor: number): MutationArgs<'item.add'>['fields'] {
  return {
    name: `Item ${i}`,
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
    packPriceMinor,
    packCostMinor: null,
    vatRateBp: 210,
    holder: '',
  };
}
