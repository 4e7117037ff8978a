import type { Judgement } from '#schema/decide-acts.ts';
import { type Overlay, type OverlayDevice, OverlayFold } from '#schema/overlay.ts';
import type { RecordBody, RecordKind } from '#schema/records/registry.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import { nameOf, type Stored } from '#schema/working-set.ts';
import type { StoreQuery } from './keyed-store.ts';
import type { Outbox } from './outbox.ts';
import { firstReadsOf, overlayLoader, PrefetchingLoader } from './overlay-loader.ts';
import { type Checkpoint, isSameState, projectionOf, type Replica } from './replica.ts';
import type { ReplicaSlots } from './replica-slots.ts';

/** How often a reading that the replica moved under is repeated. */
const READ_TRIES_MAX = 50;

/** One fold, and the state it was made over. */
interface Folded {
  readonly fold: OverlayFold;
  readonly loader: PrefetchingLoader;
  readonly base: Checkpoint | null;
  readonly replica: Replica;
  /** The last number the fold knows of. */
  lastN: number;
}

/**
 * What this tab shows: the replica with the own mutations folded on top that are not inside it yet (SY20). Everything runs one after another in a queue
 * of its own, and a reading that the replica moved under is repeated, so nobody ever sees a replica of one moment under a fold of another.
 */
