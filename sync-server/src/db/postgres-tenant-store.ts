import type { Pool, PoolClient } from 'pg';
import { AUDIT_CHAIN_START } from '#schema/audit/leaf.ts';
import { CHAIN_START } from '#schema/sync/mutation.ts';
import {
  type DeviceState,
  type KnownDevice,
  type NewDevice,
  type TenantChanges,
  type TenantHead,
  TenantNotFound,
  type TenantStore,
  type TenantTransaction,
} from '../apply/tenant-store.ts';
import { addToDigest, countDigest } from './digest-sums.ts';
import { loadLogged } from './logged-mutations.ts';
import { readTenant } from './read-tenant.ts';
import { loadRange, loadRecords, writeRecords } from './record-tables.ts';
import { withTenant } from './tenant-transaction.ts';

/** The authoritative store in Postgres: READ COMMITTED under the row lock of the tenant's head (SY6). */
export function createPostgresTenantStore(pool: Pool): TenantStore {
  return {
    create: (tenantId, channels) => withTenant(pool, tenantId, (client) => create(client, tenantId, channels)),
    transact: (tenantId, work) =>
      withTenant(pool, tenantId, async (client) => {
        const { isDigested, ...head } = await lockHead(client, tenantId);
        if (!isDigested) await countDigest(client, tenantId);
        return work(transactionOf(client, tenantId, head));
      }),
    read: (tenantId, deviceId, work, chainSize = 0) => readTenant(pool, tenantId, deviceId, work, chainSize),
    findDevice: (tenantId, tokenHash) => findDevice(pool, tenantId, tokenHash),
    recountDigest: (tenantId) =>
      withTenant(pool, tenantId, async (client) => {
        await lockHead(client, tenantId);
        return countDigest(client, tenantId);
      }),
    noteContact: (tenantId, deviceId, at) => noteContact(pool, tenantId, deviceId, at),
  };
}

async function findDevice(pool: Pool, tenantId: string, tokenHash: string): Promise<KnownDevice | null> {
  return withTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<KnownDevice>(
      'select id, number, status, record_set as set from device_states where tenant_id = $1 and token_hash = $2',
      [tenantId, tokenHash],
    );
    return rows[0] ?? null;
  });
}

async function lockHead(client: PoolClient, tenantId: string): Promise<TenantHead & { isDigested: boolean }> {
  const { rows } = await client.query<TenantHead & { isDigested: boolean }>({
    name: 'lock head',
    text: `select epoch, seq, log_size as "logSize", chain_hash as "chainHash", digest_seq = seq as "isDigested" from tenant_heads where tenant_id = $1 for update`,
    values: [tenantId],
  });
  if (!rows[0]) throw new TenantNotFound(tenantId);
  return rows[0];
}

function transactionOf(client: PoolClient, tenantId: string, head: TenantHead): TenantTransaction {
  return {
    head,
    load: (keys) => loadRecords(client, tenantId, keys),
    loadRange: (range) => loadRange(client, tenantId, range),
    isHere: () => true,
    loadDevice: (device) => loadDevice(client, tenantId, device),
    loadLogged: (deviceId, fromN, toN) => loadLogged(client, tenantId, deviceId, fromN, toN),
    highestTabletNumber: () => highestTabletNumber(client, tenantId),
    write: (changes) => write(client, tenantId, changes),
    savepoint: (work) => savepoint(client, work),
    isDataError: (error) => /^2[23]/.test(sqlStateOf(error)),
  };
}

async function create(client: PoolClient, tenantId: string, channels: readonly NewDevice[]): Promise<void> {
  const { rowCount } = await client.query(
    `insert into tenant_heads (tenant_id, epoch, seq, log_size, chain_hash, digest_seq) values ($1, 1, 0, 0, $2, 0) on conflict do nothing`,
    [tenantId, AUDIT_CHAIN_START],
  );
  if (rowCount === 1) await insertDevices(client, tenantId, channels);
}

async function insertDevices(client: PoolClient, tenantId: string, devices: readonly NewDevice[]): Promise<void> {
  for (const { id, channel, number, set, tokenHash, now } of devices) {
    await client.query(
      `insert into device_states
         (tenant_id, id, channel, number, record_set, status, token_hash, last_n, last_hash, last_occurred_at, last_contact_at,
          skew_from_at)
       values ($1, $2, $3, $4, $5, 'active', $6, 0, $7, 0, $8, $8)`,
      [tenantId, id, channel, number, set, tokenHash, CHAIN_START, now],
    );
  }
}

