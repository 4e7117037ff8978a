import type { Pool } from 'pg';
import { AUDIT_CHAIN_START } from '#schema/audit/leaf.ts';
import type { Device } from '#schema/records/device.ts';
import type { Shop } from '#schema/records/shop.ts';
import { CHAIN_START } from '#schema/sync/mutation.ts';
import { withTenant } from '../db/tenant-transaction.ts';
import type { ServerEnv } from '../env.ts';
import type { ServerAct } from './apply-mutations.ts';
import type { Door } from './door.ts';
import { SYSTEM_ACTOR } from './received-act.ts';
import type { ServerChannel } from './tenant-store.ts';

const CHANNELS: readonly ServerChannel[] = ['api', 'import', 'worker'];

/**
 * Creates a tenant: its head, the server's own channels as devices, then its settings and first owner through the door.
 * Doing it again changes nothing.
 */
export async function createTenant(
  { env, pool, door }: { readonly env: ServerEnv; readonly pool: Pool; readonly door: Door },
  tenant: { readonly id: string; readonly shop: Omit<Shop, 'id'>; readonly ownerId: string; readonly ownerName: string },
): Promise<void> {
  const isNew = await withTenant(pool, tenant.id, async (client) => {
    const { rowCount } = await client.query(
      `insert into tenant_heads (tenant_id, epoch, seq, log_size, chain_hash) values ($1, 1, 0, 0, $2) on conflict do nothing`,
      [tenant.id, AUDIT_CHAIN_START],
    );
    if (rowCount === 0) return false;
    for (const channel of CHANNELS)
      await insertDeviceState(client, tenant.id, {
        id: env.randomId(12),
        channel,
        number: 0,
        set: 'office',
        tokenHash: null,
        now: env.now(),
      });
    return true;
  });
  if (!isNew) return;
  const { shop, ownerId, ownerName } = tenant;
  await door.submit(tenant.id, {
    kind: 'acts',
    channel: 'worker',
    actorId: SYSTEM_ACTOR,
    acts: [{ name: 'shop.setUp', args: { shop, ownerId, ownerName }, businessOn: shop.createdOn }],
  });
}

/** A device as it was enrolled; the token is shown once and stored only hashed. */
export interface EnrolledDevice {
  readonly deviceId: string;
  readonly deviceToken: string;
  readonly number: number;
}

/** Enrols a tablet: gives it an id, the tenant's next tablet number and a token, and tells the tenant through the door. */
export async function enrolDevice(
  { env, pool, door }: { readonly env: ServerEnv; readonly pool: Pool; readonly door: Door },
  tenantId: string,
  device: { readonly name: string; readonly set: Device['set']; readonly enrolledBy: string; readonly businessOn: string },
): Promise<EnrolledDevice> {
  const id = env.randomId(12);
  const deviceToken = env.randomId(32);
  const number = await withTenant(pool, tenantId, async (client) => {
    // The head's lock keeps two enrolments from taking one number.
    await client.query('select 1 from tenant_heads where tenant_id = $1 for update', [tenantId]);
    const { rows } = await client.query<{ next: number }>(
      'select coalesce(max(number), 0) + 1 as next from device_states where tenant_id = $1',
      [tenantId],
    );
    const next = rows[0]?.next ?? 1;
    await insertDeviceState(client, tenantId, {
      id,
      channel: 'tablet',
      number: next,
      set: device.set,
      tokenHash: env.sha256(deviceToken),
      now: env.now(),
    });
    return next;
  });
  const act: ServerAct = {
    name: 'device.register',
    args: { id, name: device.name, number, channel: 'tablet', set: device.set, enrolledBy: device.enrolledBy },
    businessOn: device.businessOn,
  };
  await door.submit(tenantId, { kind: 'acts', channel: 'worker', actorId: SYSTEM_ACTOR, acts: [act] });
  return { deviceId: id, deviceToken, number };
}

/** Which device a token belongs to; null for none, or one of another tenant. */
export async function findDeviceByToken(
  { env, pool }: { readonly env: ServerEnv; readonly pool: Pool },
  tenantId: string,
  deviceToken: string,
): Promise<{ id: string; status: Device['status']; set: Device['set'] } | null> {
  return withTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ id: string; status: Device['status']; set: Device['set'] }>(
      `select id, status, record_set as set from device_states where tenant_id = $1 and token_hash = $2`,
      [tenantId, env.sha256(deviceToken)],
    );
    return rows[0] ?? null;
  });
}

async function insertDeviceState(
  client: { query: (text: string, values: unknown[]) => Promise<unknown> },
  tenantId: string,
  device: { id: string; channel: Device['channel']; number: number; set: Device['set']; tokenHash: string | null; now: number },
): Promise<void> {
  await client.query(
    `insert into device_states (tenant_id, id, channel, number, record_set, status, token_hash, last_n, last_hash, last_occurred_at, last_contact_at)
      values ($1, $2, $3, $4, $5, 'active', $6, 0, $7, 0, $8)`,
    [tenantId, device.id, device.channel, device.number, device.set, device.tokenHash, CHAIN_START, device.now],
  );
}
