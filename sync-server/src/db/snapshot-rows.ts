import type { PoolClient } from 'pg';
import { RECORDS, type RecordKind } from '#schema/records/registry.ts';
import type { SnapshotChunk } from '../apply/tenant-store.ts';
import { RECORD_TABLES } from './record-columns.ts';

/** What a snapshot takes of a kind: long ledgers from an instant on. `$2` is named either way, so that both forms take the same parameters. */
function where(kind: RecordKind): string {
  const field = RECORDS[kind].monthsBy;
  const column = RECORD_TABLES[kind].columns.find((one) => one.field === field)?.column;
  return `r.tenant_id = $1 and ${column === undefined ? '$2::bigint is not null' : `r.${column} >= $2::bigint`}`;
}

/** How many records of a kind a snapshot since `sinceAt` holds. */
export async function countSnapshotKind(
  client: PoolClient,
  tenantId: string,
  kind: RecordKind,
  sinceAt: number,
): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*) as count from ${RECORD_TABLES[kind].table} r where ${where(kind)}`,
    [tenantId, sinceAt],
  );
  return rows[0]?.count ?? 0;
}

/**
 * Records of a kind in chunks, behind the mark `after`. The order is one that no record ever changes its place in, so that a reading may be gone on with
 * in another transaction: a ledger's lines stay where they were written, and so lie as they are read; other records move in the feed, and go by id.
 */
export async function* readSnapshotKind(
  client: PoolClient,
  tenantId: string,
  {
    kind,
    sinceAt,
    after,
    chunkRows,
  }: { readonly kind: RecordKind; readonly sinceAt: number; readonly after: string; readonly chunkRows: number },
): AsyncGenerator<SnapshotChunk> {
  const { table, columns, ledger } = RECORD_TABLES[kind];
  const values = columns.map(({ column }) => `r.${column}`).join(', ');
  const order = ledger ? 'r.seq, r.k' : 'r.id';
  const behind = ledger ? '(r.seq, r.k) > ($3::bigint, $4::bigint)' : 'r.id > $3::text and $4::bigint is not null';
  for (let mark = after; ; ) {
    const { rows } = await client.query<{ row: string; seq: number; k: number; id: string }>({
      name: `snapshot ${kind}`,
      text: `select json_build_array(r.seq, ${values})::text as row, r.seq, r.k, r.id from ${table} r
              where ${where(kind)} and ${behind} order by ${order} limit $5`,
      values: [tenantId, sinceAt, ...positionOf(mark, ledger), chunkRows],
    });
    const last = rows.at(-1);
    if (!last) return;
    mark = ledger ? `${last.seq}.${last.k}` : last.id;
    yield { rows: rows.map(({ row }) => row), at: mark };
    if (rows.length < chunkRows) return;
  }
}

function positionOf(mark: string, ledger: boolean): [string | number, number] {
  if (!ledger) return [mark, -1];
  const [seq = -1, k = -1] = mark === '' ? [] : mark.split('.').map(Number);
  return Number.isSafeInteger(seq) && Number.isSafeInteger(k) ? [seq, k] : [-1, -1];
}
