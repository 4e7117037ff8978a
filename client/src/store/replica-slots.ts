import type { ClientEnv } from '../env.ts';
import { Replica } from './replica.ts';

/** Raise it when the shape of replica rows changes: a new shape is another store, filled by a snapshot, never a migration. */
const REPLICA_SHAPE = 1;

/**
 * Which store is the replica: a new one is built beside the old and swapped in by one small text that all tabs see (SY17). Whatever is not the
 * current one is left over from a build that was cut, and is removed when the next one starts.
 */
export class ReplicaSlots {
  readonly #env: Pick<ClientEnv, 'openStore' | 'removeStore' | 'local' | 'randomId'>;
  readonly #name: string;
  #current: Replica;
  #currentStore: string;

  private constructor(
    env: Pick<ClientEnv, 'openStore' | 'removeStore' | 'local' | 'randomId'>,
    name: string,
    store: string,
    current: Replica,
  ) {
    this.#env = env;
    this.#name = name;
    this.#currentStore = store;
    this.#current = current;
  }

  /** Opens the replica in use, or an empty one that waits for its first snapshot. */
  static async open(
    env: Pick<ClientEnv, 'openStore' | 'removeStore' | 'local' | 'randomId'>,
    name: string,
  ): Promise<ReplicaSlots> {
    const pointer = pointerName(name);
    const store = env.local.get(pointer) ?? `${name}-r${REPLICA_SHAPE}-${env.randomId(6)}`;
    env.local.set(pointer, store);
    return new ReplicaSlots(env, name, store, new Replica(await env.openStore(store)));
  }

  current(): Replica {
    return this.#current;
  }

  /** Another tab swapped a new one in: opens it. True when it was another. */
  async follow(): Promise<boolean> {
    const store = this.#env.local.get(pointerName(this.#name));
    if (store === null || store === this.#currentStore) return false;
    const old = this.#current;
    this.#current = new Replica(await this.#env.openStore(store));
    this.#currentStore = store;
    await old.close();
    return true;
  }

  /** A new, empty store to fill; `swapIn` makes it the replica. */
  async build(): Promise<{ replica: Replica; swapIn: () => Promise<void> }> {
    const building = `${pointerName(this.#name)}-building`;
    const leftOver = this.#env.local.get(building);
    if (leftOver !== null && leftOver !== this.#currentStore) await this.#env.removeStore(leftOver);
    const store = `${this.#name}-r${REPLICA_SHAPE}-${this.#env.randomId(6)}`;
    this.#env.local.set(building, store);
    const replica = new Replica(await this.#env.openStore(store));
    return {
      replica,
      swapIn: async () => {
        const oldStore = this.#currentStore;
        const old = this.#current;
        this.#env.local.set(pointerName(this.#name), store);
        this.#env.local.set(building, oldStore);
        this.#current = replica;
        this.#currentStore = store;
        await old.close();
      },
    };
  }
}

function pointerName(name: string): string {
  return `${name}-replica`;
}
