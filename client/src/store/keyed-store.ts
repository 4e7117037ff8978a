/**
 * What the tablet needs of a durable store: rows under keys, one write at once or not at all, and ordered reads. RxDB over Dexie implements
 * it; the simulator brings one in memory.
 */
export interface KeyedStore {
  /**
   * Inserts a row; false when its key is taken. Durable (strict) when it resolves (SY2).
   * Rejects when the browser could not store it; then nothing was stored.
   */
  readonly insert: (row: StoreRow) => Promise<boolean>;
  /** Inserts or replaces all rows in one storage write: all of them or none. */
  readonly write: (rows: readonly StoreRow[]) => Promise<void>;
  /** Inserts rows whose keys are all free, in one storage write; for filling a new store fast. Rejects when one is taken. */
  readonly insertAll: (rows: readonly StoreRow[]) => Promise<void>;
  /** Rows of these keys, as they are in the storage now; absent ones are left out. */
  readonly load: (ids: readonly string[]) => Promise<readonly StoreRow[]>;
  readonly query: (query: StoreQuery) => Promise<readonly StoreRow[]>;
  /** Rows in the order of their keys, of any kind, behind the key `after` ('' for all). */
  readonly scan: (after: string, limit: number) => Promise<readonly StoreRow[]>;
  /** Removes rows for good. */
  readonly remove: (ids: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A row: `kind`, `parent`, `status` and `sort` are what lists are looked up and ordered by. */
export interface StoreRow {
  readonly id: string;
  readonly kind: string;
  readonly seq: number;
  readonly parent: string;
  readonly status: string;
  readonly sort: string;
  readonly body: unknown;
}

/** Rows of one kind in the order of `sort`, optionally of one parent or one status, and from a sort text on. */
export interface StoreQuery {
  readonly kind: string;
  readonly parent?: string;
  readonly status?: string;
  readonly sortFrom?: string;
  readonly descending?: boolean;
  readonly limit: number;
}

/** The browser has no room left; the person is told before anything is said to be saved (SY2). */
export class StorageFull extends Error {
  constructor(cause: unknown) {
    super('the browser has no room left to store this', { cause });
    this.name = 'StorageFull';
  }
}

/** The browser took the store away under an open page (cleared, or its disk failed): nothing can be read or written until it is opened again. */
export class StoreTaken extends Error {
  constructor(cause: unknown) {
    super('the browser has closed the store', { cause });
    this.name = 'StoreTaken';
  }
}

/** The same store, telling `onTaken` when it was taken away. */
export function watchedStore(store: KeyedStore, onTaken: () => void): KeyedStore {
  const watched =
    <Args extends readonly unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    async (...args: Args): Promise<Value> => {
      try {
        return await call(...args);
      } catch (error) {
        if (error instanceof StoreTaken) onTaken();
        throw error;
      }
    };
  return {
    insert: watched((given) => store.insert(given)),
    write: watched((given) => store.write(given)),
    insertAll: watched((given) => store.insertAll(given)),
    load: watched((given) => store.load(given)),
    query: watched((given) => store.query(given)),
    scan: watched((after, limit) => store.scan(after, limit)),
    remove: watched((given) => store.remove(given)),
    close: () => store.close(),
  };
}
