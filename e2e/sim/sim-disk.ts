import { type KeyedStore, StorageFull, type StoreQuery, type StoreRow } from '#client/store/keyed-store.ts';
import type { Random } from '../support/random.ts';
import type { Faults } from './faults.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** The storage failed for no reason of ours. */
export class StorageFault extends Error {
  constructor() {
    super('the storage failed');
    this.name = 'StorageFault';
  }
}

/** Somebody reads a store that was closed. */
export class StoreClosed extends Error {
  constructor(name: string) {
    super(`${name} is closed`);
    this.name = 'StoreClosed';
  }
}

/**
 * A tablet's disk: what was written survives every crash. A write is applied at one moment, all of it or nothing; whoever dies waiting for it never
 * learns whether it was.
 */
export class SimDisk {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #stores = new Map<string, Map<string, StoreRow>>();
  /** Told of every write at the moment it is made. */
  onWrite: (store: string, rows: number) => void = () => undefined;

  constructor(scheduler: Scheduler, random: Random, faults: Faults) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#faults = faults;
  }

  /** Rows of the store whose name ends so, for the oracle; empty when there is none. */
  peek(isWanted: (name: string) => boolean): StoreRow[] {
    return [...this.#stores].filter(([name]) => isWanted(name)).flatMap(([, rows]) => [...rows.values()]);
  }

  names(): string[] {
    return [...this.#stores.keys()];
  }

  /** How often it was cleared. */
  evictions = 0;

  /** The browser needed the room: everything is gone. */
  evict(): void {
    this.evictions += 1;
    for (const rows of this.#stores.values()) rows.clear();
    this.#stores.clear();
  }

  /** One figure of one record goes bad by itself; answers which, or null when there is none. */
  rot(random: Random): string | null {
    const replicas = [...this.#stores].filter(([name]) => !name.endsWith('-outbox'));
    const records = replicas.flatMap(([, rows]) => [...rows.values()].filter(({ kind }) => !kind.startsWith('~')));
    const row = random.pick(records);
    if (!row) return null;
    const body = row.body as Readonly<Record<string, unknown>>;
    const field = random.pick(Object.keys(body).filter((name) => Number.isSafeInteger(body[name])));
    if (field === undefined) return null;
    for (const [, rows] of replicas)
      if (rows.get(row.id) === row) rows.set(row.id, frozenCopy({ ...row, body: { ...body, [field]: Number(body[field]) + 1 } }));
    return `${field} of ${row.id}`;
  }

  open(process: Process, name: string): KeyedStore {
    const rows = this.#stores.get(name) ?? new Map<string, StoreRow>();
    this.#stores.set(name, rows);
    let isClosed = false;
    const step = <Value>(kind: 'read' | 'write', run: () => Value) => {
      if (isClosed) return Promise.reject(new StoreClosed(name));
      return this.#step(process, kind, run);
    };
    const put = (written: readonly StoreRow[]) => {
      // What is read is never copied, so nobody may change it.
      for (const row of written) rows.set(row.id, frozenCopy(row));
    };
    return {
      insert: (row) =>
        step('write', () => {
          if (rows.has(row.id)) return false;
          put([row]);
          return true;
        }),
      insertAll: (written) =>
        step('write', () => {
          if (written.some(({ id }) => rows.has(id))) throw new Error('rows were there before');
          put(written);
        }),
      write: (written) =>
        step('write', () => {
          put(written);
          this.onWrite(name, written.length);
        }),
      load: (ids) => step('read', () => [...new Set(ids)].flatMap((id) => rows.get(id) ?? [])),
      query: (query) => step('read', () => select(rows, query)),
      scan: (after, limit) =>
        step('read', () =>
          [...rows.values()]
            .filter(({ id }) => id > after)
            .sort((a, b) => (a.id < b.id ? -1 : 1))
            .slice(0, limit),
        ),
      remove: (ids) =>
        step('write', () => {
          for (const id of ids) rows.delete(id);
        }),
      close: async () => {
        isClosed = true;
      },
    };
  }

  async remove(process: Process, name: string): Promise<void> {
    await this.#step(process, 'read', () => {
      this.#stores.get(name)?.clear();
      this.#stores.delete(name);
    });
  }

  /** Runs at one moment that no freezing delays; answers in the life of the process. Whoever died before may still be served. */
  #step<Value>(process: Process, kind: 'read' | 'write', run: () => Value): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#scheduler.after(null, this.#random.next() * 3, () => {
        if (process.state === 'dead' && this.#random.chance(0.5)) return;
        let answer: () => void;
        try {
          if (kind === 'write') this.#fail();
          const value = run();
          answer = () => resolve(value);
        } catch (error) {
          answer = () => reject(error);
        }
        this.#scheduler.after(process, this.#random.next() * 3, answer);
      });
    });
  }

  #fail(): void {
    if (this.#faults.isOn('quota') && this.#random.chance(0.15)) throw new StorageFull(new StorageFault());
    if (this.#faults.isOn('storage') && this.#random.chance(0.03)) throw new StorageFault();
  }
}

function select(
  rows: ReadonlyMap<string, StoreRow>,
  { kind, parent, status, sortFrom, descending, limit }: StoreQuery,
): StoreRow[] {
  const found: StoreRow[] = [];
  for (const row of rows.values())
    if (
      row.kind === kind &&
      (parent === undefined || row.parent === parent) &&
      (status === undefined || row.status === status) &&
      (sortFrom === undefined || row.sort >= sortFrom)
    )
      found.push(row);
  found.sort((a, b) => compare(a.sort, b.sort) || compare(a.id, b.id));
  if (descending) found.reverse();
  return found.slice(0, limit);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A copy of plain data that nobody can change. */
function frozenCopy<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError(`a disk holds no ${typeof value}`);
    return value;
  }
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as Value;
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError('a disk holds plain data only');
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) copy[name] = frozenCopy((value as Readonly<Record<string, unknown>>)[name]);
  return Object.freeze(copy) as Value;
}
