import MiniSearch from 'minisearch';

/** Finds items by name, substance, strength or code; 20,000 items answer within a keystroke. Runs in a worker (`search.worker.ts`). */

/** What the index knows of an item. */
export interface SearchableItem {
  readonly id: string;
  readonly name: string;
  readonly substances: string;
  readonly strength: string;
  readonly form: string;
  /** Every code it can be found by, digits as they are scanned or typed. */
  readonly codes: readonly string[];
}

/** Most items one search answers. */
const RESULTS_MAX = 200;
/** A search of so many digits looks codes up instead of words. */
const CODE_DIGITS_MIN = 4;

export class ItemIndex {
  readonly #words = new MiniSearch<SearchableItem>({
    fields: ['name', 'substances', 'strength', 'form'],
    storeFields: [],
    processTerm: foldTerm,
    searchOptions: { prefix: true, combineWith: 'AND', boost: { name: 3, substances: 2 } },
  });
  readonly #codes = new Map<string, string>();
  readonly #codesById = new Map<string, readonly string[]>();

  /** Adds items, or replaces those of the same id. */
  put(items: readonly SearchableItem[]): void {
    for (const item of items) {
      if (this.#words.has(item.id)) this.#words.replace(item);
      else this.#words.add(item);
      for (const code of this.#codesById.get(item.id) ?? []) this.#codes.delete(code);
      for (const code of item.codes) this.#codes.set(code, item.id);
      this.#codesById.set(item.id, item.codes);
    }
  }

  /** Ids of the items that fit, best first. */
  search(text: string, limit: number): string[] {
    const wanted = text.trim();
    const most = Math.min(limit, RESULTS_MAX);
    if (wanted === '') return [];
    if (/^\d+$/.test(wanted) && wanted.length >= CODE_DIGITS_MIN) return this.#byCode(wanted, most);
    return this.#words
      .search(wanted)
      .slice(0, most)
      .map(({ id }) => String(id));
  }

  /** The item that carries exactly this code, or null. */
  findByCode(code: string): string | null {
    return this.#codes.get(code) ?? null;
  }

  #byCode(digits: string, limit: number): string[] {
    const exact = this.#codes.get(digits);
    const found = new Set<string>(exact === undefined ? [] : [exact]);
    for (const [code, id] of this.#codes) {
      if (found.size >= limit) break;
      if (code.includes(digits)) found.add(id);
    }
    return [...found];
  }
}

function foldTerm(term: string): string {
  return term
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{Diacritic}/gu, '');
}
