import type { Pool, PoolClient } from 'pg';

/** Runs `work` in one read-only REPEATABLE READ transaction of a tenant: everything it reads is of one moment. */
export async function withSnapshot<T>(pool: Pool, tenantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT set_config('app.tenant_id', ${client.escapeLiteral(tenantId)}, true)`,
    );
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Where a tenant stands, and how much of one device is in it. */
export interface ReplicaHead {
  readonly epoch: number;
  readonly seq: number;
  readonly logSize: number;
  readonly chainHash: string;
  readonly ackedN: number;
  /** When the device was last heard of, epoch ms. */
  readonly lastContactAt: number | null;
}

/** Reads the head as this snapshot sees it. Throws when the tenant or the device is not there. */
export async function readReplicaHead(client: PoolClient, tenantId: string, deviceId: string): Promise<ReplicaHead> {
  const { rows } = await client.query<ReplicaHead>(
    `select h.epoch, h.seq, h.log_size as "logSize", h.chain_hash as "chainHash", d.last_n as "ackedN",
            d.last_contact_at as "lastContactAt"
       from tenant_heads h join device_states d on d.tenant_id = h.tenant_id and d.id = $2 where h.tenant_id = $1`,
    [tenantId, deviceId],
  );
  if (!rows[0]) throw new Error('the device is not of this tenant');
  return rows[0];
}