export class OverlayStore {
  readonly #device: OverlayDevice;
  readonly #outbox: Outbox;
  readonly #slots: ReplicaSlots;
  #folded: Folded | null = null;
  /** Something may have been stored since the fold was made. */
  #isStale = true;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(device: OverlayDevice, outbox: Outbox, slots: ReplicaSlots) {
    this.#device = device;
    this.#outbox = outbox;
    this.#slots = slots;
  }

  /** Where the replica under this overlay stands; null before the first snapshot. */
  base(): Checkpoint | null {
    return this.#folded?.base ?? null;
  }

  /**
   * Catches up with what other tabs or the sync have stored. Whoever stores says so and calls this; so does a timer, since a tab that died may have
   * stored without saying (SY5). True when something looks different now.
   */
  refresh(): Promise<boolean> {
    const before = { fold: this.#folded?.fold, lastN: this.#folded?.lastN };
    this.#isStale = true;
    return this.#consistently(async ({ fold, lastN }) => fold !== before.fold || lastN !== before.lastN);
  }

  /**
   * Stores a mutation and folds it in before anything else is read. `store` is handed what to ask of each chained mutation: the judgement on top of
   * everything there is. Null when `store` stored nothing. Errors: those of `store`; what is stored is answered, whatever fails after that.
   */
  append(
    store: (foresee: (mutation: Mutation) => Promise<Judgement>) => Promise<Mutation | null>,
  ): Promise<{ mutation: Mutation; judgement: Judgement } | null> {
    return this.#inTurn(async () => {
      let foreseen: Judgement | null = null;
      if (await this.#slots.follow()) this.#isStale = true;
      // Asked while the store looks for the next number: usually nothing has moved, and this is all there is to ask the replica.
      const standing = this.#slots.current().checkpoint();
      const mutation = await store(async (chained) => {
        foreseen = (await this.#foreseeAtOnce(chained, await standing)) ?? (await this.#foreseeAnew(chained));
        return foreseen;
      });
      if (!mutation || !foreseen) return null;
      const known = this.#folded;
      if (!known || this.#isStale || known.loader.isUnsure || known.lastN !== mutation.n - 1) {
        this.#isStale = true;
        return { mutation, judgement: foreseen };
      }
      // It is stored, so it is saved; where it cannot be folded in, the fold is made anew.
      try {
        known.fold.take(mutation, foreseen);
        known.lastN = mutation.n;
      } catch {
        this.#folded = null;
      }
      return { mutation, judgement: foreseen };
    });
  }

  overlay(): Overlay | null {
    return this.#folded?.fold.overlay() ?? null;
  }

  /**
   * Watches what changes from now on. The answer, asked after act `n` was folded in, tells the records it wrote, if that is all that changed; null when
   * anything else may have.
   */
  watchChanges(): (n: number) => readonly Stored[] | null {
    const before = this.overlay();
    const acts = before?.judgements.size;
    return (n) => {
      const after = this.overlay();
      const isAlone = after !== null && after.records === before?.records && after.judgements.size - 1 === acts;
      return isAlone ? (after.judgements.get(n)?.writes ?? null) : null;
    };
  }

  /** One record as this tab knew it last, if it did; else as it is shown. For what may be a moment old. */
  async readKnown(kind: RecordKind, id: string): Promise<Stored | null> {
    const folded = this.#folded;
    const known = folded?.fold.overlay().records.get(nameOf(kind, id)) ?? folded?.loader.known(kind, id);
    return known ?? this.read(kind, id);
  }

  /** One record as it is shown. */
  async read(kind: RecordKind, id: string): Promise<Stored | null> {
    return (await this.readMany(kind, [id]))[0] ?? null;
  }

  /** Records as they are shown, in the order asked for; absent ones are left out. */
  readMany(kind: RecordKind, ids: readonly string[]): Promise<readonly Stored[]> {
    return this.#consistently(async ({ fold, loader }) => {
      const pending = fold.overlay().records;
      const asked = ids.map((id) => ({ kind, id })).filter(({ id }) => !pending.has(nameOf(kind, id)));
      const found = await this.#slots.current().load(asked);
      loader.learn(found);
      const under = new Map(found.map((stored) => [stored.body.id, stored]));
      return ids.flatMap((id) => pending.get(nameOf(kind, id)) ?? under.get(id) ?? []);
    });
  }

  /** A list as it is shown: records the overlay moved into or out of it included. */
  query(kind: RecordKind, query: Omit<StoreQuery, 'kind'>): Promise<readonly Stored[]> {
    return this.#consistently(async ({ fold, loader }) => {
      const changed = [...fold.overlay().records.values()].filter((stored) => stored.kind === kind);
      const under = await this.#slots.current().query({ ...query, kind, limit: query.limit + changed.length });
      loader.learn(under);
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

  #consistently<T>(read: (folded: Folded) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#consistentlyNow(read));
  }

  /** Repeats a reading until the replica stood still under it. */
  async #consistentlyNow<T>(read: (folded: Folded) => Promise<T>): Promise<T> {
    for (let tries = 0; tries < READ_TRIES_MAX; tries += 1) {
      const folded = (!this.#isStale && this.#folded) || (await this.#ready());
      const seen = await read(folded);
      const replica = this.#slots.current();
      const isSure = folded.replica === replica && !folded.loader.isUnsure;
      if (isSure && isSameState(folded.base, await replica.checkpoint())) return seen;
      this.#isStale = true;
    }
    throw new Error('the replica keeps changing');
  }

  /**
   * The judgement on the fold there is: when the outbox ends where the fold does, which its tail just said (SY5), the replica still stood where the fold was made
   * a moment ago, and so it did when what the act reads and was not known was fetched. Null when any of this does not hold.
   */
  async #foreseeAtOnce(mutation: Mutation, standing: Checkpoint | null): Promise<Judgement | null> {
    const folded = this.#folded;
    if (!folded || this.#isStale || folded.lastN !== mutation.n - 1) return null;
    if (folded.replica !== this.#slots.current() || !isSameState(folded.base, standing)) return null;
    const before = folded.loader.ranges;
    const judgement = await this.#foresee(folded, mutation);
    return folded.loader.ranges === before && !folded.loader.isUnsure ? judgement : null;
  }

  #foreseeAnew(mutation: Mutation): Promise<Judgement> {
    this.#isStale = true;
    return this.#consistentlyNow((folded) => this.#foresee(folded, mutation));
  }

  #foresee({ fold, loader }: Folded, mutation: Mutation): Promise<Judgement> {
    return new OverlayFold(this.#device, overlayLoader(fold.overlay(), loader)).add(mutation);
  }

  /** The fold over the replica and outbox as they are stored now: continued when only mutations were added, else made again. */
  async #ready(): Promise<Folded> {
    await this.#slots.follow();
    this.#isStale = false;
    const replica = this.#slots.current();
    const base = await replica.checkpoint();
    const before = this.#folded;
    // A repaired replica describes the same state with other records.
    if (before && before.replica === replica && isSameState(before.base, base) && !before.loader.isUnsure) {
      for (const { mutation } of await this.#outbox.from(before.lastN + 1)) {
        await before.fold.add(mutation);
        before.lastN = mutation.n;
      }
      return before;
    }
    const ackedN = base?.ackedN ?? 0;
    const waiting = (await this.#outbox.from(ackedN + 1)).map(({ mutation }) => mutation);
    // One by one, the records of a thousand acts would take seconds from the storage's worker.
    const loader = new PrefetchingLoader(replica, base);
    await loader.prefetch([...(before?.loader.askedFor() ?? []), ...firstReadsOf(waiting, this.#device)]);
    const fold = new OverlayFold(this.#device, loader);
    for (const mutation of waiting) await fold.add(mutation);
    this.#folded = { fold, loader, base, replica, lastN: waiting.at(-1)?.n ?? ackedN };
    return this.#folded;
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

/** The body of a stored record that was asked for by its kind. */
export function bodyOf<Kind extends RecordKind>(kind: Kind, stored: Stored): RecordBody<Kind> {
  if (stored.kind !== kind) throw new Error(`expected ${kind}, found ${stored.kind}`);
  return stored.body as RecordBody<Kind>;
}
