import { createHash } from 'node:crypto';

/** What happened in a seed, in order: kept as lines to be read, and as one hash that two processes must agree on. */
export class Trace {
  readonly #isKept: boolean;
  #text = '';
  readonly lines: string[] = [];

  constructor(isKept: boolean) {
    this.#isKept = isKept;
  }

  say(at: number, who: string, what: string): void {
    const line = `${new Date(at).toISOString().slice(11, 23)} ${who.padEnd(16)} ${what}`;
    this.#text += line;
    if (this.#isKept) this.lines.push(line);
  }

  /** The hash of everything said. */
  digest(): string {
    return createHash('sha256').update(this.#text).digest('hex').slice(0, 16);
  }
}
