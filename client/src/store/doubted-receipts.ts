import type { ClientEnv } from '../env.ts';

/** No receipt is doubted. */
const NONE = 0;

/** From which number on the receipts of a device are doubted, and how often that changed. */
interface Doubt {
  /** An answer that was asked for in an earlier generation is not to be believed. */
  readonly generation: number;
  /** `NONE`, or the first number whose receipt must be heard again. */
  readonly from: number;
}

/**
 * Which own receipts a server that was set back may no longer stand by (SY8). It lies in a small text that all tabs see at once and that outlives them:
 * whoever finds out may die before the receipts were heard again, and a tab that thaws may still hold an answer from before.
 */
export class DoubtedReceipts {
  readonly #local: Pick<ClientEnv['local'], 'get' | 'set'>;
  readonly #name: string;

  constructor({ local }: Pick<ClientEnv, 'local'>, deviceId: string) {
    this.#local = local;
    this.#name = doubtName(deviceId);
  }

  generation(): number {
    return this.#read().generation;
  }

  /** The last number whose receipt is sure, of those up to `settledN`. */
  sureN(settledN: number): number {
    const { from } = this.#read();
    return from === NONE ? settledN : Math.min(settledN, from - 1);
  }

  /** Receipts from `n` on must be heard again. */
  raise(n: number): void {
    const { generation, from } = this.#read();
    this.#write({ generation: generation + 1, from: from === NONE ? n : Math.min(from, n) });
  }

  /** All were heard again, unless others were doubted since `generation`. */
  settle(generation: number): void {
    const doubt = this.#read();
    // What was asked for in doubt and is stored late must not stand for what was heard since.
    if (doubt.generation === generation && doubt.from !== NONE) this.#write({ generation: generation + 1, from: NONE });
  }

  #read(): Doubt {
    const [, generation, from] = /^(\d{1,9}) (\d{1,15})$/.exec(this.#local.get(this.#name) ?? '') ?? [];
    return { generation: Number(generation ?? 0), from: Number(from ?? NONE) };
  }

  #write({ generation, from }: Doubt): void {
    this.#local.set(this.#name, `${generation} ${from}`);
  }
}

/** Name of the small text. */
export function doubtName(deviceId: string): string {
  return `pharmasaas-doubted-${deviceId}`;
}
