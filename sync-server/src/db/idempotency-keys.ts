import type { PoolClient } from 'pg';
import { type Receipt, receiptSchema } from '#schema/sync/receipt.ts';
import { DAY_MS, MINUTE_MS } from '#schema/time.ts';
import type { TenantPool } from './pool.ts';
import { withTenant } from './tenant-transaction.ts';

/** A key is remembered so long. */
export const KEY_KEPT_MS = DAY_MS;
/** A request that has not been answered for so long was cut off; before that it may still be under way. */
export const KEY_PENDING_MS = MINUTE_MS;

/** A claim on an Idempotency-Key: what the request was, and where the channel's acts stood before it. */
export interface KeyClaim {
  readonly tenantId: string;
  readonly key: string;
  /** SHA-256 of actor, act and arguments. */
  readonly requestHash: string;
  readonly at: number;
}

/** `claimed`: go on and act. `done`: this was answered. `reused`: the key was for another request. `pending`: it is under way, or was cut off. */
export type KeyState =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'done'; readonly receipt: Receipt }
  | { readonly kind: 'reused' }
  | { readonly kind: 'pending'; readonly since: number };

/** Text in place of a receipt while the request is under way. */
const PENDING = '';

/** Claims a key, or says what became of it. Forgets keys that are too old. */
export function claimKey(pool: TenantPool, claim: KeyClaim): Promise<KeyState> {
  const { tenantId, key, requestHash, at } = claim;
  return withTenant(pool, tenantId, async (client) => {
    await client.query('delete from idempotency_keys where tenant_id = $1 and created_at < $2', [tenantId, at - KEY_KEPT_MS]);
    const { rowCount } = await insertKey(client, claim, PENDING);
    if (rowCount === 1) return { kind: 'claimed' };
    const { rows } = await client.query<{ hash: string; receipt: string; at: number }>(
      'select request_hash as hash, receipt, created_at as at from idempotency_keys where tenant_id = $1 and key = $2',
      [tenantId, key],
    );
    const [row] = rows;
    if (!row || row.hash !== requestHash) return { kind: 'reused' };
    if (row.receipt === PENDING) return { kind: 'pending', since: row.at };
    return { kind: 'done', receipt: receiptSchema.parse(JSON.parse(row.receipt)) };
  });
}

/** Keeps the receipt that a claimed key led to. */
export function settleKey(pool: TenantPool, claim: KeyClaim, receipt: Receipt): Promise<void> {
  return withTenant(pool, claim.tenantId, async (client) => {
    await dropKey(client, claim);
    await insertKey(client, claim, JSON.stringify(receipt));
  });
}

/** Gives back a key claimed at `since`: nothing happened under it. A claim that somebody made since stays. */
export function releaseKey(pool: TenantPool, { tenantId, key }: KeyClaim, since: number): Promise<void> {
  return withTenant(pool, tenantId, async (client) => {
    await client.query('delete from idempotency_keys where tenant_id = $1 and key = $2 and created_at = $3', [
      tenantId,
      key,
      since,
    ]);
  });
}

/**
 * The receipt of an act that a cut-off request made after all: the newest act of the channel's device since then with the same actor, name and
 * arguments. Null when the request never came so far.
 */
export function findActOfKey(
  pool: TenantPool,
  tenantId: string,
  act: {
    readonly deviceId: string;
    readonly actorId: string;
    readonly name: string;
    readonly argsJson: string;
    readonly since: number;
  },
): Promise<Receipt | null> {
  return withTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ receipt: string }>(
      `select receipt from log
        where tenant_id = $1 and device_id = $2 and (leaf::jsonb ->> 'at')::bigint >= $3
          and mutation::jsonb ->> 'actorId' = $4 and mutation::jsonb ->> 'name' = $5 and mutation::jsonb -> 'args' = $6::jsonb
        order by n desc limit 1`,
      [tenantId, act.deviceId, act.since, act.actorId, act.name, act.argsJson],
    );
    return rows[0] ? receiptSchema.parse(JSON.parse(rows[0].receipt)) : null;
  });
}

function insertKey(client: PoolClient, { tenantId, key, requestHash, at }: KeyClaim, receipt: string) {
  return client.query(
    `insert into idempotency_keys (tenant_id, key, request_hash, receipt, created_at) values ($1, $2, $3, $4, $5)
      on conflict do nothing`,
    [tenantId, key, requestHash, receipt, at],
  );
}

async function dropKey(client: PoolClient, { tenantId, key }: KeyClaim): Promise<void> {
  await client.query('delete from idempotency_keys where tenant_id = $1 and key = $2', [tenantId, key]);
}
