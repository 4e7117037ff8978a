import { type Judgement, judgeAct, prepareAct, quarantine } from './decide-acts.ts';
import type { Sha256 } from './env.ts';
import { recordIdOf } from './ids.ts';
import { type DecideContext, key } from './mutations/define.ts';
import { roleAt } from './records/member.ts';
import type { Mutation } from './sync/mutation.ts';
import { type RecordLoader, type Stored, WorkingSet } from './working-set.ts';

/**
 * The overlay: what a person sees is the replica with the outbox folded on top (SY20).
 *
 * `decide` runs over the replica once for each mutation not yet inside it, in order of `n`. A refusal needs no rollback: the next
 * fold simply does not contain it.
 */
export interface Overlay {
  /** Records that differ from the replica, by `kind/id`. */
  readonly records: ReadonlyMap<string, Stored>;
  /** What this device expects the server to say, by n. */
  readonly judgements: ReadonlyMap<number, Judgement>;
}

/** What the fold must know of the device itself. */
export interface OverlayDevice {
  readonly deviceId: string;
  readonly deviceNumber: number;
  readonly sha256: Sha256;
}

/** A fold that can be continued act by act: a new tap is decided on top without folding everything again. */
export class OverlayFold {
  readonly #device: OverlayDevice;
  readonly #workingSet: WorkingSet;
  readonly #judgements = new Map<number, Judgement>();

  constructor(device: OverlayDevice, replica: RecordLoader) {
    this.#device = device;
    this.#workingSet = new WorkingSet(replica);
  }

  /** Decides one more mutation on top of those before it. */
  async add(mutation: Mutation): Promise<Judgement> {
    const context = await this.#contextOf(mutation);
    const act = prepareAct(mutation.name, mutation.version, mutation.args);
    const judgement =
      'code' in act ? quarantine(context, mutation.name, act.code, act.details) : await judgeAct(act, context, this.#workingSet);
    if ('code' in act) this.#workingSet.write(judgement.writes);
    this.#judgements.set(mutation.n, judgement);
    return judgement;
  }

  /** Takes over a judgement that was made on top of exactly this fold. */
  take(mutation: Mutation, judgement: Judgement): void {
    this.#workingSet.write(judgement.writes);
    this.#judgements.set(mutation.n, judgement);
  }

  /** The overlay so far. */
  overlay(): Overlay {
    return { records: this.#workingSet.written(), judgements: this.#judgements };
  }

  async #contextOf(mutation: Mutation): Promise<DecideContext> {
    const member = [key('member', mutation.actorId)];
    await this.#workingSet.ensure(member);
    const actor = this.#workingSet.reader(member).get('member', mutation.actorId);
    const occurredAt = mutation.madeAt - (mutation.madeAtSkewMs ?? 0);
    return {
      authority: 'device',
      ...this.#device,
      n: mutation.n,
      hash: mutation.hash,
      actorId: mutation.actorId,
      role: actor ? roleAt(actor, occurredAt) : null,
      madeAt: mutation.madeAt,
      occurredAt,
      uncertaintyMs: mutation.madeAtSkewMs === null ? null : 60_000,
      receivedAt: occurredAt,
      businessOn: mutation.businessOn,
      newId: (k) => recordIdOf(mutation.deviceId, mutation.n, k),
      earlierReceipt: null,
    };
  }
}

/** Folds a whole outbox over a replica. Mutations must be in order of `n`. */
export async function foldOverlay(
  device: OverlayDevice,
  replica: RecordLoader,
  outbox: readonly Mutation[],
): Promise<OverlayFold> {
  const fold = new OverlayFold(device, replica);
  for (const mutation of outbox) await fold.add(mutation);
  return fold;
}
