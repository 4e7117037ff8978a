import type { Dexie } from 'dexie';
import type { PreparedQuery, RxStorage, RxStorageInstance, RxStorageInstanceCreationParams } from 'rxdb';
import { INDEX_MAX, INDEX_MIN } from 'rxdb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { EMPTY } from 'rxjs';

/**
 * RxDB over Dexie with strict durability (SY2), and lists read the way IndexedDB reads them fast.
 *
 * RxDB's Dexie storage walks a cursor row by row and only forwards, so "the newest 50" would read the whole ledger. When index and
 * order satisfy a query by themselves, this one asks IndexedDB for the range at once, from either end. Its change stream is silent:
 * tabs tell each other what changed, and nothing here listens to copies of every written row.
 */
export function createDexieStorage(
  options: { indexedDB?: IDBFactory; IDBKeyRange?: typeof IDBKeyRange } = {},
): RxStorage<unknown, unknown> {
  const dexie = getRxStorageDexie({ chromeTransactionDurability: 'strict', onCreate: keepOwnIndexes, ...options });
  return {
    name: dexie.name,
    rxdbVersion: dexie.rxdbVersion,
    createStorageInstance: async <Row>(params: RxStorageInstanceCreationParams<Row, unknown>) => {
      const instance = await dexie.createStorageInstance<Row>({ ...params, options: {} });
      const slowQuery = instance.query.bind(instance);
      instance.changeStream = () => EMPTY;
      // RxDB would look removed rows up by an index that is left out below.
      instance.cleanup = async () => {
        const { dexieTable } = await instance.internals;
        await dexieTable.filter((document) => document._deleted === '1').delete();
        return true;
      };
      instance.query = async (prepared) => {
        const range = fastRangeOf(prepared);
        if (!range) return slowQuery(prepared);
        const { dexieTable } = await instance.internals;
        const { inclusiveStart, inclusiveEnd } = prepared.queryPlan;
        // Rows in the order of their keys: the table itself. Removed rows are purged at once, so none is met here.
        const found =
          range.index === BY_KEY
            ? dexieTable.where(':id').between(range.lower[1], range.upper[1], inclusiveStart, inclusiveEnd)
            : dexieTable.where(range.index).between(range.lower, range.upper, inclusiveStart, inclusiveEnd);
        const ordered = range.isDescending ? found.reverse() : found;
        const documents = await ordered.limit(range.limit).toArray();
        return { documents: documents.map((document) => ({ ...document, _deleted: document._deleted === '1' })) };
      };
      return instance as unknown as RxStorageInstance<Row, unknown, unknown>;
    },
  };
}

/** Indexes that RxDB adds for its replication and cleanup, which nothing here uses; half the work of loading a snapshot goes into them. */
const BY_KEY = '[_deleted+id]';
const UNUSED_INDEXES = new Set([BY_KEY, '[_meta.lwt+id]', '_meta.lwt']);

/** Leaves the unused indexes out of the tables of rows; RxDB's own bookkeeping stays as it is. */
function keepOwnIndexes(database: Dexie, name: string): void {
  if (!name.endsWith('--rows')) return;
  const declare = database.version.bind(database);
  database.version = (number) => {
    const version = declare(number);
    const stores = version.stores.bind(version);
    version.stores = (schema) =>
      stores(
        Object.fromEntries(
          Object.entries(schema).map(([table, indexes]) => [table, table === 'docs' ? ownIndexes(indexes) : indexes]),
        ),
      );
    return version;
  };
}

function ownIndexes(indexes: string | null): string | null {
  if (indexes === null) return null;
  return indexes
    .split(', ')
    .filter((index) => !UNUSED_INDEXES.has(index))
    .join(', ');
}

interface FastRange {
  readonly index: string;
  readonly lower: readonly unknown[];
  readonly upper: readonly unknown[];
  readonly isDescending: boolean;
  readonly limit: number;
}

/** The key range that answers a query by itself, or null when rows would have to be tested or sorted. */
function fastRangeOf<Row>({ query, queryPlan }: PreparedQuery<Row>): FastRange | null {
  const directions = new Set(query.sort.flatMap((part) => Object.values(part)));
  if (!queryPlan.selectorSatisfiedByIndex || directions.size !== 1 || query.skip > 0) return null;
  const sorted = query.sort.flatMap((part) => Object.keys(part));
  const isOrdered = sorted.every((field, at) => queryPlan.index[queryPlan.index.length - sorted.length + at] === field);
  if (!isOrdered) return null;
  const toKey = (field: string, value: unknown) => {
    if (field === '_deleted') return value === INDEX_MAX || value === true ? '1' : '0';
    return value === INDEX_MIN ? Number.NEGATIVE_INFINITY : value;
  };
  return {
    index: `[${queryPlan.index.join('+')}]`,
    lower: queryPlan.index.map((field, at) => toKey(field, queryPlan.startKeys[at])),
    upper: queryPlan.index.map((field, at) => toKey(field, queryPlan.endKeys[at])),
    isDescending: directions.has('desc'),
    limit: query.limit ?? Number.MAX_SAFE_INTEGER,
  };
}
