import { z } from 'zod';
import type { DigestSums } from '#schema/sync/digest.ts';
import type { WireRecord } from '#schema/sync/messages.ts';
import type { ClientEnv, LocalTexts } from '../env.ts';
import { type Checkpoint, isSameState, Replica } from './replica.ts';
import { BuildTaken, ReplicaBuild } from './replica-build.ts';

/** Raise it when the shape of replica rows changes: a new shape is another store, filled by a snapshot, never a migration. */
export const REPLICA_SHAPE = 3;

type SlotsEnv = Pick<ClientEnv, 'openStore' | 'removeStore' | 'local' | 'randomId' | 'locks'>;

/**
 * Which store is the replica: a new one is built beside the old and swapped in by one small text that all tabs see (SY17). One that was cut is
 * gone on with. Tabs of another release may read replicas of another shape; each shape has its own text and its own leading tab.
 *
 * The replica changes only here, under one lock, and only from the state that the change was made for: a thawed old leader changes nothing (SY5).
 *
 * A store that is no longer the replica is left over: its name is kept until it is removed, which happens once no tab holds it, frozen and
 * older ones included.
 */
export class ReplicaSlots {
  readonly #env: SlotsEnv;
  readonly #name: string;
  readonly #shape: number;
  #current: Replica;
  #currentStore: string;
  /** Tells the other tabs that this one reads the current store no more. */
  #letGo: () => void;
  /** What this tab builds, or has built and not followed yet; it is open already, and one page opens a store only once. */
  #built: ReplicaBuild | null = null;

  /** Who opens a store waits for whoever opens one: it may be the same. */
  #opening: Promise<unknown> = Promise.resolve();

  private constructor(env: SlotsEnv, name: string, shape: number, held: { store: string; letGo: () => void }, current: Replica) {
    this.#env = env;
    this.#name = name;
    this.#shape = shape;
    this.#currentStore = held.store;
    this.#letGo = held.letGo;
    this.#current = current;
  }

  /** Opens the replica in use, or an empty one that waits for its first snapshot. */
  static async open(env: SlotsEnv, name: string, shape = REPLICA_SHAPE): Promise<ReplicaSlots> {
    const held = await exclusively(env, name, async () => {
      const pointer = pointerName(name, shape);
      const store = env.local.get(pointer) ?? newStoreName(env, name, shape);
      env.local.set(pointer, store);
      return { store, letGo: await holdStore(env, store) };
    });
    return new ReplicaSlots(env, name, shape, held, new Replica(await env.openStore(held.store)));
  }

  /** Tabs whose replicas have the same shape have one leader among them, since it alone fills theirs. */
  get leadName(): string {
    return `${this.#name} shape ${this.#shape}`;
  }

  /** Name of the small text that says when its rows were last counted. */
  get countedName(): string {
    return `${this.#pointer}-counted`;
  }

  current(): Replica {
    return this.#current;
  }

  /**
   * Opens what a tab has swapped in; true when it was another than before. Call it where nothing reads the old one: that is closed.
   */
  follow(): Promise<boolean> {
    return this.#oneByOne(() => this.#follow());
  }

