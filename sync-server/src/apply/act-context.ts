import { computeOccurredAt, computeUncertaintyMs } from '#schema/domain/count-rebase.ts';
import { recordIdOf } from '#schema/ids.ts';
import type { DecideContext } from '#schema/mutations/define.ts';
import type { ServerEnv } from '../env.ts';
import type { ReceivedAct } from './received-act.ts';
import type { DeviceState } from './tenant-store.ts';

/** Actor of what is no mutation at all: it cannot say who made it. */
export const UNKNOWN_ACTOR = 'unknown';

/**
 * The contact at which the skew was measured that an act carries. An act from before the last contact was made offline and carries an older one:
 * that of the device's act before it, so that it makes no difference in how many pushes a queue arrives (I7).
 */
export function skewFromAtOf(device: Pick<DeviceState, 'lastContactAt' | 'skewFromAt'>, occurredAt: number): number | null {
  const { lastContactAt, skewFromAt } = device;
  return lastContactAt !== null && lastContactAt <= occurredAt ? lastContactAt : skewFromAt;
}

/**
 * The context an act is judged in, its role still to be looked up: `occurredAt` is device time corrected by its skew, never before the device's
 * previous act nor after receipt, with the uncertainty that the time since its clock was last compared leaves (I7). `device` is the device as
 * the acts before left it.
 */
export function contextOf(
  { n, hash, mutation, earlierReceipt }: ReceivedAct,
  device: DeviceState,
  receivedAt: number,
  env: Pick<ServerEnv, 'sha256'>,
): DecideContext {
  const madeAt = mutation?.madeAt ?? receivedAt;
  const skewMs = mutation?.madeAtSkewMs ?? null;
  const occurredAt = computeOccurredAt({ madeAt, skewMs, previousOccurredAt: device.lastOccurredAt, receivedAt });
  const isServerChannel = device.channel !== 'tablet';
  const skewFromAt = skewFromAtOf(device, occurredAt);
  const offlineMs = skewFromAt === null ? null : Math.max(0, occurredAt - skewFromAt);
  const uncertaintyMs = isServerChannel ? 0 : computeUncertaintyMs(skewMs === null ? null : offlineMs);
  return {
    authority: 'server',
    deviceId: device.id,
    deviceNumber: device.number,
    n,
    hash,
    actorId: mutation?.actorId ?? UNKNOWN_ACTOR,
    role: null,
    madeAt,
    occurredAt,
    uncertaintyMs: Number.isFinite(uncertaintyMs) ? uncertaintyMs : null,
    receivedAt,
    businessOn: mutation?.businessOn ?? new Date(receivedAt).toISOString().slice(0, 10),
    newId(k) {
      return recordIdOf(device.id, n, k);
    },
    sha256: env.sha256,
    earlierReceipt,
  };
}
