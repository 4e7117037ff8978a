import type { Pool, PoolClient } from 'pg';
import { PULL_BEHIND_MAX, PULL_RECEIPTS_MAX, type PullRequest } from '#schema/sync/messages.ts';
import { MINUTE_MS } from '#schema/time.ts';
import { loadLogged, noteContact } from '../db/postgres-tenant-store.ts';
import { countFeed, readFeed } from '../db/record-tables.ts';
import { type ReplicaHead, readReplicaHead, withSnapshot } from '../db/snapshot-transaction.ts';
import type { ServerEnv } from '../env.ts';

/** Answer to a pull: the JSON text of a `PullResponse`, or why the device must take a snapshot first. */
export type PullOutcome =
  | { readonly kind: 'page'; readonly json: string }
  | { readonly kind: 'rebuild'; readonly epoch: number }
  | { readonly kind: 'snapshot_required'; readonly epoch: number };

/** How stale the note of a device's last contact may become, in ms, so that a pull hardly ever writes. */
export const CONTACT_NOTE_MS = 5 * MINUTE_MS;

/**
 * One page of a tenant's changes for a device, read in one snapshot so that records, head and the device's own last number agree (SY14, SY20).
 * In order: `rebuild` for another epoch or a `since` beyond the head (SY19), `snapshot_required` when far behind (SY15).
 */
export async function pull(
  { env, pool }: { readonly env: ServerEnv; readonly pool: Pool },
  tenantId: string,
  deviceId: string,
  request: PullRequest,
): Promise<PullOutcome> {
  const now = env.now();
  const { outcome, lastContactAt } = await withSnapshot(pool, tenantId, async (client) => {
    const head = await readReplicaHead(client, tenantId, deviceId);
    return { outcome: await answer(client, tenantId, deviceId, request, head, now), lastContactAt: head.lastContactAt };
  });
  if (now - (lastContactAt ?? 0) > CONTACT_NOTE_MS) await noteContact(pool, tenantId, deviceId, now);
  return outcome;
}

async function answer(
  client: PoolClient,
  tenantId: string,
  deviceId: string,
  { epoch, since, limit, receiptsAfter }: PullRequest,
  head: ReplicaHead,
  now: number,
): Promise<PullOutcome> {
  if (epoch !== head.epoch || since > head.seq) return { kind: 'rebuild', epoch: head.epoch };
  const { rows, more } = await readFeed(client, tenantId, since, limit);
  if (more && (await countFeed(client, tenantId, since, PULL_BEHIND_MAX + 1)) > PULL_BEHIND_MAX)
    return { kind: 'snapshot_required', epoch: head.epoch };
  const receipts = await readReceipts(client, tenantId, deviceId, receiptsAfter, head.ackedN);
  const records = rows.map(
    ({ kind, id, seq, body }) => `{"kind":"${kind}","id":${JSON.stringify(id)},"seq":${seq},"body":${body}}`,
  );
  const rest = JSON.stringify({
    epoch: head.epoch,
    serverTime: now,
    next: more ? (rows.at(-1)?.seq ?? since) : head.seq,
    more,
    ackedN: head.ackedN,
    receipts,
    head: { size: head.logSize, hash: head.chainHash },
  });
  // Bodies pass through as the database wrote them.
  return { kind: 'page', json: `{"records":[${records.join(',')}],${rest.slice(1)}` };
}

async function readReceipts(client: PoolClient, tenantId: string, deviceId: string, after: number, ackedN: number) {
  if (after >= ackedN) return [];
  const logged = await loadLogged(client, tenantId, deviceId, after + 1, Math.min(ackedN, after + PULL_RECEIPTS_MAX));
  return [...logged.values()].map(({ receipt }) => receipt);
}
