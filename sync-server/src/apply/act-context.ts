import { computeOccurredAt, computeUncertaintyMs } from '#schema/domain/count-rebase.ts';
import { recordIdOf } from '#schema/ids.ts';
import type { DecideContext } from '#schema/mutations/define.ts';
import type { ServerEnv } from '../env.ts';
import type { ReceivedAct } from './received-act.ts';

/** Actor of what is no mutation at all: it cannot say who made it. */
export const UNKNOWN_ACTOR = 'unknown';

/**
 * The context an act is judged in, its role still to be looked up: `occurredAt` is device time corrected by its skew, never before the device's
 * previous act nor after receipt, with the uncertainty that the time since its clock was last compared leaves (I7).
 */
export function contextOf(received: ReceivedAct, previousOccurredAt: number, receivedAt: number, env: ServerEnv): DecideContext {
  const { device, n, mutation } = received;
  const madeAt = mutation?.madeAt ?? receivedAt;
  const skewMs = mutation?.madeAtSkewMs ?? null;
  const occurredAt = computeOccurredAt({ madeAt, skewMs, previousOccurredAt, receivedAt });
  const isServerChannel = device.channel !== 'tablet';
  const offlineMs = device.lastContactAt === null ? null : Math.max(0, occurredAt - device.lastContactAt);
  const uncertaintyMs = isServerChannel ? 0 : computeUncertaintyMs(skewMs === null ? null : offlineMs);
  return {
    authority: 'server',
    deviceId: device.id,
    deviceNumber: device.number,
    n,
    actorId: mutation?.actorId ?? UNKNOWN_ACTOR,
    role: null,
    madeAt,
    occurredAt,
    uncertaintyMs: Number.isFinite(uncertaintyMs) ? uncertaintyMs : null,
    receivedAt,
    businessOn: mutation?.businessOn ?? new Date(receivedAt).toISOString().slice(0, 10),
    newId: (k) => recordIdOf(device.id, n, k),
    sha256: env.sha256,
  };
}
