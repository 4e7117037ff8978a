import type { PoolClient } from 'pg';
import type { RecordKind } from '#schema/records/registry.ts';
import { RECORD_TABLES } from './record-columns.ts';

/** The instant by which a ledger's window is cut; the first instant a record of it carries. */
function windowColumn(kind: RecordKind): string | null {
  const { ledger, columns } = RECORD_TABLES[kind];
  return ledger ? (columns.find(({ field }) => field.endsWith('At'))?.column ?? null) : null;
}

function where(kind: RecordKind): string {
  const column = windowColumn(kind);
  // `$2` is named either way, so that both forms take the same parameters.
  return `r.tenant_id = $1 and ${column === null ? '$2::bigint is not null' : `r.${column} >= $2::bigint`}`;
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

/** Records of a kind as JSON texts `[seq, ...values]`, in chunks from a cursor of the running transaction. */
export async function* readSnapshotKind(
  client: PoolClient,
  tenantId: string,
  kind: RecordKind,
  sinceAt: number,
  chunkRows: number,
): AsyncGenerator<string[]> {
  const { table, columns } = RECORD_TABLES[kind];
  const values = columns.map(({ column }) => `r.${column}`).join(', ');
  await client.query(
    `declare snapshot_rows no scroll cursor for
      select json_build_array(r.seq, ${values})::text as row from ${table} r where ${where(kind)} order by r.tenant_id, r.seq, r.k`,
    [tenantId, sinceAt],
  );
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`fetch ${chunkRows} from snapshot_rows`);
    if (rows.length === 0) break;
    yield rows.map(({ row }) => row);
  }
  await client.query('close snapshot_rows');
}
