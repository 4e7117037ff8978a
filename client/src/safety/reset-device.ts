import type { ClientEnv } from '../env.ts';
import { forgetDevice, type KeptSession, workspaceNameOf } from '../session.ts';
import { DismissedActs } from '../store/dismissed-acts.ts';
import { doubtName } from '../store/doubted-receipts.ts';
import { forgetLastMade, outboxNameOf } from '../store/outbox.ts';
import { removeReplica } from '../store/replica-slots.ts';

/**
 * Removes a pharmacy from this browser, unsent acts included (SY25). Its workspace must be closed in every tab. The device goes first: were it cut off
 * half way, an emptied outbox would begin again at 1 under the old device, which is a fork; so the next sign-in enrols a new one.
 */
export async function resetDevice(env: Pick<ClientEnv, 'local' | 'removeStore'>, session: KeptSession): Promise<void> {
  const name = workspaceNameOf(session);
  forgetDevice(env, session.tenant.id);
  await env.removeStore(outboxNameOf(name));
  forgetLastMade(env, session.device.id);
  env.local.remove(doubtName(session.device.id));
  await removeReplica(env, name);
  new DismissedActs(env.local, name).forget();
}