async function highestTabletNumber(client: PoolClient, tenantId: string): Promise<number> {
  const { rows } = await client.query<{ highest: number }>(
    'select coalesce(max(number), 0) as highest from device_states where tenant_id = $1',
    [tenantId],
  );
  return rows[0]?.highest ?? 0;
}

const DEVICE_COLUMNS = `id, channel, number, status, last_n as "lastN", last_hash as "lastHash",
  last_occurred_at as "lastOccurredAt", last_contact_at as "lastContactAt", coalesce(skew_from_at, last_contact_at) as "skewFromAt"`;

async function loadDevice(
  client: PoolClient,
  tenantId: string,
  device: { readonly id: string } | { readonly channel: string },
): Promise<DeviceState | null> {
  const [column, value] = 'id' in device ? ['id', device.id] : ['channel', device.channel];
  const { rows } = await client.query<DeviceState>(
    `select ${DEVICE_COLUMNS} from device_states where tenant_id = $1 and ${column} = $2 limit 1`,
    [tenantId, value],
  );
  return rows[0] ?? null;
}

function noteContact(pool: Pool, tenantId: string, deviceId: string, at: number): Promise<void> {
  return withTenant(pool, tenantId, async (client) => {
    await client.query(
      'update device_states set last_contact_at = greatest(last_contact_at, $3) where tenant_id = $1 and id = $2',
      [tenantId, deviceId, at],
    );
  });
}

async function write(
  client: PoolClient,
  tenantId: string,
  { records, digest, log, newDevices, devices, forks, head }: TenantChanges,
): Promise<void> {
  await writeRecords(client, tenantId, records);
  await addToDigest(client, tenantId, digest);
  await insertDevices(client, tenantId, newDevices);
  if (log.length > 0) {
    await client.query({
      name: 'append log',
      text: `insert into log (tenant_id, index, device_id, n, mutation, mutation_hash, receipt, leaf, hash)
        select $1, u.index, u.device_id, u.n, u.mutation, decode(u.mutation_hash, 'hex'), u.receipt, u.leaf, decode(u.hash, 'hex')
          from unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
            as u(index, device_id, n, mutation, mutation_hash, receipt, leaf, hash)`,
      values: [
        tenantId,
        log.map((row) => row.index),
        log.map((row) => row.deviceId),
        log.map((row) => row.n),
        log.map((row) => row.mutation),
        log.map((row) => row.mutationHash),
        log.map((row) => (row.receipt ? JSON.stringify(row.receipt) : null)),
        log.map((row) => row.leaf),
        log.map((row) => row.hash),
      ],
    });
  }
  for (const device of devices) {
    await client.query({
      name: 'update device',
      text: `update device_states set status = $3, last_n = $4, last_hash = $5, last_occurred_at = $6,
                last_contact_at = greatest(last_contact_at, $7), skew_from_at = $8
              where tenant_id = $1 and id = $2`,
      values: [
        tenantId,
        device.id,
        device.status,
        device.lastN,
        device.lastHash,
        device.lastOccurredAt,
        device.lastContactAt,
        device.skewFromAt,
      ],
    });
  }
  for (const fork of forks) {
    await client.query(
      `insert into forked_mutations (tenant_id, device_id, n, received_at, mutation, hash) values ($1, $2, $3, $4, $5, $6)
        on conflict do nothing`,
      [tenantId, fork.deviceId, fork.n, fork.receivedAt, fork.mutation, fork.hash],
    );
  }
  await client.query({
    name: 'move head',
    text: 'update tenant_heads set seq = $2, digest_seq = $2, log_size = $3, chain_hash = $4, epoch = $5 where tenant_id = $1',
    values: [tenantId, head.seq, head.logSize, head.chainHash, head.epoch],
  });
}

async function savepoint(client: PoolClient, work: () => Promise<void>): Promise<void> {
  await client.query('savepoint act');
  try {
    await work();
    await client.query('release savepoint act');
  } catch (error) {
    await client.query('rollback to savepoint act');
    throw error;
  }
}

function sqlStateOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
