import { allocateFefo, type FefoLot } from '#schema/domain/fefo.ts';
import { COUNT_LINES_MAX } from '#schema/mutations/stock/count-lines.ts';
import type { Item } from '#schema/records/item.ts';
import { addDays } from '#schema/time.ts';
import { pageOfRecords } from '../db/tenant-reads.ts';
import { DEMO_TENANT_ID, type DemoDeps, demoDay, demoRandom } from './demo-place.ts';
import type { DemoTablet } from './demo-tablet.ts';

/** More than the demo has of anything. */
const ALL = 2_000;
/** Lines of one act of the opening count. */
const LINES_AT_ONCE = Math.min(50, COUNT_LINES_MAX);

/** The demo's items, in order of id. */
export function demoStoredItems({ pool }: Pick<DemoDeps, 'pool'>): Promise<Item[]> {
  return pageOfRecords(pool, DEMO_TENANT_ID, 'item', { afterId: '', limit: ALL });
}

/** Counts the shelves for the first time: one or two lots of each item, some of them soon to expire, one item in twenty out of stock. */
export async function countOpeningStock(deps: DemoDeps, tablet: DemoTablet, actorId: string): Promise<void> {
  const random = demoRandom(1);
  const todayOn = demoDay(deps.env.now(), 0);
  const lines = (await demoStoredItems(deps)).flatMap(({ id, unitsPerPack }, i) => {
    if (i % 20 === 13) return [];
    const lots = i % 3 === 0 ? 2 : 1;
    return Array.from({ length: lots }, (_, k) => ({
      itemId: id,
      lotText: `${'ABCDEFGH'.charAt(i % 8)}${String(4_100 + i * 7 + k * 3)}`,
      expiryOn: addDays(todayOn, i % 29 === 4 && k === 0 ? 20 : 180 + Math.floor(random() * 700)),
      countedUnits: unitsPerPack * (3 + Math.floor(random() * 14)),
    }));
  });
  const countId = await tablet.act(actorId, 'stockCount.start', { name: 'Opening stock', mode: 'opening', itemIds: [] });
  for (let from = 0; from < lines.length; from += LINES_AT_ONCE)
    await tablet.act(actorId, 'stockCount.countLines', { countId, lines: lines.slice(from, from + LINES_AT_ONCE) });
  await tablet.act(actorId, 'stockCount.close', { countId });
}

/** The shelves as the tills take from them: what each lot holds, kept along with the sales. */
export class DemoShelf {
  readonly #lotsByItem = new Map<string, FefoLot[]>();

  static async read({ pool }: Pick<DemoDeps, 'pool'>): Promise<DemoShelf> {
    const shelf = new DemoShelf();
    for (const lot of await pageOfRecords(pool, DEMO_TENANT_ID, 'lot', { afterId: '', limit: ALL })) {
      const { id: lotId, expiryOn, onHandUnits, firstReceivedAt: receivedAt } = lot;
      const lots = shelf.#lotsByItem.get(lot.itemId) ?? [];
      lots.push({ lotId, expiryOn, receivedAt, onHandUnits, isQuarantined: false, isRecalled: false });
      shelf.#lotsByItem.set(lot.itemId, lots);
    }
    return shelf;
  }

  /** Takes units first-expiry-first-out; null, and takes nothing, when there are not so many. */
  take(itemId: string, units: number, todayOn: string): readonly { lotId: string; units: number }[] | null {
    const lots = this.#lotsByItem.get(itemId) ?? [];
    const { allocations, shortUnits } = allocateFefo(lots, units, todayOn);
    if (shortUnits > 0) return null;
    const taken = new Map(allocations.map((one) => [one.lotId, one.units]));
    const left = lots.map((lot) => ({ ...lot, onHandUnits: lot.onHandUnits - (taken.get(lot.lotId) ?? 0) }));
    this.#lotsByItem.set(itemId, left);
    return allocations;
  }

  /** The first lot of an item and what it holds, or null. */
  firstLot(itemId: string): FefoLot | null {
    return this.#lotsByItem.get(itemId)?.[0] ?? null;
  }
}
