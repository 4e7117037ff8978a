import { equivalentItemCodes } from '#schema/domain/identifiers.ts';
import type { Item } from '#schema/records/item.ts';
import type { OverlayStore } from '../store/overlay-store.ts';
import type { SearchableItem } from './item-search.ts';
import type { ItemSearch } from './worker-search.ts';

/** Items handed to the index at once. */
const CHUNK = 2_000;
/** Most items one pharmacy's index holds. */
const ITEMS_MAX = 100_000;

/** Keeps the item index up with what the overlay shows: everything at first, then what has changed. */
export class ItemFeed {
  readonly #overlay: OverlayStore;
  readonly #search: ItemSearch;
  #queue: Promise<void> = Promise.resolve();

  constructor(overlay: OverlayStore, search: ItemSearch) {
    this.#overlay = overlay;
    this.#search = search;
  }

  /**
   * Brings the index up to date: with everything the overlay shows, or only with the items of these ids. Runs one after another.
   */
  refresh(ids: readonly string[] | 'all'): Promise<void> {
    const done = this.#queue.then(() => this.#refresh(ids));
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #refresh(ids: readonly string[] | 'all'): Promise<void> {
    const items =
      ids === 'all'
        ? await this.#overlay.query('item', { status: 'active', limit: ITEMS_MAX })
        : await Promise.all(ids.map((id) => this.#overlay.read('item', id)));
    const searchable = items.flatMap((stored) => (stored?.kind === 'item' ? [searchableOf(stored.body)] : []));
    for (let from = 0; from < searchable.length; from += CHUNK) await this.#search.put(searchable.slice(from, from + CHUNK));
  }
}

function searchableOf({ id, name, substances, strength, form, identifiers }: Item): SearchableItem {
  const codes = identifiers.flatMap((identifier) => [
    identifier.value,
    ...equivalentItemCodes(identifier).map(({ value }) => value),
  ]);
  return { id, name, substances, strength, form, codes: [...new Set(codes.flatMap((code) => [code, code.replace(/^0+/, '')]))] };
}
