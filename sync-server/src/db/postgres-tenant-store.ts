import type { PoolClient } from 'pg';
import { AUDIT_CHAIN_START } from '#schema/audit/leaf.ts';
import { CHAIN_START } from '#schema/sync/mutation.ts';
import {
  type DeviceState,
  type ForkedMutation,
  type GiveWay,
  type KnownDevice,
  type LogRow,
  type NewDevice,
  type TenantChanges,
  type TenantHead,
  TenantNotFound,
  type TenantStore,
  type TenantTransaction,
} from '../apply/tenant-store.ts';
import { type ArrayType, columnArray } from './column-arrays.ts';
import { addToDigest, countDigest } from './digest-sums.ts';
import { loadLogged } from './logged-mutations.ts';
import type { TenantPool } from './pool.ts';
import { readTenant } from './read-tenant.ts';
import { loadRange, loadRecords, recordWrites } from './record-tables.ts';
import { sentInTurns, sentTogether } from './sent-together.ts';
import { withTenant } from './tenant-transaction.ts';

/** The authoritative store in Postgres: READ COMMITTED under the row lock of the tenant's head (SY6). */
export function createPostgresTenantStore(pool: TenantPool): TenantStore {
  return {
    create: (tenantId, channels) => withTenant(pool, tenantId, (client) => create(client, tenantId, channels)),
    transact: (tenantId, work) =>
      withTenant(pool, tenantId, async (client) => {
        const { isDigested, ...head } = await lockHead(client, tenantId);
        if (!isDigested) await countDigest(client, tenantId);
        return work(transactionOf(client, tenantId, head, () => pool.turns.share.takeTurn(tenantId)));
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

async function findDevice(pool: TenantPool, tenantId: string, tokenHash: string): Promise<KnownDevice | null> {
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

function transactionOf(client: PoolClient, tenantId: string, head: TenantHead, takeTurn: () => GiveWay): TenantTransaction {
  return {
    head,
    load: (keys) => loadRecords(client, tenantId, keys),
    loadRange: (range) => loadRange(client, tenantId, range),
    isHere: () => true,
    loadDevice: (device) => loadDevice(client, tenantId, device),
    loadLogged: (deviceId, fromN, toN) => loadLogged(client, tenantId, deviceId, fromN, toN),
    tabletNumbers: () => tabletNumbers(client, tenantId),
    write: (changes) => write(client, tenantId, takeTurn(), changes),
    takeTurn,
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
  const inserts = devices.map(({ id, channel, number, set, tokenHash, now }) =>
    client.query(
      `insert into device_states
         (tenant_id, id, channel, number, record_set, status, token_hash, last_n, last_hash, last_occurred_at, last_contact_at,
          skew_from_at)
       values ($1, $2, $3, $4, $5, 'active', $6, 0, $7, 0, $8, $8)`,
      [tenantId, id, channel, number, set, tokenHash, CHAIN_START, now],
    ),
  );
  await sentTogether(inserts);
}

async function tabletNumbers(client: PoolClient, tenantId: string): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<{ number: number }>(
    `select number from device_states where tenant_id = $1 and channel = 'tablet'`,
    [tenantId],
  );
  return new Set(rows.map(({ number }) => number));
}

const DEVICE_COLUMNS = `id, channel, number, status, last_n as "lastN", last_hash as "lastHash",
  last_occurred_at as "lastOccurredAt", last_contact_at as "lastContactAt", coalesce(skew_from_at, last_contact_at) as "skewFromAt"`;

async function loadDevice(
  client: PoolClient,
  tenantId: string,
  device: { readonly id: string } | { readonly channel: string },
): Promise<DeviceState | null> {
  const [column, value] = 'id' in device ? ['id', device.id] : ['channel', device.channel];
  const { rows } = await client.query<DeviceState>({
    name: `load device by ${column}`,
    text: `select ${DEVICE_COLUMNS} from device_states where tenant_id = $1 and ${column} = $2 limit 1`,
    values: [tenantId, value],
  });
  return rows[0] ?? null;
}

function noteContact(pool: TenantPool, tenantId: string, deviceId: string, at: number): Promise<void> {
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
  giveWay: GiveWay,
  { records, digest, log, newDevices, devices, forks, head }: TenantChanges,
): Promise<void> {
  await sentInTurns(giveWay, [
    ...recordWrites(client, tenantId, records),
    () => addToDigest(client, tenantId, digest),
    () => insertDevices(client, tenantId, newDevices),
    () => appendLog(client, tenantId, log),
    () => updateDevices(client, tenantId, devices),
    () => keepForks(client, tenantId, forks),
    () =>
      client.query({
        name: 'move head',
        text: 'update tenant_heads set seq = $2, digest_seq = $2, log_size = $3, chain_hash = $4, epoch = $5 where tenant_id = $1',
        values: [tenantId, head.seq, head.logSize, head.chainHash, head.epoch],
      }),
  ]);
}

async function appendLog(client: PoolClient, tenantId: string, log: readonly LogRow[]): Promise<void> {
  if (log.length === 0) return;
  const columns: [ArrayType, unknown[]][] = [
    ['bigint', log.map((row) => row.index)],
    ['text', log.map((row) => row.deviceId)],
    ['bigint', log.map((row) => row.n)],
    ['text', log.map((row) => row.mutation)],
    ['bytea', log.map((row) => row.mutationHash)],
    ['text', log.map((row) => row.receipt && JSON.stringify(row.receipt))],
    ['text', log.map((row) => row.leaf)],
    ['bytea', log.map((row) => row.hash)],
  ];
  await client.query({
    name: 'append log',
    text: `insert into log (tenant_id, index, device_id, n, mutation, mutation_hash, receipt, leaf, hash)
      select $1, u.index, u.device_id, u.n, u.mutation, u.mutation_hash, u.receipt, u.leaf, u.hash
        from unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bytea[], $7::text[], $8::text[], $9::bytea[])
          as u(index, device_id, n, mutation, mutation_hash, receipt, leaf, hash)`,
    values: [tenantId, ...columns.map(([type, values]) => columnArray(type, values))],
  });
}

async function updateDevices(client: PoolClient, tenantId: string, devices: readonly DeviceState[]): Promise<void> {
  if (devices.length === 0) return;
  await client.query({
    name: 'update devices',
    text: `update device_states d set status = u.status, last_n = u.last_n, last_hash = u.last_hash,
              last_occurred_at = u.last_occurred_at, last_contact_at = greatest(d.last_contact_at, u.last_contact_at),
              skew_from_at = u.skew_from_at
            from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
              as u(id, status, last_n, last_hash, last_occurred_at, last_contact_at, skew_from_at)
            where d.tenant_id = $1 and d.id = u.id`,
    values: [
      tenantId,
      devices.map(({ id }) => id),
      devices.map(({ status }) => status),
      devices.map(({ lastN }) => lastN),
      devices.map(({ lastHash }) => lastHash),
      devices.map(({ lastOccurredAt }) => lastOccurredAt),
      devices.map(({ lastContactAt }) => lastContactAt),
      devices.map(({ skewFromAt }) => skewFromAt),
    ],
  });
}

async function keepForks(client: PoolClient, tenantId: string, forks: readonly ForkedMutation[]): Promise<void> {
  const inserts = forks.map((fork) =>
    client.query(
      `insert into forked_mutations (tenant_id, device_id, n, received_at, mutation, hash) values ($1, $2, $3, $4, $5, $6)
        on conflict do nothing`,
      [tenantId, fork.deviceId, fork.n, fork.receivedAt, fork.mutation, fork.hash],
    ),
  );
  await sentTogether(inserts);
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