  async #follow(): Promise<boolean> {
    const pointed = this.#env.local.get(this.#pointer);
    if (pointed === null || pointed === this.#currentStore) return false;
    const [old, letGoOld] = [this.#current, this.#letGo];
    const { store, letGo } = await exclusively(this.#env, this.#name, async () => {
      const newest = this.#env.local.get(this.#pointer) ?? pointed;
      return { store: newest, letGo: await holdStore(this.#env, newest) };
    });
    // Another tab may have finished what this one began.
    const built = this.#built;
    if (built?.store === store && built.isOpen()) {
      this.#current = built.adopt();
      this.#built = null;
    } else this.#current = new Replica(await this.#env.openStore(store));
    this.#currentStore = store;
    this.#letGo = letGo;
    await old.close();
    letGoOld();
    return true;
  }

  /**
   * Applies a whole pull in one storage write (SY15), if the replica still is the state it was pulled for; null when it is not. Answers what all records
   * then add up to.
   */
  apply(base: Checkpoint, records: readonly WireRecord[], checkpoint: Checkpoint): Promise<DigestSums | null> {
    return this.#exclusively(async () => {
      if (this.#env.local.get(this.#pointer) !== this.#currentStore) return null;
      if (!isSameState(base, await this.#current.checkpoint())) return null;
      return this.#current.apply(records, checkpoint);
    });
  }

  /** What all records add up to, as it is kept, if the replica still is that state; null when it is not. */
  async sumsAt(base: Checkpoint): Promise<DigestSums | null> {
    const replica = this.#current;
    const sums = await replica.sums();
    // One that another tab has replaced is closed.
    return this.#current === replica && isSameState(base, await replica.checkpoint()) ? sums : null;
  }

  /** Goes on with the replica that was being built beside the current one, or starts a new, empty one. */
  async build(): Promise<ReplicaBuild> {
    const { local } = this.#env;
    const [building, builder] = [this.#building, `${this.#building}-by`];
    // A tab that thaws in the middle of its build finds that it is no longer its own.
    const own = this.#env.randomId(12);
    // Behind whatever the tab before is in the middle of writing: a frozen tab keeps its lock.
    await this.#exclusively(async () => local.set(builder, own));
    const alone = <T>(write: () => Promise<T>) =>
      this.#exclusively(async () => {
        if (local.get(builder) !== own) throw new BuildTaken();
        return write();
      });
    return this.#oneByOne(async () => {
      // Swapped in by this tab, and another's over it before anybody looked.
      await this.#built?.leave();
      this.#built = null;
      const cut = local.get(building);
      if (cut !== null && cut !== this.#currentStore) {
        const resumed = await ReplicaBuild.resume(cut, await this.#env.openStore(cut), alone);
        if (resumed) return (this.#built = resumed);
        // Of no use, or finished by another tab and the replica now: then it stays.
        this.#leaveOver([cut]);
      }
      const store = newStoreName(this.#env, this.#name, this.#shape);
      local.set(building, store);
      return (this.#built = new ReplicaBuild(store, await this.#env.openStore(store), alone, null));
    });
  }

  /** Makes a finished build the replica of every tab; `follow` opens it. Throws `BuildTaken`. */
  async swapIn(build: ReplicaBuild): Promise<void> {
    await build.alone(async () => {
      // First, so that no death in between leaves a store that nobody knows of.
      this.#leaveOver([this.#env.local.get(this.#pointer) ?? this.#currentStore]);
      this.#env.local.set(this.#pointer, build.store);
      this.#env.local.remove(this.#building);
    });
  }

  /** Gives a build up and frees its room. */
  async abandon(build: ReplicaBuild): Promise<void> {
    await build.leave();
    await build.alone(async () => {
      await this.#env.removeStore(build.store);
      this.#env.local.remove(this.#building);
    });
  }

  /** Removes what is left over, of older shapes too, and held by no tab any more. */
  async sweep(): Promise<void> {
    const { local, locks } = this.#env;
    await this.#exclusively(async () => {
      const held = await locks.held();
      const isHeld = (store: string) => held.some((lock) => lock.startsWith(heldPrefix(store)));
      for (let shape = 1; shape < this.#shape; shape += 1) {
        const stores = storesOf(local, this.#name, shape);
        if (stores.some(isHeld)) continue;
        this.#leaveOver(stores);
        for (const text of textsOf(this.#name, shape)) local.remove(text);
      }
      // A tab that died in the middle of the swap.
      if (local.get(this.#building) === local.get(this.#pointer)) local.remove(this.#building);
      const inUse = [local.get(this.#pointer), local.get(this.#building), this.#currentStore];
      for (const store of leftOver(local, this.#name)) {
        if (inUse.includes(store) || isHeld(store)) continue;
        await this.#env.removeStore(store);
        const rest = leftOver(local, this.#name).filter((one) => one !== store);
        if (rest.length === 0) local.remove(leftOverName(this.#name));
        else local.set(leftOverName(this.#name), JSON.stringify(rest));
      }
    });
  }

  async close(): Promise<void> {
    await this.#built?.leave();
    await this.#current.close();
    this.#letGo();
  }

  get #pointer(): string {
    return pointerName(this.#name, this.#shape);
  }

  get #building(): string {
    return buildingName(this.#name, this.#shape);
  }

  #leaveOver(stores: readonly string[]): void {
    if (stores.length === 0) return;
    const all = new Set([...leftOver(this.#env.local, this.#name), ...stores]);
    this.#env.local.set(leftOverName(this.#name), JSON.stringify([...all]));
  }

  #oneByOne<T>(open: () => Promise<T>): Promise<T> {
    const done = this.#opening.then(open);
    this.#opening = done.catch(() => undefined);
    return done;
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    return exclusively(this.#env, this.#name, work);
  }
}

/** Removes the replicas of a workspace that nobody holds any more, and what was being built beside them. */
export async function removeReplica(env: Pick<SlotsEnv, 'removeStore' | 'local'>, name: string): Promise<void> {
  const { local } = env;
  for (let shape = 1; shape <= REPLICA_SHAPE; shape += 1) {
    for (const store of storesOf(local, name, shape)) await env.removeStore(store);
    for (const text of textsOf(name, shape)) local.remove(text);
  }
  for (const store of leftOver(local, name)) await env.removeStore(store);
  local.remove(leftOverName(name));
}

function exclusively<T>(env: Pick<SlotsEnv, 'locks'>, name: string, work: () => Promise<T>): Promise<T> {
  return env.locks.withLock(`apply ${name}`, work);
}

/** Holds a store until the answer is called, or the tab dies. */
async function holdStore(env: Pick<SlotsEnv, 'locks' | 'randomId'>, store: string): Promise<() => void> {
  let letGo: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await new Promise<void>((resolve, reject) => {
    env.locks.hold(`${heldPrefix(store)}${env.randomId(6)}`, { steal: false }, resolve, released).catch(reject);
  });
  return letGo;
}

function heldPrefix(store: string): string {
  return `reads ${store} `;
}

function leftOver(local: LocalTexts, name: string): string[] {
  const parsed = z.array(z.string()).safeParse(JSON.parse(local.get(leftOverName(name)) ?? '[]'));
  return parsed.data ?? [];
}

function leftOverName(name: string): string {
  return `${name}-replica-leftover`;
}

/** The replica of a shape and what is being built beside it, those there are. */
function storesOf(local: LocalTexts, name: string, shape: number): string[] {
  return [pointerName(name, shape), buildingName(name, shape)].flatMap((text) => local.get(text) ?? []);
}

/** Every small text about the replicas of a shape. */
function textsOf(name: string, shape: number): string[] {
  const [pointer, building] = [pointerName(name, shape), buildingName(name, shape)];
  return [pointer, building, `${building}-by`, `${pointer}-counted`];
}

/** Tabs of another release, whose replicas have another shape, keep their own. */
function pointerName(name: string, shape: number): string {
  return `${name}-replica-${shape}`;
}

function buildingName(name: string, shape: number): string {
  return `${pointerName(name, shape)}-building`;
}

function newStoreName(env: Pick<SlotsEnv, 'randomId'>, name: string, shape: number): string {
  return `${name}-r${shape}-${env.randomId(6)}`;
}
