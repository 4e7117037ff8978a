import { subtractSums } from '#schema/sync/digest.ts';
import type { SyncReport } from '#schema/sync/messages.ts';
import { kindsInSet } from '#schema/sync/sets.ts';
import { HOUR_MS } from '#schema/time.ts';
import { SYSTEM_ACTOR } from '../apply/received-act.ts';
import { ledgersFromAt } from './pull.ts';
import { checkReader, type SyncDeps, type SyncPeer } from './sync-service.ts';

/** One device is listened to once in so long about one kind of thing; what it says in between changes nothing. */
const REPORT_EVERY_MS = HOUR_MS;
/** Most buckets a leaf names. */
const BUCKETS_NAMED_MAX = 20;

/** When which device was last listened to. A process remembers only its own. */
export class ReportLimits {
  readonly #lastAt = new Map<string, number>();

  /** Whether a report is taken now; if so, the next is not for a while. */
  admit(name: string, now: number): boolean {
    for (const [known, at] of this.#lastAt) if (now - at >= REPORT_EVERY_MS) this.#lastAt.delete(known);
    if (this.#lastAt.has(name)) return false;
    this.#lastAt.set(name, now);
    return true;
  }
}

/**
 * Seals what a device found out (SY18). When a device's records came from this server whole and differ all the same, the server counts its own digest
 * anew: either that was wrong, or its records were changed behind its back, and the leaf says where.
 * Errors: those of `checkReader`.
 */
export async function answerReport(deps: SyncDeps, peer: SyncPeer, report: SyncReport): Promise<void> {
  checkReader(peer);
  const { env, store, door, reports } = deps;
  const { tenantId, deviceId } = peer;
  if (!reports.admit(`${tenantId} ${deviceId} ${report.kind}`, env.now())) return;
  if (report.kind === 'set_back') return answerSetBack(deps, peer, report);
  const codes = (await differingBuckets(deps, peer, report)).slice(0, BUCKETS_NAMED_MAX);
  const leaf = { actorId: null, deviceId, codes, events: ['digest_mismatch'] };
  await door.submit(tenantId, { kind: 'event', event: { ...leaf, action: 'device.digest_mismatch' } });
  if (!report.afterSnapshot || !reports.admit(`${tenantId} recount`, env.now())) return;
  const wrong = await store.recountDigest(tenantId);
  if (wrong.length === 0) return;
  const event = { actorId: null, deviceId: null, codes: wrong.slice(0, BUCKETS_NAMED_MAX), events: ['records_changed_unlogged'] };
  await door.submit(tenantId, { kind: 'event', event: { ...event, action: 'digest.recounted' } });
}

/**
 * Seals what is known of a history that is gone (SY8): its head as a device saw it, and the acts that were in it and are not here, as `device from-to`.
 * The device's own it sends again; those of other tablets come back when they do; those of the server's own channels are lost, and somebody can look them up on paper.
 * Z numbers that stand on paper are not given to other closes.
 */
async function answerSetBack(
  { env, store, door }: SyncDeps,
  { tenantId, deviceId }: SyncPeer,
  { epoch, seq, head, seen, zNumbers }: Extract<SyncReport, { kind: 'set_back' }>,
): Promise<void> {
  const businessOn = new Date(env.now()).toISOString().slice(0, 10);
  const acts = zNumbers.map(({ tillId, zNumber }) => ({
    name: 'till.skipZNumbers',
    args: { tillId, upTo: zNumber },
    businessOn,
  }));
  if (acts.length > 0) await door.submit(tenantId, { kind: 'acts', channel: 'worker', actorId: SYSTEM_ACTOR, acts });
  const missing = await store.read(tenantId, deviceId, async ({ lastNOf }) => {
    const found: string[] = [];
    for (const { deviceId: maker, n } of seen) {
      const lastN = await lastNOf(maker);
      if (maker !== deviceId && lastN < n) found.push(`${maker} ${lastN + 1}-${n}`);
    }
    return found;
  });
  if (missing.length === 0) return;
  const was = [`epoch ${epoch}`, `seq ${seq}`, `size ${head.size}`, `hash ${head.hash}`];
  const event = { action: 'device.saw_set_back', actorId: null, deviceId, codes: [...was, ...missing], events: ['acts_missing'] };
  await door.submit(tenantId, { kind: 'event', event });
}

/** Where the device's sums are not the server's; empty when the tenant has moved on. */
function differingBuckets(
  { env, store }: SyncDeps,
  { tenantId, deviceId }: SyncPeer,
  report: Extract<SyncReport, { kind: 'digest_mismatch' }>,
): Promise<string[]> {
  return store.read(tenantId, deviceId, async (state) => {
    const { epoch, seq } = state.head;
    const kept = epoch === report.epoch && seq === report.seq ? await state.readDigest() : null;
    if (!kept) return [];
    const kinds: ReadonlySet<string> = new Set(kindsInSet(state.set));
    const isHeld = (bucket: string) => {
      const [kind = '', month] = bucket.split(' ');
      return kinds.has(kind) && (month === undefined || month >= ledgersFromAt(env.now()));
    };
    return Object.keys(subtractSums(kept, report.sums)).filter(isHeld).sort();
  });
}
