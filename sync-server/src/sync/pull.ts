import { HEARD_LAG_MS } from '#schema/domain/silent-tablets.ts';
import { digestOf, type Month, monthOf } from '#schema/sync/digest.ts';
import { PULL_BEHIND_MAX, PULL_RECEIPTS_MAX, type PullRequest } from '#schema/sync/messages.ts';
import { kindsInSet } from '#schema/sync/sets.ts';
import { DAY_MS } from '#schema/time.ts';
import type { TenantState, TenantStore } from '../apply/tenant-store.ts';
import type { ServerEnv } from '../env.ts';

/** Answer to a pull: the JSON text of a `PullResponse`, or why the device must take a snapshot first. */
export type PullOutcome =
  | { readonly kind: 'page'; readonly json: string }
  | { readonly kind: 'rebuild'; readonly epoch: number }
  | { readonly kind: 'snapshot_required'; readonly epoch: number };

/**
 * One page of a tenant's changes for a device, read at one moment so that records, head and the device's own last number agree (SY14, SY20).
 * In order: `rebuild` for another epoch, a `since` beyond the head or another history (SY19), `snapshot_required` when far behind (SY15).
 */
export async function pull(
  { env, store }: { readonly env: ServerEnv; readonly store: TenantStore },
  tenantId: string,
  deviceId: string,
  request: PullRequest,
): Promise<PullOutcome> {
  const now = env.now();
  const read = async (state: TenantState) => ({
    outcome: await answer(state, request, now),
    lastContactAt: state.lastContactAt,
  });
  const { outcome, lastContactAt } = await store.read(tenantId, deviceId, read, request.head?.size);
  if (now - (lastContactAt ?? 0) > HEARD_LAG_MS) await store.noteContact(tenantId, deviceId, now);
  return outcome;
}

/** Devices hold long ledgers from the month that lies so far back; older lines stay on the server (SY17). */
export const LEDGER_WINDOW_DAYS = 90;

/** The first month of the long ledgers that devices hold, the same for all of them. */
export function ledgersFromAt(now: number): Month {
  return monthOf(now - LEDGER_WINDOW_DAYS * DAY_MS);
}

/** Whether the log of this state begins with the one that a device saw: else the server was set back, and something else happened since (SY19). */
export async function isOfThisHistory(
  state: TenantState,
  seen: { readonly size: number; readonly hash: string },
): Promise<boolean> {
  const { logSize, chainHash } = state.head;
  return seen.hash === (seen.size === logSize ? chainHash : await state.chainHashAt(seen.size));
}

async function answer(
  state: TenantState,
  { epoch, since, limit, receiptsAfter, head: seen }: PullRequest,
  now: number,
): Promise<PullOutcome> {
  const { head, ackedN, set } = state;
  if (epoch !== head.epoch || since > head.seq || (seen && !(await isOfThisHistory(state, seen))))
    return { kind: 'rebuild', epoch: head.epoch };
  const isFarBehind = async () => (await state.countFeed(since, PULL_BEHIND_MAX + 1)) > PULL_BEHIND_MAX;
  // Every seq has a record: whoever is so many behind is counted before a page is read for it in vain.
  if (head.seq - since > PULL_BEHIND_MAX && (await isFarBehind())) return { kind: 'snapshot_required', epoch: head.epoch };
  const { rows, more } = await state.readFeed(since, limit);
  if (more && (await isFarBehind())) return { kind: 'snapshot_required', epoch: head.epoch };
  const lastReceipt = Math.min(ackedN, receiptsAfter + PULL_RECEIPTS_MAX);
  const receipts = lastReceipt > receiptsAfter ? await state.loadReceipts(receiptsAfter + 1, lastReceipt) : [];
  const records = rows.map(
    ({ kind, id, seq, body }) => `{"kind":"${kind}","id":${JSON.stringify(id)},"seq":${seq},"body":${body}}`,
  );
  const ledgersFrom = ledgersFromAt(now);
  const sums = more ? null : await state.readDigest();
  const rest = JSON.stringify({
    epoch: head.epoch,
    serverTime: now,
    next: more ? (rows.at(-1)?.seq ?? since) : head.seq,
    more,
    ackedN,
    receipts,
    head: { size: head.logSize, hash: head.chainHash },
    holds: { set, ledgersFrom, digest: sums && digestOf(sums, kindsInSet(set), ledgersFrom) },
  });
  // Bodies pass through as the database wrote them.
  return { kind: 'page', json: `{"records":[${records.join(',')}],${rest.slice(1)}` };
}
