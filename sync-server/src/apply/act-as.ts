import { recordIdOf } from '#schema/ids.ts';
import type { MutationArgs, MutationName } from '#schema/mutations/registry.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import type { ServerAct } from './apply-mutations.ts';
import type { Door } from './door.ts';
import type { ServerChannel } from './tenant-store.ts';

/** Most acts of one channel in one transaction (architecture, "One door"). */
export const CHANNEL_ACTS_MAX = 200;

/** An act a channel makes, its arguments those of its name. */
export type ChannelAct = {
  readonly [Name in MutationName]: { readonly name: Name; readonly args: MutationArgs<Name> };
}[MutationName];

/** What a channel's acts came to; `newId` names the `k`-th record that an act made, by its receipt. */
export interface ChannelOutcome {
  readonly epoch: number;
  readonly seq: number;
  readonly receipts: readonly Receipt[];
  readonly newId: (receipt: Receipt, k: number) => string;
}

/** Who acts: a channel of the server for a member (or `SYSTEM_ACTOR`), on the shop's business date. */
export interface Acting {
  readonly tenantId: string;
  readonly channel: ServerChannel;
  /** Id of the channel's device in this tenant. */
  readonly deviceId: string;
  readonly actorId: string;
  readonly businessOn: string;
}

/**
 * Sends acts of a server channel through the door, one transaction for at most `CHANNEL_ACTS_MAX` of them.
 * Errors as `Door.submit`; a tenant without the channel throws.
 */
export async function actAs(door: Door, acting: Acting, acts: readonly ChannelAct[]): Promise<ChannelOutcome> {
  if (acts.length > CHANNEL_ACTS_MAX) throw new Error(`a channel sends at most ${CHANNEL_ACTS_MAX} acts at once`);
  const outcome = await door.submit(acting.tenantId, {
    kind: 'acts',
    channel: acting.channel,
    actorId: acting.actorId,
    acts: acts.map(({ name, args }): ServerAct => ({ name, args, businessOn: acting.businessOn })),
  });
  if (outcome.kind !== 'receipts') throw new Error(`the channel ${acting.channel} cannot act: ${outcome.kind}`);
  const { epoch, seq, receipts } = outcome;
  return { epoch, seq, receipts, newId: (receipt, k) => recordIdOf(acting.deviceId, receipt.n, k) };
}
