import type { PoolClient } from 'pg';
import { receiptSchema } from '#schema/sync/receipt.ts';
import type { LoggedMutation } from '../apply/tenant-store.ts';

/** Logged mutations of a device with `fromN ≤ n ≤ toN`, by n. */
export async function loadLogged(
  client: PoolClient,
  tenantId: string,
  deviceId: string,
  fromN: number,
  toN: number,
): Promise<ReadonlyMap<number, LoggedMutation>> {
  const { rows } = await client.query<{ n: number; hash: string; receipt: string }>({
    name: 'load logged',
    text: `select n, encode(mutation_hash, 'hex') as hash, receipt from log
            where tenant_id = $1 and device_id = $2 and n between $3 and $4 order by n`,
    values: [tenantId, deviceId, fromN, toN],
  });
  return new Map(rows.map(({ n, hash, receipt }) => [n, { n, hash, receipt: receiptSchema.parse(JSON.parse(receipt)) }]));
}
