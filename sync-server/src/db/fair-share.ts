import type { GiveWay } from '../apply/tenant-store.ts';

/** How long work may go on while others wait. */
const TURN_MS = 1;
/** Longest wait for tenants that want less, at one point; so work goes on, however many of them there are. */
const PATIENCE_MS = 20;
/** Over about so long it is averaged how much a tenant wants. */
const AVERAGED_MS = 1_000;
/** Who wants so many times less than another goes first. */
const LIGHTER = 1.5;
/** Beyond so many tenants those that want nothing any more are forgotten. */
const REMEMBERED = 200;

/** How many things a tenant wants done at once. */
interface Load {
  readonly now: number;
  readonly average: number;
  /** When the average was that. */
  readonly at: number;
}

/**
 * Whose work goes first when there is not enough of the machine for all (SY12): that of whoever wants least. A tenant that storms waits at its turns while a quiet one is at work, and the quiet
 * one hardly feels it; tenants that want about as much share as they come.
 */
export class FairShare {
  readonly #now: () => number;
  readonly #loads = new Map<string, Load>();
  readonly #working = new Map<string, number>();
  readonly #patient = new Set<() => void>();

  /** `now` in ms, from any beginning. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Notes that a tenant wants something done; to be called back when it is. */
  want(tenantId: string): () => void {
    this.#change(tenantId, 1);
    return () => this.#change(tenantId, -1);
  }

  /** Does work of a tenant that others may have to wait for. */
  async work<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    this.#working.set(tenantId, (this.#working.get(tenantId) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#working.get(tenantId) ?? 0) - 1;
      if (left > 0) this.#working.set(tenantId, left);
      else this.#working.delete(tenantId);
      // Whoever goes on with the same request begins before those who waited look.
      setImmediate(() => {
        for (const look of this.#patient) look();
      });
    }
  }

  /** Waits while a tenant that wants less is at work. */
  async giveWay(tenantId: string): Promise<void> {
    const until = this.#now() + PATIENCE_MS;
    for (let left = PATIENCE_MS; left > 0 && this.#isLighterWorking(tenantId); left = until - this.#now())
      await new Promise<void>((resolve) => {
        const look = () => {
          clearTimeout(timer);
          this.#patient.delete(look);
          resolve();
        };
        const timer = setTimeout(look, left);
        this.#patient.add(look);
      });
  }

  /**
   * Begins work that goes on and on. A turn counts from where this work began or last gave way: whoever has little to do is done before it is over, whatever others did
   * just before.
   */
  takeTurn(tenantId: string): GiveWay {
    let since = this.#now();
    const others = async () => {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      await this.giveWay(tenantId);
      since = this.#now();
    };
    return () => (this.#now() - since < TURN_MS ? null : others());
  }

  #isLighterWorking(tenantId: string): boolean {
    const own = this.#averageOf(tenantId);
    for (const other of this.#working.keys()) if (this.#averageOf(other) * LIGHTER < own) return true;
    return false;
  }

  #averageOf(tenantId: string): number {
    const load = this.#loads.get(tenantId);
    return load ? averageAt(load, this.#now()) : 0;
  }

  #change(tenantId: string, by: number): void {
    const at = this.#now();
    const before = this.#loads.get(tenantId) ?? { now: 0, average: 0, at };
    this.#loads.set(tenantId, { now: before.now + by, average: averageAt(before, at), at });
    if (this.#loads.size <= REMEMBERED) return;
    for (const [other, load] of this.#loads) if (load.now === 0 && averageAt(load, at) < 0.01) this.#loads.delete(other);
  }
}

/** As it is told of the load of machines: what was wanted counts less the longer ago it was. */
function averageAt({ now, average, at }: Load, then: number): number {
  const kept = Math.exp((at - then) / AVERAGED_MS);
  return average * kept + now * (1 - kept);
}
