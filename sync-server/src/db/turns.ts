import { FairShare } from './fair-share.ts';

/** How many places there are, and how many of them one key may hold when no other asks. */
export interface TurnsLimits {
  readonly places: number;
  readonly placesEach: number;
}

/** So many turns back it is looked who else is at work. */
const RECENT = 64;

/**
 * Hands out places to those who ask under a key: at once while there are some, else in turn, key by key, whatever each key asks for. Keys that are at work at the same
 * time share the places, one each at least. So a tenant that wants everything waits for itself, and leaves the others something of the machine (SY12). How many may wait is
 * limited where requests come in (`admission.ts`).
 */
export class Turns {
  readonly #limits: TurnsLimits;
  readonly share: FairShare;
  readonly #held = new Map<string, number>();
  /** In order of whose turn it is. */
  readonly #waiting = new Map<string, (() => void)[]>();
  /** The keys of the last turns; the place of the oldest is taken by the next. */
  readonly #recent: string[] = [];
  #turns = 0;
  #free: number;

  constructor(limits: TurnsLimits, share = new FairShare()) {
    this.#limits = limits;
    this.share = share;
    this.#free = limits.places;
  }

  /** Does the work when its turn comes, and gives the place back whatever comes of it. Work that asks again for its own key may wait for ever. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const done = this.share.want(key);
    try {
      await this.share.giveWay(key);
      this.#recent[this.#turns++ % RECENT] = key;
      if (this.#isFree(key)) this.#hold(key);
      else await this.#inTurn(key);
      try {
        return await this.share.work(key, work);
      } finally {
        this.#giveBack(key);
      }
    } finally {
      done();
    }
  }

  #isFree(key: string): boolean {
    return this.#free > 0 && (this.#held.get(key) ?? 0) < this.#share();
  }

  #share(): number {
    const { places, placesEach } = this.#limits;
    return Math.max(1, Math.min(placesEach, Math.floor(places / new Set(this.#recent).size)));
  }

  #hold(key: string): void {
    this.#free -= 1;
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
  }

  #inTurn(key: string): Promise<void> {
    return new Promise((resolve) => {
      const queue = this.#waiting.get(key) ?? [];
      queue.push(resolve);
      this.#waiting.set(key, queue);
    });
  }

  #giveBack(key: string): void {
    this.#free += 1;
    const held = (this.#held.get(key) ?? 0) - 1;
    if (held > 0) this.#held.set(key, held);
    else this.#held.delete(key);
    for (const [next, queue] of this.#waiting) {
      if (!this.#isFree(next)) continue;
      const goOn = queue.shift();
      // Behind all others, or away.
      this.#waiting.delete(next);
      if (queue.length > 0) this.#waiting.set(next, queue);
      this.#hold(next);
      goOn?.();
      return;
    }
  }
}
