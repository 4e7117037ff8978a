import type { DigestSums } from '#schema/sync/digest.ts';
import type { WireRecord } from '#schema/sync/messages.ts';
import type { ClientEnv } from '../env.ts';
import { type Checkpoint, isSameState, Replica } from './replica.ts';
import { BuildTaken, ReplicaBuild } from './replica-build.ts';

/** Raise it when the shape of replica rows changes: a new shape is another store, filled by a snapshot, never a migration. */
const REPLICA_SHAPE = 2;

type SlotsEnv = Pick<ClientEnv, 'openStore' | 'removeStore' | 'local' | 'randomId' | 'locks'>;

/**
 * Which store is the replica: a new one is built beside the old and swapped in by one small text that all tabs see (SY17). One that was cut is
 * gone on with; whatever else is left over is removed when the next one starts.
 *
 * The replica changes only here, under one lock, and only from the state that the change was made for: a thawed old leader changes nothing (SY5).
 */
export class ReplicaSlots {
  readonly #env: SlotsEnv;
  readonly #name: string;
  #current: Replica;
  #currentStore: string;
  /** Built by this tab and not followed yet; it is open already. */
  #built: { readonly store: string; readonly replica: Replica } | null = null;

  private constructor(env: SlotsEnv, name: string, store: string, current: Replica) {
    this.#env = env;
    this.#name = name;
    this.#currentStore = store;
    this.#current = current;
  }

  /** Opens the replica in use, or an empty one that waits for its first snapshot. */
  static async open(env: SlotsEnv, name: string): Promise<ReplicaSlots> {
    const pointer = pointerName(name);
    const store = env.local.get(pointer) ?? newStoreName(env, name);
    env.local.set(pointer, store);
    return new ReplicaSlots(env, name, store, new Replica(await env.openStore(store)));
  }

  /** Name of the small text that says when its rows were last counted. */
  get countedName(): string {
    return `${pointerName(this.#name)}-counted`;
  }

  current(): Replica {
    return this.#current;
  }

  /**
   * Opens what a tab has swapped in; true when it was another than before. Call it where nothing reads the old one: that is closed.
   */
  async follow(): Promise<boolean> {
    const store = this.#env.local.get(pointerName(this.#name));
    if (store === null || store === this.#currentStore) return false;
    const old = this.#current;
    this.#current = this.#built?.store === store ? this.#built.replica : new Replica(await this.#env.openStore(store));
    this.#built = null;
    this.#currentStore = store;
    await old.close();
    return true;
  }

  /**
   * Applies a whole pull in one storage write (SY15), if the replica still is the state it was pulled for; null when it is not. Answers what all records
   * then add up to.
   */
  apply(base: Checkpoint, records: readonly WireRecord[], checkpoint: Checkpoint): Promise<DigestSums | null> {
    return this.#exclusively(async () => {
      if (this.#env.local.get(pointerName(this.#name)) !== this.#currentStore) return null;
      if (!isSameState(base, await this.#current.checkpoint())) return null;
      return this.#current.apply(records, checkpoint);
    });
  }

  /** Goes on with the replica that was being built beside the current one, or starts a new, empty one. */
  async build(): Promise<ReplicaBuild> {
    const { local } = this.#env;
    const [building, builder] = [buildingName(this.#name), `${buildingName(this.#name)}-by`];
    // A tab that thaws in the middle of its build finds that it is no longer its own.
    const own = this.#env.randomId(12);
    local.set(builder, own);
    const alone = <T>(write: () => Promise<T>) =>
      this.#exclusively(async () => {
        if (local.get(builder) !== own) throw new BuildTaken();
        return write();
      });
    const leftOver = local.get(building);
    if (leftOver !== null && leftOver !== this.#currentStore) {
      const keyed = await this.#env.openStore(leftOver);
      const resumed = await ReplicaBuild.open(leftOver, keyed, alone, { isNew: false });
      if (resumed) return resumed;
      await keyed.close();
      await this.#env.removeStore(leftOver);
    }
    const store = newStoreName(this.#env, this.#name);
    local.set(building, store);
    const build = await ReplicaBuild.open(store, await this.#env.openStore(store), alone, { isNew: true });
    if (!build) throw new Error('a new replica could not be begun');
    return build;
  }

  /** Makes a finished build the replica of every tab; `follow` opens it. Throws `BuildTaken`. */
  async swapIn(build: ReplicaBuild): Promise<void> {
    await build.alone(async () => {
      this.#built = { store: build.store, replica: build.replica };
      this.#env.local.set(pointerName(this.#name), build.store);
      this.#env.local.set(buildingName(this.#name), this.#currentStore);
    });
  }

  /** Gives a build up and frees its room. */
  async abandon(build: ReplicaBuild): Promise<void> {
    await build.leave();
    await build.alone(async () => {
      await this.#env.removeStore(build.store);
      this.#env.local.remove(buildingName(this.#name));
    });
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#env.locks.withLock(`apply ${this.#name}`, work);
  }
}

/** Removes the replica of a workspace that nobody holds any more, and what was being built beside it. */
export async function removeReplica(env: Pick<SlotsEnv, 'removeStore' | 'local'>, name: string): Promise<void> {
  for (const pointer of [pointerName(name), buildingName(name)]) {
    const store = env.local.get(pointer);
    if (store !== null) await env.removeStore(store);
    env.local.remove(pointer);
  }
  for (const text of [`${buildingName(name)}-by`, `${pointerName(name)}-counted`]) env.local.remove(text);
}

/** Tabs of another release, whose replicas have another shape, keep their own. */
function pointerName(name: string): string {
  return `${name}-replica-${REPLICA_SHAPE}`;
}

function buildingName(name: string): string {
  return `${pointerName(name)}-building`;
}

function newStoreName(env: Pick<SlotsEnv, 'randomId'>, name: string): string {
  return `${name}-r${REPLICA_SHAPE}-${env.randomId(6)}`;
}
