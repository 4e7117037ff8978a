import type { Item } from '#schema/records/item.ts';
import type { Lot } from '#schema/records/lot.ts';
import type { StockMovement } from '#schema/records/stock-movement.ts';
import { FAKE_NOW } from './fake-workspace.ts';

/** A product for tests: 16 tablets of paracetamol at 2.50, GTIN 03400930000120. */
export function anItem(changes: Partial<Item> = {}): Item {
  return {
    id: 'item-1',
    name: 'Doliro 500 mg',
    form: 'tablet',
    route: 'oral',
    substances: 'paracetamol',
    strength: '500 mg',
    packLabel: '16 tablets',
    unitsPerPack: 16,
    atc: '',
    schedule: 'none',
    coldChain: false,
    identifiers: [{ scheme: 'gtin', value: '03400930000120' }],
    packPriceMinor: 250,
    packCostMinor: null,
    vatRateBp: null,
    holder: '',
    status: 'active',
    createdAt: FAKE_NOW,
    priceSetAt: FAKE_NOW,
    edits: [],
    ...changes,
  };
}

/** A usable lot of `anItem` with three packs, good until the end of August 2027. */
export function aLot(changes: Partial<Lot> = {}): Lot {
  return {
    id: 'item-1~20270831~aaaaaaaaaaaa',
    itemId: 'item-1',
    lotText: 'AB12',
    expiryOn: '2027-08-31',
    status: 'usable',
    onHandUnits: 48,
    firstReceivedAt: FAKE_NOW,
    lastCount: null,
    edits: [],
    ...changes,
  };
}

/** One unit of `aLot` that was sold now. */
export function aMovement(changes: Partial<StockMovement> = {}): StockMovement {
  return {
    id: 'aaaaaaaaaa02-1-0',
    lotId: aLot().id,
    itemId: 'item-1',
    type: 'DISPENSE',
    units: -1,
    occurredAt: FAKE_NOW,
    uncertaintyMs: 0,
    deviceId: 'aaaaaaaaaa02',
    n: 1,
    actorId: 'ana',
    refKind: null,
    refId: null,
    reason: null,
    ...changes,
  };
}
