import type { PoolClient } from 'pg';
import { ACT_WRITES_MAX, type RangeKey, type RecordKey } from '#schema/mutations/define.ts';
import { DEVICE_SETS, type Device } from '#schema/records/device.ts';
import { RECORD_KINDS, RECORDS, type RecordKind } from '#schema/records/registry.ts';
import { kindsInSet } from '#schema/sync/sets.ts';
import { RANGE_MAX, type Stored } from '#schema/working-set.ts';
import { type ArrayType, columnArray } from './column-arrays.ts';
import { RECORD_TABLES, type RecordColumn, type RecordTable } from './record-columns.ts';
import { sentTogether } from './sent-together.ts';

/**
 * Reading and writing records of any kind in their typed tables: one statement a kind and batch, `unnest` arrays, the tenant named in every
 * query besides row level security (`performance.md`).
 */

/** A record and its place in the tenant's feed. */
export interface PlacedRecord {
  readonly stored: Stored;
  readonly seq: number;
  /** Place inside its seq. */
  readonly k: number;
}

/** `json_build_object('id', id, …)`: a body as it was written. */
export function bodyExpression({ columns }: RecordTable, alias: string): string {
  return `json_build_object(${columns.map(({ field, column }) => `'${field}', ${alias}.${column}`).join(', ')})`;
}

function storedOf(kind: RecordKind, rows: readonly { body: unknown }[]): Stored[] {
  // The columns' types are the schema's (catalogue test), and only the one door writes them.
  return rows.map(({ body }) => ({ kind, body }) as Stored);
}

/** Bodies of those of `keys` that exist, one query a kind, all sent at once. */
export async function loadRecords(client: PoolClient, tenantId: string, keys: readonly RecordKey[]): Promise<Stored[]> {
  const idsByKind = new Map<RecordKind, Set<string>>();
  for (const { kind, id } of keys) {
    const ids = idsByKind.get(kind);
    if (ids) ids.add(id);
    else idsByKind.set(kind, new Set([id]));
  }
  const found = await sentTogether(
    [...idsByKind].map(async ([kind, ids]) => {
      const { rows } = await client.query<{ body: unknown }>({
        name: `load ${RECORD_TABLES[kind].table}`,
        text: LOAD_SQL[kind],
        values: [tenantId, columnArray('text', [...ids])],
      });
      return storedOf(kind, rows);
    }),
  );
  return found.flat();
}

const LOAD_SQL = sqlByKind(loadSql);

/**
 * One probe of the primary key an id. `id = any($2)` in a prepared statement walks all of a tenant's rows when the table has no statistics yet, comparing
 * each with every id: an import of 17,000 items took seven times as long.
 */
function loadSql(table: RecordTable): string {
  return `select r.body from unnest($2::text[]) as wanted(id) cross join lateral (
    select ${bodyExpression(table, 'r')} as body from ${table.table} r where r.tenant_id = $1 and r.id = wanted.id limit 1) r`;
}

/** A stretch of a ledger, oldest first; of more than `RANGE_MAX` records the newest. */
export async function loadRange(client: PoolClient, tenantId: string, { range, parent, since }: RangeKey): Promise<Stored[]> {
  const fields = RECORDS[range].range;
  if (!fields) throw new Error(`${range} has no range to read`);
  const table = RECORD_TABLES[range];
  const sinceColumn = columnNamed(table, fields.sinceField);
  const { rows } = await client.query<{ body: unknown }>(
    `select ${bodyExpression(table, 'r')} as body from ${table.table} r
      where r.tenant_id = $1 and r.${columnNamed(table, fields.parentField)} = $2 and r.${sinceColumn} >= $3
      order by r.${sinceColumn} desc limit ${RANGE_MAX}`,
    [tenantId, parent, since],
  );
  return storedOf(range, rows).reverse();
}

/** A page of a kind in order of id, after `afterId`; `where` compares text fields. Throws for a field the kind does not have. */
export async function readRecordPage(
  client: PoolClient,
  tenantId: string,
  kind: RecordKind,
  page: {
    readonly afterId: string;
    readonly limit: number;
    readonly where: readonly { readonly field: string; readonly value: string }[];
  },
): Promise<Stored[]> {
  const table = RECORD_TABLES[kind];
  const conditions = page.where.map(({ field }, i) => ` and r.${columnNamed(table, field)} = $${i + 4}`).join('');
  const { rows } = await client.query<{ body: unknown }>(
    `select ${bodyExpression(table, 'r')} as body from ${table.table} r
      where r.tenant_id = $1 and r.id > $2${conditions} order by r.id limit $3`,
    [tenantId, page.afterId, page.limit, ...page.where.map(({ value }) => value)],
  );
  return storedOf(kind, rows);
}

/** Column of a field; throws for one the kind does not have. */
export function columnNamed(table: RecordTable, field: string): string {
  const found = table.columns.find((column) => column.field === field);
  if (!found) throw new Error(`${table.table} has no field ${field}`);
  return found.column;
}

/** Stores records at their places. */
export function writeRecords(client: PoolClient, tenantId: string, records: readonly PlacedRecord[]): Promise<unknown> {
  return sentTogether(recordWrites(client, tenantId, records).map((write) => write()));
}

