import type { PoolClient } from 'pg';
import type { AuditEntry } from '#schema/sync/messages.ts';

/** Pages of the log, oldest first. */
export async function readAuditPage(
  client: PoolClient,
  tenantId: string,
  fromIndex: number,
  limit: number,
): Promise<AuditEntry[]> {
  const { rows } = await client.query<AuditEntry>(
    `select index, leaf, encode(hash, 'hex') as hash, mutation, receipt::json->>'verdict' as verdict
       from log where tenant_id = $1 and index >= $2 order by index limit $3`,
    [tenantId, fromIndex, limit],
  );
  return rows;
}

/** The end of the chain. */
export async function readAuditHead(client: PoolClient, tenantId: string): Promise<{ size: number; hash: string }> {
  const { rows } = await client.query<{ size: number; hash: string }>(
    'select log_size as size, chain_hash as hash from tenant_heads where tenant_id = $1',
    [tenantId],
  );
  if (!rows[0]) throw new Error('there is no such tenant');
  return rows[0];
}
