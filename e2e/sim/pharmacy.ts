import { defaultShop } from '#schema/domain/default-shop.ts';
import { recordIdOf } from '#schema/ids.ts';
import type { ShopSettings } from '#schema/records/shop.ts';
import { plainItem } from '#schema/testing/plain-item.ts';
import type { ServerAct } from '#server/apply/apply-mutations.ts';

/** Settings of the simulated pharmacy: amounts in euro cents, one unit a pack, so that a person's figures are simple. */
export const SIM_SHOP: ShopSettings = {
  ...defaultShop({ country: 'FR', currency: 'EUR', timeZone: 'Europe/Paris', createdOn: '2026-11-23' }),
  name: 'Simulated pharmacy',
};

const TILLS = 3;
const ITEMS = 10;
/** Few lots with few units, so that tablets get in each other's way. */
const LOT_UNITS = 25;

type OpeningAct = Pick<ServerAct, 'name' | 'args'>;

/** Tills, products and their stock, made by the import channel after the `made` acts it has made before. */
export function openingActs(importDeviceId: string, made: number): readonly (readonly OpeningAct[])[] {
  const tills = Array.from({ length: TILLS }, (_, i) => ({ name: 'till.add', args: { name: `Till ${i + 1}` } }));
  const items = Array.from({ length: ITEMS }, (_, i) => ({
    name: 'item.add',
    args: { fields: plainItem({ name: `Item ${i + 1}`, packPriceMinor: 100 * (i + 1) }) },
  }));
  const lines = items.flatMap((_, i) =>
    ['2027-01-31', '2027-06-30'].map((expiryOn, lot) => ({
      itemId: recordIdOf(importDeviceId, made + TILLS + i + 1, 0),
      lotText: `L${lot + 1}`,
      expiryOn,
      units: LOT_UNITS,
      packCostMinor: null,
    })),
  );
  return [[...tills, ...items], [{ name: 'stock.receive', args: { reference: null, lines } }]];
}