/** What stores records at their places: ledgers are inserted, others inserted or replaced. One statement a kind. */
export function recordWrites(
  client: PoolClient,
  tenantId: string,
  records: readonly PlacedRecord[],
): readonly (() => Promise<unknown>)[] {
  const byKind = new Map<RecordKind, PlacedRecord[]>();
  for (const record of records) {
    const sameKind = byKind.get(record.stored.kind);
    if (sameKind) sameKind.push(record);
    else byKind.set(record.stored.kind, [record]);
  }
  return [...byKind].map(
    ([kind, placed]) =>
      () =>
        writeKind(client, tenantId, kind, placed),
  );
}

async function writeKind(client: PoolClient, tenantId: string, kind: RecordKind, placed: readonly PlacedRecord[]): Promise<void> {
  const table = RECORD_TABLES[kind];
  const bodies = placed.map(({ stored }): Readonly<Record<string, unknown>> => stored.body);
  const seqs = columnArray(
    'bigint',
    placed.map(({ seq }) => seq),
  );
  const ks = columnArray(
    'bigint',
    placed.map(({ k }) => k),
  );
  const values = table.columns.map((column) =>
    columnArray(
      arrayTypeOf(column),
      bodies.map((body) => body[column.field]),
    ),
  );
  await client.query({ name: `write ${table.table}`, text: WRITE_SQL[kind], values: [tenantId, seqs, ks, ...values] });
}

function arrayTypeOf({ type }: RecordColumn): ArrayType {
  return type === 'date' ? 'text' : type;
}

const WRITE_SQL = sqlByKind(writeSql);

function writeSql({ table, columns, ledger }: RecordTable): string {
  const names = columns.map(({ column }) => column);
  const arrays = columns.map((column, i) => `$${i + 4}::${arrayTypeOf(column)}[]`);
  const picked = columns.map(({ column, type }) => (type === 'date' ? `u.${column}::date` : `u.${column}`));
  const insert = `insert into ${table} (tenant_id, seq, k, ${names.join(', ')})
    select $1, u.seq, u.k, ${picked.join(', ')}
      from unnest($2::bigint[], $3::bigint[], ${arrays.join(', ')}) as u(seq, k, ${names.join(', ')})`;
  if (ledger) return insert;
  const updates = ['seq', 'k', ...names.filter((name) => name !== 'id')].map((name) => `${name} = excluded.${name}`);
  return `${insert} on conflict (tenant_id, id) do update set ${updates.join(', ')}`;
}

/** A row of the feed; `body` is JSON text, passed through unparsed. */
export interface FeedRow {
  readonly kind: RecordKind;
  readonly id: string;
  readonly seq: number;
  readonly body: string;
}

/** Most rows one act can put under one seq: what it may write and the exception about it. */
const SEQ_ROWS_MAX = ACT_WRITES_MAX + 1;

/** The feed's indexes answer only what says `seq > 0` (migration 0011). */
const IN_FEED = 'r.tenant_id = $1 and r.seq > $2 and r.seq > 0';

/**
 * One query a set: a merge of the tables' seq indexes, each read no further than the page needs. The limit in each branch and `withSnapshot`'s setting keep it so
 * while a table has no statistics.
 */
const FEED_SQL = sqlBySet(
  (kinds) => `select f.kind, f.id, f.seq, f.body from (
  ${kinds
    .map((kind) => {
      const table = RECORD_TABLES[kind];
      return `(select '${kind}' as kind, r.id, r.seq, ${bodyExpression(table, 'r')}::text as body
        from ${table.table} r where ${IN_FEED} order by r.seq limit $3)`;
    })
    .join('\n  union all ')}
) f order by f.seq limit $3`,
);

const COUNT_SQL = sqlBySet(
  (kinds) => `select count(*) as count from (
  ${kinds.map((kind) => `select 1 from ${RECORD_TABLES[kind].table} r where ${IN_FEED}`).join('\n  union all ')}
  limit $3
) f`,
);

function sqlByKind(sqlOf: (table: RecordTable) => string): Readonly<Record<RecordKind, string>> {
  return Object.fromEntries(RECORD_KINDS.map((kind) => [kind, sqlOf(RECORD_TABLES[kind])])) as Record<RecordKind, string>;
}

function sqlBySet(sqlOf: (kinds: readonly RecordKind[]) => string): ReadonlyMap<Device['set'], string> {
  return new Map(DEVICE_SETS.map((set) => [set, sqlOf(kindsInSet(set))]));
}

/**
 * The tenant's records of a set changed after `since`, in seq order, whole seqs only: about `limit` of them, more when a single act wrote more (SY14).
 */
export async function readFeed(
  client: PoolClient,
  tenantId: string,
  set: Device['set'],
  since: number,
  limit: number,
): Promise<{ rows: FeedRow[]; more: boolean }> {
  const asked = Math.max(limit, SEQ_ROWS_MAX) + 1;
  const { rows } = await client.query<FeedRow>({
    name: `feed ${set}`,
    text: FEED_SQL.get(set) ?? '',
    values: [tenantId, since, asked],
  });
  if (rows.length < asked) return { rows, more: false };
  const cutSeq = rows.at(-1)?.seq;
  return { rows: rows.filter(({ seq }) => seq !== cutSeq), more: true };
}

/** How many of the tenant's records of a set changed after `since`, counting no further than `atMost`. */
export async function countFeed(
  client: PoolClient,
  tenantId: string,
  set: Device['set'],
  since: number,
  atMost: number,
): Promise<number> {
  const { rows } = await client.query<{ count: number }>({
    name: `count feed ${set}`,
    text: COUNT_SQL.get(set) ?? '',
    values: [tenantId, since, atMost],
  });
  return rows[0]?.count ?? 0;
}
