import type { Device } from '#schema/records/device.ts';
import type { RecordKind } from '#schema/records/registry.ts';
import {
  PROTOCOL_OLDEST,
  PROTOCOL_VERSION,
  type PullRequest,
  type PushRequest,
  type PushResponse,
  type SnapshotResume,
} from '#schema/sync/messages.ts';
import { isInSet } from '#schema/sync/sets.ts';
import type { Door } from '../apply/door.ts';
import type { KnownDevice, TenantStore } from '../apply/tenant-store.ts';
import type { ServerEnv } from '../env.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { pull } from './pull.ts';
import type { ReportLimits } from './reports.ts';
import { type SnapshotSink, streamSnapshot } from './snapshot.ts';

/** What the sync needs of the server. */
export interface SyncDeps {
  readonly env: ServerEnv;
  readonly store: TenantStore;
  readonly door: Door;
  readonly reports: ReportLimits;
}

/** A device that sent a request, and with which right. */
export interface SyncPeer {
  readonly tenantId: string;
  readonly deviceId: string;
  /** A closed one may only push, into quarantine, and gets receipts and nothing else. */
  readonly closedAs: 'revoked' | 'lost' | null;
  /** Which kinds it replicates (SY14). */
  readonly set: Device['set'];
}

/** The device a token names in a tenant. Errors: `device_not_enrolled`. */
export async function findPeer({ env, store }: SyncDeps, tenantId: string, deviceToken: string): Promise<SyncPeer> {
  return peerOf(tenantId, deviceToken === '' ? null : await store.findDevice(tenantId, env.sha256(deviceToken)));
}

/** A device as a peer; null is one that nobody knows. Errors: `device_not_enrolled`. */
export function peerOf(tenantId: string, device: KnownDevice | null): SyncPeer {
  if (!device) throw new HttpProblem('device_not_enrolled');
  const { id: deviceId, status, set } = device;
  return { tenantId, deviceId, closedAs: status === 'revoked' || status === 'lost' ? status : null, set };
}

/** Pulls need a protocol the server still speaks; pushing may always be done (SY13). Errors: `update_required`. */
export function checkProtocol(header: string | null): void {
  const spoken = Number(header ?? PROTOCOL_VERSION);
  if (!(spoken >= PROTOCOL_OLDEST))
    throw new HttpProblem('update_required', { details: { oldest: PROTOCOL_OLDEST, newest: PROTOCOL_VERSION } });
}

/** Takes in what a device pushed (SY5–SY10). Errors, in order: `TenantBusy`, `device_not_enrolled`, `gap`, `forked`. */
export async function answerPush(
  deps: SyncDeps,
  peer: SyncPeer,
  { mutations, lastHash, earlier }: PushRequest,
): Promise<PushResponse> {
  const { tenantId, deviceId } = peer;
  const outcome = await deps.door.submit(tenantId, {
    kind: 'push',
    deviceId,
    received: mutations,
    lastHash,
    earlier: earlier.filter((receipt) => receipt !== null),
  });
  switch (outcome.kind) {
    case 'receipts':
      return { epoch: outcome.epoch, seq: outcome.seq, serverTime: deps.env.now(), receipts: [...outcome.receipts] };
    case 'gap':
      throw new HttpProblem('gap', { details: { expected: outcome.expected } });
    case 'forked':
      throw new HttpProblem('forked', { details: { n: outcome.n } });
    case 'unknown_device':
      throw new HttpProblem('device_not_enrolled');
  }
}

/** The JSON text of one page of changes. Errors, in order: those of `checkReader`, `rebuild`, `snapshot_required`. */
export async function answerPull(deps: SyncDeps, peer: SyncPeer, request: PullRequest): Promise<string> {
  checkReader(peer);
  const outcome = await pull(deps, peer.tenantId, peer.deviceId, request);
  if (outcome.kind !== 'page') throw new HttpProblem(outcome.kind, { details: { epoch: outcome.epoch } });
  return outcome.json;
}

/** Streams a snapshot, or the rest of one (SY17). Errors: those of `checkReader`, `rebuild`; then nothing was written. */
export async function answerSnapshot(
  deps: SyncDeps,
  peer: SyncPeer,
  resume: SnapshotResume | null,
  sink: SnapshotSink,
): Promise<void> {
  checkReader(peer);
  const refusal = await streamSnapshot(deps, peer.tenantId, peer.deviceId, resume, sink);
  if (refusal) throw new HttpProblem(refusal.kind, { details: { epoch: refusal.epoch } });
}

/** Errors, in order: those of `checkReader`, `kind_not_held` for a kind the device does not replicate: it is shown no more than it may keep (SY14). */
export function checkReaderOf(peer: SyncPeer, kind: RecordKind): void {
  checkReader(peer);
  if (!isInSet(peer.set, kind)) throw new HttpProblem('kind_not_held');
}

/** Errors: `device_lost`, `device_not_enrolled` for a revoked device. */
export function checkReader({ closedAs }: SyncPeer): void {
  if (closedAs === 'lost') throw new HttpProblem('device_lost');
  if (closedAs === 'revoked')
    throw new HttpProblem('device_not_enrolled', { detail: 'This device was revoked. It may only send what it holds.' });
}
