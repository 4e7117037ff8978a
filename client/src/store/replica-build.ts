import { z } from 'zod';
import { DEVICE_SETS } from '#schema/records/device.ts';
import { isRecordKind } from '#schema/records/registry.ts';
import { Digest, type DigestSums } from '#schema/sync/digest.ts';
import type { WireRecord } from '#schema/sync/messages.ts';
import type { KeyedStore, StoreRow } from './keyed-store.ts';
import { type Checkpoint, Replica, storedRecord } from './replica.ts';

/**
 * How far a replica under construction has come. It lies in the store it speaks of and is written with the rows it counts, so a tab that dies leaves
 * something that the next one can go on with (SY17).
 */
export const buildProgressSchema = z.strictObject({
  epoch: z.int(),
  /** The seq of the first part's header: everything that changed since is pulled when the rest is here. */
  seq: z.int(),
  head: z.strictObject({ size: z.int(), hash: z.string() }),
  set: z.enum(DEVICE_SETS),
  ledgersFrom: z.string(),
  /** The last mark that was kept. */
  after: z.string(),
  received: z.int(),
  /** The snapshot has come to its end. */
  isWhole: z.boolean(),
});
export type BuildProgress = z.infer<typeof buildProgressSchema>;

const bodySchema = z.strictObject({ progress: buildProgressSchema, sums: z.record(z.string(), z.string()) });
const KIND = '~building';

/** Somebody else goes on with this build. */
export class BuildTaken extends Error {
  constructor() {
    super('another tab goes on with this replica');
    this.name = 'BuildTaken';
  }
}

/** A replica under construction; nobody reads it before it is swapped in. */
export class ReplicaBuild {
  readonly store: string;
  readonly replica: Replica;
  readonly #keyed: KeyedStore;
  /** Runs a write alone, and only while the build is still this tab's; throws `BuildTaken` else. */
  readonly alone: <T>(write: () => Promise<T>) => Promise<T>;
  readonly #digest: Digest;
  #progress: BuildProgress | null;
  /** Closed, or somebody else's to close. */
  #isDone = false;
  // One chunk is being written while the next is received and handed over; more would only pile up.
  #underWay: Promise<void> = Promise.resolve();

  constructor(
    store: string,
    keyed: KeyedStore,
    alone: <T>(write: () => Promise<T>) => Promise<T>,
    found: { readonly progress: BuildProgress; readonly sums: DigestSums } | null,
  ) {
    this.store = store;
    this.#keyed = keyed;
    this.replica = new Replica(keyed);
    this.alone = alone;
    this.#progress = found?.progress ?? null;
    this.#digest = new Digest(found?.sums);
  }

  /** Goes on with what is in a store; null, and the store closed, when that is of no use. */
  static async resume(
    store: string,
    keyed: KeyedStore,
    alone: <T>(write: () => Promise<T>) => Promise<T>,
  ): Promise<ReplicaBuild | null> {
    try {
      const [row] = await keyed.query({ kind: KIND, descending: true, limit: 1 });
      const found = row ? bodySchema.safeParse(row.body) : null;
      const isFinished = (await new Replica(keyed).checkpoint()) !== null;
      if (found?.success && !isFinished) return new ReplicaBuild(store, keyed, alone, found.data);
    } catch (error) {
      await keyed.close();
      throw error;
    }
    await keyed.close();
    return null;
  }

  /** How far it has come; null when nothing is here yet. */
  progress(): BuildProgress | null {
    return this.#progress;
  }

  /** Keeps rows that are not here yet, and how far it is with them. Resolves when the rows before these are stored. */
  async add(rows: readonly StoreRow[], progress: BuildProgress): Promise<void> {
    const before = this.#underWay;
    for (const { kind, body } of rows) if (isRecordKind(kind)) this.#digest.add(storedRecord(kind, body));
    const body = { progress, sums: this.#digest.sums() };
    const sort = progress.isWhole ? '~' : String(progress.received).padStart(12, '0');
    const row: StoreRow = { id: `${KIND}/${sort}`, kind: KIND, seq: 0, parent: '', status: '', sort, body };
    this.#underWay = before.then(() => this.alone(() => this.#keyed.insertAll([...rows, row])));
    this.#underWay.catch(() => undefined);
    this.#progress = progress;
    await before;
  }

  /** Brings it to the head with what changed meanwhile, in one write: from then on it is a replica. Answers what it adds up to. */
  async finish(records: readonly WireRecord[], checkpoint: Checkpoint): Promise<DigestSums> {
    await this.#underWay;
    return this.alone(() => this.replica.apply(records, checkpoint, this.#digest.sums()));
  }

  isOpen(): boolean {
    return !this.#isDone;
  }

  /** It is the replica in use from now on, and whoever reads that closes it. */
  adopt(): Replica {
    this.#isDone = true;
    return this.replica;
  }

  /** Puts it down so that it can be gone on with later. */
  async leave(): Promise<void> {
    await this.#underWay.catch(() => undefined);
    if (this.#isDone) return;
    this.#isDone = true;
    await this.#keyed.close();
  }
}
