import type { Judgement } from '#schema/decide-acts.ts';
import { foldOverlay, type Overlay, type OverlayDevice, type OverlayFold } from '#schema/overlay.ts';
import type { RecordKind } from '#schema/records/registry.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import { nameOf, type Stored } from '#schema/working-set.ts';
import type { StoreQuery } from './keyed-store.ts';
import type { Outbox } from './outbox.ts';
import { type Checkpoint, projectionOf, type Replica } from './replica.ts';

/** How often a reading that the replica moved under is repeated. */
const READ_TRIES_MAX = 8;

/**
 * What this tab shows: the replica with the own mutations folded on top that are not inside it yet (SY20). Everything runs one after another in a queue
 * of its own, so a reading never sees a replica of one moment under a fold of another.
 */
export class OverlayStore {
  readonly #device: OverlayDevice;
  readonly #outbox: Outbox;
  #replica: Replica;
  #fold: OverlayFold | null = null;
  #base: Checkpoint | null = null;
  /** Numbers in the fold, the last of them. */
  #lastN = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(device: OverlayDevice, outbox: Outbox, replica: Replica) {
    this.#device = device;
    this.#outbox = outbox;
    this.#replica = replica;
  }

  /** Reads on from another store, after a snapshot was swapped in. */
  useReplica(replica: Replica): Promise<void> {
    return this.#inTurn(async () => {
      this.#replica = replica;
      this.#fold = null;
      await this.#ready();
    });
  }

  /** Where the replica under this overlay stands; null before the first snapshot. */
  base(): Checkpoint | null {
    return this.#base;
  }

  /** Catches up with what other tabs or the sync have stored. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#ready();
    });
  }

  /** Runs `append` so that its mutation joins the fold before anything else is read. */
  append(append: () => Promise<Mutation>): Promise<{ mutation: Mutation; judgement: Judgement }> {
    return this.#inTurn(async () => {
      const mutation = await append();
      const fold = await this.#ready();
      const judgement = fold.overlay().judgements.get(mutation.n);
      if (!judgement) throw new Error(`mutation ${mutation.n} was stored and not found again`);
      return { mutation, judgement };
    });
  }

  /** What this device expects the server to say of a mutation that was not stored: decided on top of everything there is. */
  foresee(mutation: Mutation): Promise<Judgement> {
    return this.#inTurn(async () => {
      await this.#ready();
      const pending = await this.#outbox.from((this.#base?.ackedN ?? 0) + 1);
      const trial = await foldOverlay(
        this.#device,
        this.#replica,
        pending.map((entry) => entry.mutation),
      );
      return trial.add(mutation);
    });
  }

  overlay(): Overlay | null {
    return this.#fold?.overlay() ?? null;
  }

  /** One record as it is shown. */
  async read(kind: RecordKind, id: string): Promise<Stored | null> {
    return this.#consistently(async (overlay) => {
      const pending = overlay.records.get(nameOf(kind, id));
      if (pending) return pending;
      return (await this.#replica.load([{ kind, id }]))[0] ?? null;
    });
  }

  /** A list as it is shown: records the overlay moved into or out of it included. */
  async query(kind: RecordKind, query: Omit<StoreQuery, 'kind'>): Promise<readonly Stored[]> {
    return this.#consistently(async (overlay) => {
      const changed = [...overlay.records.values()].filter((stored) => stored.kind === kind);
      const under = await this.#replica.query({ ...query, kind, limit: query.limit + changed.length });
      const changedIds = new Set(changed.map(({ body }) => body.id));
      const shown = under.filter(({ body }) => !changedIds.has(body.id));
      for (const stored of changed) if (fits(stored, query)) shown.push(stored);
      return changed.length === 0 ? shown.slice(0, query.limit) : ordered(shown, query.descending ?? false).slice(0, query.limit);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /** Repeats a reading until the replica stood still under it. */
  #consistently<T>(read: (overlay: Overlay) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      for (let tries = 0; tries < READ_TRIES_MAX; tries += 1) {
        const fold = await this.#ready();
        const seen = await read(fold.overlay());
        if ((await this.#replica.checkpoint())?.seq === this.#base?.seq) return seen;
      }
      throw new Error('the replica keeps changing');
    });
  }

  /** The fold over the replica and outbox as they are stored now: continued when only mutations were added, else made again. */
  async #ready(): Promise<OverlayFold> {
    const base = await this.#replica.checkpoint();
    const isSame =
      this.#fold !== null &&
      base?.seq === this.#base?.seq &&
      base?.ackedN === this.#base?.ackedN &&
      base?.epoch === this.#base?.epoch;
    if (this.#fold && isSame) {
      const added = await this.#outbox.from(this.#lastN + 1);
      for (const { mutation } of added) await this.#fold.add(mutation);
      this.#lastN = added.at(-1)?.mutation.n ?? this.#lastN;
      return this.#fold;
    }
    const ackedN = base?.ackedN ?? 0;
    const waiting = await this.#outbox.from(ackedN + 1);
    const fold = await foldOverlay(
      this.#device,
      this.#replica,
      waiting.map(({ mutation }) => mutation),
    );
    this.#fold = fold;
    this.#base = base;
    this.#lastN = waiting.at(-1)?.mutation.n ?? ackedN;
    return fold;
  }
}

function fits(stored: Stored, { parent, status, sortFrom }: Omit<StoreQuery, 'kind'>): boolean {
  const projection = projectionOf(stored);
  return (
    (parent === undefined || projection.parent === parent) &&
    (status === undefined || projection.status === status) &&
    (sortFrom === undefined || projection.sort >= sortFrom)
  );
}

function ordered(list: readonly Stored[], descending: boolean): Stored[] {
  const keyed = list.map((stored) => ({ stored, sort: projectionOf(stored).sort }));
  // By sort, then by id, as the storage orders them.
  keyed.sort((a, b) => (a.sort === b.sort ? compare(a.stored.body.id, b.stored.body.id) : compare(a.sort, b.sort)));
  if (descending) keyed.reverse();
  return keyed.map(({ stored }) => stored);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
