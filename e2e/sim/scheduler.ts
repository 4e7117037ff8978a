import type { CancelTimer } from '#schema/env.ts';
import type { Random } from '../support/random.ts';

/** Something that can be frozen or killed: a tab, a server. What it waits for never comes any more once it is dead: that is a crash at that await. */
export class Process {
  readonly name: string;
  state: 'running' | 'frozen' | 'dead' = 'running';
  /** Runs when it dies: what the machine under it lets go of. */
  readonly onDeath: (() => void)[] = [];
  /** What became due while it was frozen. */
  readonly backlog: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly process: Process | null;
  readonly task: () => void;
  isCancelled: boolean;
}

/** Three times what any seed needs: whoever goes on after that goes round in circles. */
const EVENTS_MAX = 100_000;
/** Macrotasks asked of the event loop at once: a round of it for each event would take longer than the event. */
const MACROTASKS_AT_ONCE = 32;
/** Longest wait of one step of a machine, in ms: what a storage, a lock or a database takes. */
const TURN_MS = 4;

/**
 * Virtual time. Nothing happens by itself: everything that waits, waits for an event of this queue, and between two events every promise is given its
 * turn. The order of what is due about the same time is the seed's.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #heap: Event[] = [];
  #now: number;
  #order = 0;
  /** Work outside virtual time (a real database); nothing else happens while there is some. */
  readonly #outside = new Set<Promise<unknown>>();
  events = 0;

  constructor(random: Random, startAt: number) {
    this.#random = random;
    this.#now = startAt;
  }

  /** Virtual time, epoch ms. */
  get now(): number {
    return Math.floor(this.#now);
  }

  /** Runs `task` after `delayMs` in the life of `process`; null for what no crash can stop. */
  after(process: Process | null, delayMs: number, task: () => void): CancelTimer {
    this.#order += 1;
    const event: Event = { at: this.#now + Math.max(0, delayMs), order: this.#order, process, task, isCancelled: false };
    this.#push(event);
    return () => {
      event.isCancelled = true;
    };
  }

  /** One step of the machine: resolves a little later, or never when the process dies before. */
  turn(process: Process | null, withinMs = TURN_MS): Promise<void> {
    return new Promise((resolve) => {
      this.after(process, this.#random.next() * withinMs, resolve);
    });
  }

  /** Lets nothing else happen until work outside virtual time is done. */
  async outside<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = work();
    const settled: Promise<void> = done.then(
      () => undefined,
      () => undefined,
    );
    this.#outside.add(settled);
    await settled;
    this.#outside.delete(settled);
    return done;
  }

  freeze(process: Process): void {
    if (process.state === 'running') process.state = 'frozen';
  }

  thaw(process: Process): void {
    if (process.state !== 'frozen') return;
    process.state = 'running';
    for (const task of process.backlog.splice(0)) this.after(process, this.#random.next() * TURN_MS, task);
  }

  kill(process: Process): void {
    if (process.state === 'dead') return;
    process.state = 'dead';
    process.backlog.length = 0;
    for (const letGo of process.onDeath.splice(0)) letGo();
  }

  /** Lets time pass until `until`, or until nothing is due any more. Throws when somebody goes round in circles. */
  async runUntil(until: number): Promise<void> {
    await this.#settle();
    while (this.#isDue(until)) {
      await this.#runSome(until);
      await this.#settle();
    }
    this.#now = Math.max(this.#now, until);
  }

  /** Runs what is due next, each in a macrotask of its own: every promise has its turn between two of them. */
  #runSome(until: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          if (this.#outside.size === 0) this.#runNext(until);
        } catch (error) {
          reject(error);
        }
      };
      for (let i = 0; i < MACROTASKS_AT_ONCE; i += 1) setImmediate(step);
      setImmediate(resolve);
    });
  }

  #isDue(until: number): boolean {
    const [next] = this.#heap;
    return next !== undefined && next.at <= until;
  }

  #runNext(until: number): void {
    for (let next = this.#heap[0]; next && next.at <= until; next = this.#heap[0]) {
      this.#pop();
      if (next.isCancelled || next.process?.state === 'dead') continue;
      this.#now = Math.max(this.#now, next.at);
      if (next.process?.state !== 'frozen') {
        this.events += 1;
        if (this.events > EVENTS_MAX) throw new Error(`${EVENTS_MAX} events, and no end`);
        next.task();
        return;
      }
      next.process.backlog.push(next.task);
    }
  }

  /** Gives every promise its turn: a macrotask comes only after all of them. */
  async #settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#outside.size > 0) {
      await Promise.all(this.#outside);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || !isBefore(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left && right && isBefore(right, left)) child += 1;
      const below = heap[child];
      if (!below || !isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
