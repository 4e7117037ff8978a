/** A seeded source of randomness (sfc32): one seed, one sequence, on every machine. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = 0x9e3779b9;
    this.#c = 0x243f6a88;
    // The first values of neighbouring seeds are alike.
    for (let i = 0; i < 16; i += 1) this.next();
  }

  /** Uniform in [0, 1). */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }

  /** An integer with `from ≤ value ≤ to`. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Value>(values: readonly Value[]): Value | undefined {
    return values[Math.floor(this.next() * values.length)];
  }

  /** Characters of Crockford base 32. */
  id(length: number): string {
    let id = '';
    for (let i = 0; i < length; i += 1) id += '0123456789abcdefghjkmnpqrstvwxyz'.charAt(this.int(0, 31));
    return id;
  }

  /** A source of its own, so that drawing more in one place does not move everything else. */
  fork(): Random {
    return new Random(this.int(0, 2 ** 31));
  }
}
