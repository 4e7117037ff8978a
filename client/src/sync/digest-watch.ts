import { type DigestSums, digestOf, subtractSums } from '#schema/sync/digest.ts';
import type { PullResponse } from '#schema/sync/messages.ts';
import { kindsInSet } from '#schema/sync/sets.ts';
import { DAY_MS, HOUR_MS } from '#schema/time.ts';
import type { ClientEnv } from '../env.ts';
import { type Checkpoint, isSameState } from '../store/replica.ts';
import type { ReplicaSlots } from '../store/replica-slots.ts';

/** A replica that differs is built anew once in so long: when that does not help, the fault is not here. */
const REPAIR_EVERY_MS = HOUR_MS;
/** All rows are counted so often: one that goes bad in the storage shows only then, or when it is replaced. */
const COUNT_EVERY_MS = DAY_MS;

/** Whether records add up to what the server says this device is to hold, as far as that can be compared (SY18). */
export function isHeldAs(
  sums: DigestSums,
  { ledgersFrom }: Pick<Checkpoint, 'ledgersFrom'>,
  holds: PullResponse['holds'],
): boolean {
  // A server that names an earlier month than was asked for then has its clock set back.
  if (holds.digest === null || holds.ledgersFrom < ledgersFrom) return true;
  return digestOf(sums, kindsInSet(holds.set), holds.ledgersFrom) === holds.digest;
}

/** When a replica was last doubted, and when its rows were last counted. */
export class DigestWatch {
  readonly #env: Pick<ClientEnv, 'now' | 'local'>;
  readonly #slots: ReplicaSlots;
  readonly #countedName: string;
  #repairedAt: number | null = null;
  #doubted: DigestSums | null = null;

  constructor(env: Pick<ClientEnv, 'now' | 'local'>, slots: ReplicaSlots) {
    this.#env = env;
    this.#slots = slots;
    this.#countedName = slots.countedName;
  }

  /** Whether a replica that differs is to be built anew now; if so, not again for a while. */
  admitRepair(): boolean {
    const now = this.#env.now();
    if (this.#repairedAt !== null && Math.abs(now - this.#repairedAt) < REPAIR_EVERY_MS) return false;
    this.#repairedAt = now;
    return true;
  }

  /** What the rows really add up to, when they were counted and that was not what is kept of them. */
  doubted(): DigestSums | null {
    return this.#doubted;
  }

  trust(): void {
    this.#doubted = null;
  }

  /**
   * Counts all rows, once a day, while nothing else is under way and as long as `goOn`. True when they are not what was written: the next exchange
   * builds the replica anew.
   */
  async count(goOn: () => boolean): Promise<boolean> {
    if (this.#doubted) return false;
    const now = this.#env.now();
    const countedAt = Number(this.#env.local.get(this.#countedName) ?? 0);
    if (Math.abs(now - countedAt) < COUNT_EVERY_MS) return false;
    const replica = this.#slots.current();
    // One that another tab has replaced is closed.
    const isOpen = () => this.#slots.current() === replica;
    const before = await replica.checkpoint();
    if (!before || !isOpen()) return false;
    const kept = await replica.sums();
    const counted = await replica.countSums(() => goOn() && isOpen());
    // Whoever moved the replica meanwhile made the count worthless.
    if (!counted || !isOpen() || !isSameState(before, await replica.checkpoint())) return false;
    // Noted only when all is well: a tab that dies, or loses the lead, before the repair leaves the next one to count again.
    if (Object.keys(subtractSums(counted, kept)).length === 0) {
      this.#env.local.set(this.#countedName, String(now));
      return false;
    }
    this.#doubted = counted;
    return true;
  }
}
