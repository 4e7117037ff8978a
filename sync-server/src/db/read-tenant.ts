import type { PoolClient } from 'pg';
import { AUDIT_CHAIN_START } from '#schema/audit/leaf.ts';
import type { Device } from '#schema/records/device.ts';
import type { DigestSums } from '#schema/sync/digest.ts';
import type { TenantHead, TenantState } from '../apply/tenant-store.ts';
import { loadLogged } from './logged-mutations.ts';
import type { TenantPool } from './pool.ts';
import { countFeed, readFeed } from './record-tables.ts';
import { countSnapshotKind, readSnapshotKind } from './snapshot-rows.ts';
import { withSnapshot } from './tenant-transaction.ts';

/** Rows of a snapshot read from the database at once: others wait while they are taken apart. */
const CHUNK_ROWS = 500;

/** `TenantStore.read` in one read-only REPEATABLE READ transaction. */
export function readTenant<T>(
  pool: TenantPool,
  tenantId: string,
  deviceId: string,
  work: (state: TenantState) => Promise<T>,
  chainSize: number,
): Promise<T> {
  return withSnapshot(pool, tenantId, async (client) => {
    const { head, set, ackedN, lastContactAt, digest, hashThen } = await readHead(client, tenantId, deviceId, chainSize);
    return work({
      head,
      set,
      ackedN,
      lastContactAt,
      lastNOf: (id) => lastNOf(client, tenantId, id),
      chainHashAt: async (size) => (size === chainSize && size > 0 ? hashThen : chainHashAt(client, tenantId, size)),
      readFeed: (since, limit) => readFeed(client, tenantId, set, since, limit),
      countFeed: (since, atMost) => countFeed(client, tenantId, set, since, atMost),
      readDigest: async () => digest,
      loadReceipts: async (fromN, toN) =>
        [...(await loadLogged(client, tenantId, deviceId, fromN, toN)).values()].map(({ receipt }) => receipt),
      countKind: (kind, sinceAt) => countSnapshotKind(client, tenantId, kind, sinceAt),
      readKind: async function* (kind, sinceAt, after) {
        for await (const chunk of readSnapshotKind(client, tenantId, { kind, sinceAt, after, chunkRows: CHUNK_ROWS })) {
          yield chunk;
          await pool.turns.share.giveWay(tenantId);
        }
      },
    });
  });
}

/** A device's tenant, as it is. */
interface HeadRow extends TenantHead {
  /** Null: not of this seq. */
  readonly digest: DigestSums | null;
  /** Hash of the chain when it had the size that was named. */
  readonly hashThen: string | null;
  readonly set: Device['set'];
  readonly ackedN: number;
  readonly lastContactAt: number | null;
}

async function readHead(client: PoolClient, tenantId: string, deviceId: string, chainSize: number) {
  const { rows } = await client.query<HeadRow>({
    name: 'read head',
    text: `select h.epoch, h.seq, h.log_size as "logSize", h.chain_hash as "chainHash",
            case when h.digest_seq = h.seq then (
              select coalesce(json_object_agg(g.bucket, lpad(to_hex(g.hi), 8, '0') || lpad(to_hex(g.lo), 8, '0')), '{}')
                from tenant_digests g where g.tenant_id = $1 and (g.hi <> 0 or g.lo <> 0)) end as digest,
            (select encode(l.hash, 'hex') from log l where l.tenant_id = $1 and l.index = $3::bigint - 1) as "hashThen",
            d.record_set as set, d.last_n as "ackedN", d.last_contact_at as "lastContactAt"
       from tenant_heads h join device_states d on d.tenant_id = h.tenant_id and d.id = $2 where h.tenant_id = $1`,
    values: [tenantId, deviceId, chainSize],
  });
  if (!rows[0]) throw new Error('the device is not of this tenant');
  const { digest, hashThen, set, ackedN, lastContactAt, ...head } = rows[0];
  return { head, digest, hashThen, set, ackedN, lastContactAt };
}

async function lastNOf(client: PoolClient, tenantId: string, deviceId: string): Promise<number> {
  const { rows } = await client.query<{ lastN: number }>(
    'select last_n as "lastN" from device_states where tenant_id = $1 and id = $2',
    [tenantId, deviceId],
  );
  return rows[0]?.lastN ?? 0;
}

async function chainHashAt(client: PoolClient, tenantId: string, size: number): Promise<string | null> {
  if (size === 0) return AUDIT_CHAIN_START;
  const { rows } = await client.query<{ hash: string }>({
    name: 'chain hash',
    text: `select encode(hash, 'hex') as hash from log where tenant_id = $1 and index = $2`,
    values: [tenantId, size - 1],
  });
  return rows[0]?.hash ?? null;
}
