import { prepareAct } from '#schema/decide-acts.ts';
import type { Sha256 } from '#schema/env.ts';
import { recordIdOf } from '#schema/ids.ts';
import { type DecideContext, key, type RangeKey, type RecordKey } from '#schema/mutations/define.ts';
import type { Overlay, OverlayDevice } from '#schema/overlay.ts';
import { RECORDS, type RecordKind } from '#schema/records/registry.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import { nameOf, type RecordLoader, type Stored } from '#schema/working-set.ts';
import { type Checkpoint, isSameState, type Replica } from './replica.ts';

/** Longer lists are for looking through. */
const LEARN_MAX = 100;

/**
 * Loaders around the replica for folding: one that fetches in one round what a whole outbox will read (one by one, a thousand acts take
 * 330 ms), and one that shows the overlay to a trial decision.
 */
export class PrefetchingLoader implements RecordLoader {
  readonly #replica: Replica;
  readonly #base: Checkpoint | null;
  readonly #known = new Map<string, Stored | null>();
  readonly #keys = new Map<string, RecordKey>();
  #isUnsure = false;
  #ranges = 0;

  /** `base` is where the replica stands. */
  constructor(replica: Replica, base: Checkpoint | null) {
    this.#replica = replica;
    this.#base = base;
  }

  /** A fetch failed, or found the replica elsewhere than at the base: what was judged with it may be wrong. */
  get isUnsure(): boolean {
    return this.#isUnsure;
  }

  /** How many ranges were read; those say nothing of where the replica stood. */
  get ranges(): number {
    return this.#ranges;
  }

  /** A record that was fetched, as it was then; null when it was absent, undefined when it was never asked for. */
  known(kind: RecordKind, id: string): Stored | null | undefined {
    return this.#known.get(nameOf(kind, id));
  }

  /** Keys this loader was asked for; the next fold will ask for most of them again. */
  askedFor(): readonly RecordKey[] {
    return [...this.#keys.values()];
  }

  /** Notes records that a screen has read at the base: an act is usually about what somebody has just looked at. */
  learn(records: readonly Stored[]): void {
    if (records.length > LEARN_MAX) return;
    for (const stored of records) this.#known.set(nameOf(stored.kind, stored.body.id), stored);
  }

  /** Fetches records that will be asked for. */
  async prefetch(keys: readonly RecordKey[]): Promise<void> {
    const missing = keys.filter(({ kind, id }) => !this.#known.has(nameOf(kind, id)));
    if (missing.length === 0) return;
    const { records, at } = await this.#replica.loadAt(missing).catch((error: unknown) => {
      this.#isUnsure = true;
      throw error;
    });
    if (!isSameState(this.#base, at)) this.#isUnsure = true;
    // Absence is noted only once it is known: somebody else may ask while the load is on its way.
    for (const { kind, id } of missing) this.#known.set(nameOf(kind, id), null);
    for (const stored of records) this.#known.set(nameOf(stored.kind, stored.body.id), stored);
  }

  readonly load = async (keys: readonly RecordKey[]): Promise<readonly Stored[]> => {
    for (const wanted of keys) this.#keys.set(nameOf(wanted.kind, wanted.id), wanted);
    await this.prefetch(keys);
    return keys.flatMap(({ kind, id }) => this.#known.get(nameOf(kind, id)) ?? []);
  };

  readonly loadRange = (range: RangeKey): Promise<readonly Stored[]> => {
    this.#ranges += 1;
    return this.#replica.loadRange(range);
  };

  readonly isHere: RecordLoader['isHere'] = (kind, id) => this.#replica.isHere(kind, id);
}

/** What the first round of some acts reads, as far as can be told without records. A miss costs a round trip, nothing else. */
export function firstReadsOf(mutations: readonly Mutation[], device: OverlayDevice): readonly RecordKey[] {
  return mutations.flatMap((mutation) => {
    const act = prepareAct(mutation.name, mutation.version, mutation.args);
    const member = key('member', mutation.actorId);
    if ('code' in act) return [member];
    try {
      return [member, ...act.reads(plainContext(mutation, device)).filter((wanted) => 'kind' in wanted)];
    } catch {
      // Judging the act will meet the same error and say so; this is only a guess at what to fetch.
      return [member];
    }
  });
}

function plainContext(mutation: Mutation, device: { deviceId: string; deviceNumber: number; sha256: Sha256 }): DecideContext {
  return {
    authority: 'device',
    ...device,
    n: mutation.n,
    hash: mutation.hash,
    actorId: mutation.actorId,
    role: null,
    madeAt: mutation.madeAt,
    occurredAt: mutation.madeAt,
    uncertaintyMs: null,
    receivedAt: mutation.madeAt,
    businessOn: mutation.businessOn,
    newId: (k) => recordIdOf(mutation.deviceId, mutation.n, k),
    earlierReceipt: null,
  };
}

/** The overlay as a loader: what an act decided now would see. */
export function overlayLoader(overlay: Overlay, replica: RecordLoader): RecordLoader {
  return {
    load: async (keys) => {
      const fromReplica = await replica.load(keys.filter(({ kind, id }) => !overlay.records.has(nameOf(kind, id))));
      return [...fromReplica, ...keys.flatMap(({ kind, id }) => overlay.records.get(nameOf(kind, id)) ?? [])];
    },
    loadRange: async (range) => [...(await replica.loadRange(range)), ...writtenIn(overlay, range)],
    isHere: (kind, id) => replica.isHere(kind, id),
  };
}

function writtenIn(overlay: Overlay, { range, parent, since }: RangeKey): readonly Stored[] {
  const fields = RECORDS[range].range;
  return [...overlay.records.values()].filter((stored) => {
    if (stored.kind !== range || !fields) return false;
    const body: Readonly<Record<string, unknown>> = stored.body;
    return body[fields.parentField] === parent && Number(body[fields.sinceField]) >= since;
  });
}
