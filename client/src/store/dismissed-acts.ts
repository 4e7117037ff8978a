import { z } from 'zod';
import type { LocalTexts } from '../env.ts';

/** How many are remembered: older ones have left the list of what needs somebody anyway. */
const DISMISSED_MAX = 4_000;
const numbersSchema = z.array(z.int());

/**
 * Own acts whose verdict somebody has read and put aside (SY23). Only hides them from what needs attention: act, receipt and exception
 * stay where they are.
 */
export class DismissedActs {
  readonly #local: LocalTexts;
  readonly #name: string;

  constructor(local: LocalTexts, workspaceName: string) {
    this.#local = local;
    this.#name = `${workspaceName}-dismissed`;
  }

  /** Numbers of the acts put aside; a text nobody can read counts as none. */
  all(): ReadonlySet<number> {
    try {
      return new Set(numbersSchema.parse(JSON.parse(this.#local.get(this.#name) ?? '[]')));
    } catch {
      return new Set();
    }
  }

  forget(): void {
    this.#local.remove(this.#name);
  }

  /** Puts act `n` aside. */
  add(n: number): void {
    const all = [...this.all()].filter((one) => one !== n);
    this.#local.set(this.#name, JSON.stringify([...all, n].slice(-DISMISSED_MAX)));
  }
}
