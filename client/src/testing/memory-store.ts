import type { KeyedStore, StoreQuery, StoreRow } from '../store/keyed-store.ts';

/** Disks that several tabs of a test share; what is written is there for all of them at once. */
export class MemoryDisk {
  readonly #stores = new Map<string, Map<string, StoreRow>>();
  /** Asked before each write; throw to fail it. */
  onWrite: (store: string, rows: readonly StoreRow[]) => void = () => undefined;

  /** Opens a store; it is kept until removed. */
  open(name: string): KeyedStore {
    const rows = this.#stores.get(name) ?? new Map<string, StoreRow>();
    this.#stores.set(name, rows);
    const store = new MemoryStore(rows, (written) => this.onWrite(name, written));
    // A store's verbs may be taken off it.
    return {
      insert: (row) => store.insert(row),
      insertAll: (all) => store.insertAll(all),
      write: (all) => store.write(all),
      load: (ids) => store.load(ids),
      query: (query) => store.query(query),
      scan: (after, limit) => store.scan(after, limit),
      remove: (ids) => store.remove(ids),
      close: () => store.close(),
    };
  }

  remove(name: string): void {
    this.#stores.get(name)?.clear();
    this.#stores.delete(name);
  }

  /** What lies on the disk, to look at and to spoil. */
  stores(): ReadonlyMap<string, Map<string, StoreRow>> {
    return this.#stores;
  }

  /** Empties a store under whoever holds it, as a browser does that clears a site's data. */
  clear(name: string): void {
    this.#stores.get(name)?.clear();
  }

  names(): string[] {
    return [...this.#stores.keys()];
  }
}

class MemoryStore implements KeyedStore {
  readonly #rows: Map<string, StoreRow>;
  readonly #onWrite: (rows: readonly StoreRow[]) => void;
  #isClosed = false;

  constructor(rows: Map<string, StoreRow>, onWrite: (rows: readonly StoreRow[]) => void) {
    this.#rows = rows;
    this.#onWrite = onWrite;
  }

  async insert(row: StoreRow): Promise<boolean> {
    await this.#turn();
    this.#onWrite([row]);
    if (this.#rows.has(row.id)) return false;
    this.#rows.set(row.id, structuredClone(row));
    await this.#turn();
    return true;
  }

  async insertAll(rows: readonly StoreRow[]): Promise<void> {
    if (rows.some((row) => this.#rows.has(row.id))) throw new Error('rows were there before');
    return this.write(rows);
  }

  async write(rows: readonly StoreRow[]): Promise<void> {
    await this.#turn();
    this.#onWrite(rows);
    for (const row of rows) this.#rows.set(row.id, structuredClone(row));
    await this.#turn();
  }

  async load(ids: readonly string[]): Promise<readonly StoreRow[]> {
    await this.#turn();
    return structuredClone([...new Set(ids)].flatMap((id) => this.#rows.get(id) ?? []));
  }

  async query({ kind, parent, status, sortFrom, descending, limit }: StoreQuery): Promise<readonly StoreRow[]> {
    await this.#turn();
    const found = [...this.#rows.values()].filter(
      (row) =>
        row.kind === kind &&
        (parent === undefined || row.parent === parent) &&
        (status === undefined || row.status === status) &&
        (sortFrom === undefined || row.sort >= sortFrom),
    );
    found.sort((a, b) => (`${a.sort}\n${a.id}` < `${b.sort}\n${b.id}` ? -1 : 1));
    if (descending) found.reverse();
    return structuredClone(found.slice(0, limit));
  }

  async scan(after: string, limit: number): Promise<readonly StoreRow[]> {
    await this.#turn();
    const found = [...this.#rows.values()].filter(({ id }) => id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
    return structuredClone(found.slice(0, limit));
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#turn();
    for (const id of ids) this.#rows.delete(id);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /** A real storage answers later; tabs must be able to meet in between. */
  async #turn(): Promise<void> {
    if (this.#isClosed) throw new Error('the store is closed');
    await Promise.resolve();
    await Promise.resolve();
  }
}
