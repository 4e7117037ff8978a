import {
  createRxDatabase,
  normalizeMangoQuery,
  prepareQuery,
  type RxCollection,
  type RxJsonSchema,
  type RxStorage,
  removeRxDatabase,
} from 'rxdb';
import { type KeyedStore, StorageFull, type StoreQuery, type StoreRow, StoreTaken } from './keyed-store.ts';

/**
 * Keyed stores in RxDB over Dexie.
 *
 * Reads and writes go to the collection's storage instance, not through RxDB's query cache: a row committed by a tab that died before it could tell
 * the others stays invisible there (SY5), and one `bulkWrite` is one IndexedDB transaction where `bulkUpsert` takes three (SY15).
 */

/** Never migrated in place; another shape is another store (architecture, "The client's store"). */
const ROW_SCHEMA: RxJsonSchema<Row> = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 160 },
    kind: { type: 'string', maxLength: 40 },
    seq: { type: 'integer' },
    parent: { type: 'string', maxLength: 100 },
    status: { type: 'string', maxLength: 60 },
    sort: { type: 'string', maxLength: 110 },
    body: {},
  },
  required: ['id', 'kind', 'seq', 'parent', 'status', 'sort', 'body'],
  indexes: [
    ['kind', 'sort'],
    ['kind', 'parent', 'sort'],
    ['kind', 'status', 'sort'],
  ],
};

const COLLECTION = 'rows';
/** Rows of one storage write when loading many. */
const KEYS_AT_ONCE = 1_000;

interface Row {
  id: string;
  kind: string;
  seq: number;
  parent: string;
  status: string;
  sort: string;
  body: unknown;
}

type Instance = RxCollection<Row>['storageInstance'];
/** A row with what RxDB adds to it. */
type StoredRow = Row & { _deleted: boolean };
type RowData = Awaited<ReturnType<Instance['findDocumentsById']>>[number];

/**
 * Opens a store; several tabs may hold it at once. They tell each other what changed by messages of their own, so RxDB need not send every written row
 * to every tab.
 */
export async function openRxKeyedStore(name: string, storage: RxStorage<unknown, unknown>): Promise<KeyedStore> {
  const database = await createRxDatabase({ name, storage, multiInstance: false, eventReduce: false, closeDuplicates: false });
  const collections = await database.addCollections<{ rows: RxCollection<Row> }>({ [COLLECTION]: { schema: ROW_SCHEMA } });
  const instance = collections.rows.storageInstance;
  return {
    insert: (row) => named(insert(instance, row)),
    write: (rows) => named(write(instance, rows)),
    insertAll: (rows) => named(insertAll(instance, rows)),
    load: (ids) => named(loadData(instance, ids).then((found) => found.map(toRow))),
    query: (query) => named(runQuery(instance, query)),
    scan: (after, limit) => named(scan(instance, after, limit)),
    remove: (ids) => named(remove(instance, ids)),
    close: async () => {
      await database.close();
    },
  };
}

/** Removes a store for good. */
export async function removeRxKeyedStore(name: string, storage: RxStorage<unknown, unknown>): Promise<void> {
  await removeRxDatabase(name, storage, true);
}

async function insert(instance: Instance, row: StoreRow): Promise<boolean> {
  const { error } = await bulkWrite(instance, [{ document: toData(row) }]);
  const failed = error[0];
  if (!failed) return true;
  if (failed.status === 409) return false;
  throw new Error(`the row ${row.id} could not be stored (${failed.status})`);
}

async function insertAll(instance: Instance, rows: readonly StoreRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { error } = await bulkWrite(
    instance,
    rows.map((row) => ({ document: toData(row) })),
  );
  if (error.length > 0) throw new Error(`${error.length} of ${rows.length} rows were there before`);
}

