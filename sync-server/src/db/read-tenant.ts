import type { Pool, PoolClient } from 'pg';
import type { TenantHead, TenantState } from '../apply/tenant-store.ts';
import { readDigest } from './digest-sums.ts';
import { loadLogged } from './logged-mutations.ts';
import { countFeed, readFeed } from './record-tables.ts';
import { countSnapshotKind, readSnapshotKind } from './snapshot-rows.ts';
import { withSnapshot } from './snapshot-transaction.ts';

/** Rows of a snapshot read from the database at once. */
const CHUNK_ROWS = 2_000;

/** `TenantStore.read` in one read-only REPEATABLE READ transaction. */
export function readTenant<T>(
  pool: Pool,
  tenantId: string,
  deviceId: string,
  work: (state: TenantState) => Promise<T>,
): Promise<T> {
  return withSnapshot(pool, tenantId, async (client) => {
    const { head, ackedN, lastContactAt, isDigested } = await readHead(client, tenantId, deviceId);
    return work({
      head,
      ackedN,
      lastContactAt,
      readFeed: (since, limit) => readFeed(client, tenantId, since, limit),
      countFeed: (since, atMost) => countFeed(client, tenantId, since, atMost),
      readDigest: async () => (isDigested ? readDigest(client, tenantId) : null),
      loadReceipts: async (fromN, toN) =>
        [...(await loadLogged(client, tenantId, deviceId, fromN, toN)).values()].map(({ receipt }) => receipt),
      countKind: (kind, sinceAt) => countSnapshotKind(client, tenantId, kind, sinceAt),
      readKind: (kind, sinceAt) => readSnapshotKind(client, tenantId, kind, sinceAt, CHUNK_ROWS),
    });
  });
}

async function readHead(client: PoolClient, tenantId: string, deviceId: string) {
  const { rows } = await client.query<TenantHead & { isDigested: boolean; ackedN: number; lastContactAt: number | null }>(
    `select h.epoch, h.seq, h.log_size as "logSize", h.chain_hash as "chainHash", h.digest_seq = h.seq as "isDigested", d.last_n as "ackedN",
            d.last_contact_at as "lastContactAt"
       from tenant_heads h join device_states d on d.tenant_id = h.tenant_id and d.id = $2 where h.tenant_id = $1`,
    [tenantId, deviceId],
  );
  if (!rows[0]) throw new Error('the device is not of this tenant');
  const { isDigested, ackedN, lastContactAt, ...head } = rows[0];
  return { head, isDigested, ackedN, lastContactAt };
}
