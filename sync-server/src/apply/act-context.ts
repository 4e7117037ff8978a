import { computeOccurredAt, computeUncertaintyMs } from '#schema/domain/count-rebase.ts';
import { recordIdOf } from '#schema/ids.ts';
import type { DecideContext } from '#schema/mutations/define.ts';
import { instantSchema } from '#schema/time.ts';
import type { ServerEnv } from '../env.ts';
import { type ReceivedAct, SYSTEM_ACTOR } from './received-act.ts';

/**
 * The context an act is judged in, its role still to be looked up: `occurredAt` is device time corrected by its skew, never before the device's
 * previous act nor after receipt, with the uncertainty that its time offline leaves (I7).
 */
export function contextOf(received: ReceivedAct, previousOccurredAt: number, receivedAt: number, env: ServerEnv): DecideContext {
  const { device, n, understood } = received;
  const mutation = understood?.mutation;
  const madeAt = mutation?.madeAt ?? receivedAt;
  const skewMs = mutation?.madeAtSkewMs ?? null;
  const occurredAt = computeOccurredAt({ madeAt, skewMs, previousOccurredAt, receivedAt });
  const isServerChannel = device.channel !== 'tablet';
  const offlineMs = device.lastContactAt === null ? null : Math.max(0, receivedAt - device.lastContactAt);
  const uncertaintyMs = isServerChannel ? 0 : computeUncertaintyMs(skewMs === null ? null : offlineMs);
  return {
    authority: 'server',
    deviceId: device.id,
    deviceNumber: device.number,
    n,
    actorId: mutation?.actorId ?? SYSTEM_ACTOR,
    role: null,
    madeAt: instantSchema.parse(madeAt),
    occurredAt,
    uncertaintyMs: Number.isFinite(uncertaintyMs) ? uncertaintyMs : null,
    receivedAt,
    businessOn: mutation?.businessOn ?? new Date(receivedAt).toISOString().slice(0, 10),
    newId: (k) => recordIdOf(device.id, n, k),
    sha256: env.sha256,
  };
}
