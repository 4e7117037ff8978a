import type { WireRecord } from '#schema/sync/messages.ts';
import type { ClientEnv } from '../env.ts';
import type { StoreRow } from './keyed-store.ts';
import { type Checkpoint, checkpointRow, isSameState, Replica } from './replica.ts';

/** Raise it when the shape of replica rows changes: a new shape is another store, filled by a snapshot, never a migration. */
const REPLICA_SHAPE = 1;

type SlotsEnv = Pick<ClientEnv, 'openStore' | 'removeStore' | 'local' | 'randomId' | 'locks'>;

/** A replica under construction; nobody reads it before it is swapped in. */
export interface ReplicaBuild {
  readonly add: (rows: readonly StoreRow[]) => Promise<void>;
  /** Makes it the replica of every tab; `follow` opens it. */
  readonly swapIn: (checkpoint: Checkpoint) => Promise<void>;
  /** Gives it up and frees its room. */
  readonly abandon: () => Promise<void>;
}

/**
 * Which store is the replica: a new one is built beside the old and swapped in by one small text that all tabs see (SY17). Whatever is not the
 * current one is left over, and is removed when the next one starts.
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
    const store = env.local.get(pointer) ?? `${name}-r${REPLICA_SHAPE}-${env.randomId(6)}`;
    env.local.set(pointer, store);
    return new ReplicaSlots(env, name, store, new Replica(await env.openStore(store)));
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
   * Applies a whole pull in one storage write (SY15), if the replica still is the state it was pulled for; false when it is not.
   */
  apply(base: Checkpoint, records: readonly WireRecord[], checkpoint: Checkpoint): Promise<boolean> {
    return this.#exclusively(async () => {
      if (this.#env.local.get(pointerName(this.#name)) !== this.#currentStore) return false;
      if (!isSameState(base, await this.#current.checkpoint())) return false;
      await this.#current.apply(records, checkpoint);
      return true;
    });
  }

  /** Starts a new, empty replica beside the current one. */
  async build(): Promise<ReplicaBuild> {
    const building = `${pointerName(this.#name)}-building`;
    const leftOver = this.#env.local.get(building);
    if (leftOver !== null && leftOver !== this.#currentStore) await this.#env.removeStore(leftOver);
    const store = `${this.#name}-r${REPLICA_SHAPE}-${this.#env.randomId(6)}`;
    this.#env.local.set(building, store);
    const keyed = await this.#env.openStore(store);
    // One chunk is being written while the next is received and handed over; more would only pile up.
    let underWay: Promise<void> = Promise.resolve();
    return {
      add: async (rows) => {
        const before = underWay;
        underWay = keyed.insertAll(rows);
        underWay.catch(() => undefined);
        await before;
      },
      swapIn: (checkpoint) =>
        this.#exclusively(async () => {
          await underWay;
          await keyed.insertAll([checkpointRow(checkpoint)]);
          this.#built = { store, replica: new Replica(keyed) };
          this.#env.local.set(pointerName(this.#name), store);
          this.#env.local.set(building, this.#currentStore);
        }),
      abandon: async () => {
        await underWay.catch(() => undefined);
        await keyed.close();
        await this.#env.removeStore(store);
        this.#env.local.remove(building);
      },
    };
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#env.locks.withLock(`apply ${this.#name}`, work);
  }
}

/** Removes the replica of a workspace that nobody holds any more, and what was being built beside it. */
export async function removeReplica(env: Pick<SlotsEnv, 'removeStore' | 'local'>, name: string): Promise<void> {
  for (const pointer of [pointerName(name), `${pointerName(name)}-building`]) {
    const store = env.local.get(pointer);
    if (store !== null) await env.removeStore(store);
    env.local.remove(pointer);
  }
}

function pointerName(name: string): string {
  return `${name}-replica`;
}