async function write(instance: Instance, rows: readonly StoreRow[]): Promise<void> {
  if (rows.length === 0) return;
  const known = new Map(
    (
      await loadData(
        instance,
        rows.map(({ id }) => id),
      )
    ).map((data) => [data.id, data]),
  );
  const { error } = await bulkWrite(
    instance,
    rows.map((row) => {
      const previous = known.get(row.id);
      return previous
        ? { previous, document: { ...toData(row), _rev: previous._rev, _meta: previous._meta } }
        : { document: toData(row) };
    }),
  );
  // Only the leading tab writes replicas; a conflict means another led meanwhile, and the whole write is made again from a fresh read.
  if (error.length > 0) throw new Error(`${error.length} of ${rows.length} rows were changed by another tab`);
}

async function remove(instance: Instance, ids: readonly string[]): Promise<void> {
  const known = await loadData(instance, ids);
  if (known.length === 0) return;
  const { error } = await bulkWrite(
    instance,
    known.map((previous) => ({ previous, document: { ...previous, _deleted: true } })),
  );
  if (error.length > 0) throw new Error(`${error.length} rows were changed by another tab`);
  // RxDB only marks them; this frees their room.
  await instance.cleanup(0);
}

async function bulkWrite(instance: Instance, rows: Parameters<Instance['bulkWrite']>[0]) {
  return instance.bulkWrite(rows, 'keyed-store');
}

/** Gives the failures that somebody can do something about their names. */
async function named<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (isCalled(error, 'QuotaExceeded')) throw new StorageFull(error);
    throw isCalled(error, 'DatabaseClosed') ? new StoreTaken(error) : error;
  }
}

/** The storage worker hands errors over as plain JSON, so the name is looked for in the text too. */
function isCalled(error: unknown, name: string): boolean {
  return error instanceof Error && (error.name === `${name}Error` || error.message.includes(name));
}

async function loadData(instance: Instance, ids: readonly string[]): Promise<RowData[]> {
  const found: RowData[] = [];
  for (let from = 0; from < ids.length; from += KEYS_AT_ONCE) {
    found.push(...(await instance.findDocumentsById(ids.slice(from, from + KEYS_AT_ONCE), false)));
  }
  return found;
}

async function runQuery(
  instance: Instance,
  { kind, parent, status, sortFrom, descending, limit }: StoreQuery,
): Promise<StoreRow[]> {
  const direction = descending ? 'desc' : 'asc';
  const mango = normalizeMangoQuery<StoredRow>(instance.schema, {
    selector: {
      // The storage keeps removed rows for a while; only collections leave them out by themselves.
      _deleted: { $eq: false },
      kind: { $eq: kind },
      ...(parent === undefined ? {} : { parent: { $eq: parent } }),
      ...(status === undefined ? {} : { status: { $eq: status } }),
      ...(sortFrom === undefined ? {} : { sort: { $gte: sortFrom } }),
    },
    sort: [
      { _deleted: direction },
      { kind: direction },
      ...(parent === undefined ? [] : [{ parent: direction } as const]),
      ...(parent === undefined && status !== undefined ? [{ status: direction } as const] : []),
      { sort: direction },
      { id: direction },
    ],
    index: ['_deleted', 'kind', ...(parent !== undefined ? ['parent'] : status !== undefined ? ['status'] : []), 'sort'],
    limit,
  });
  const { documents } = await instance.query(prepareQuery(instance.schema, mango));
  return documents.map(toRow);
}

async function scan(instance: Instance, after: string, limit: number): Promise<StoreRow[]> {
  const mango = normalizeMangoQuery<StoredRow>(instance.schema, {
    selector: { _deleted: { $eq: false }, id: { $gt: after } },
    sort: [{ _deleted: 'asc' }, { id: 'asc' }],
    index: ['_deleted', 'id'],
    limit,
  });
  const { documents } = await instance.query(prepareQuery(instance.schema, mango));
  return documents.map(toRow);
}

function toData(row: StoreRow) {
  return { ...row, _deleted: false, _attachments: {}, _meta: { lwt: 1 }, _rev: '' };
}

function toRow({ id, kind, seq, parent, status, sort, body }: RowData): StoreRow {
  return { id, kind, seq, parent, status, sort, body };
}
