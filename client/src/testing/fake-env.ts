import { testSha256 } from '#schema/testing/test-tenant.ts';
import type { ClientEnv, HttpAnswer, HttpRequest, Locks, SocketHandlers } from '../env.ts';
import { createSealText } from '../safety/seal-text.ts';
import type { KeyedStore } from '../store/keyed-store.ts';
import { MemoryDisk } from './memory-store.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly task: () => void;
  isCancelled: boolean;
}

/** One browser: its disk, locks, channels and clock, shared by its tabs. Nothing happens by itself: time passes in `advance`. */
export class FakeBrowser {
  readonly disk: MemoryDisk;
  /** Answers requests; a test makes it fail. */
  request: (request: HttpRequest) => Promise<HttpAnswer>;
  isVisible = true;
  random = 0.5;
  readonly reported: unknown[] = [];
  readonly sockets = new Set<SocketHandlers>();
  readonly #local: Map<string, string>;
  readonly #locks = new FakeLocks();
  readonly #channels = new Map<string, Set<{ tab: object; onMessage: (message: unknown) => void }>>();
  readonly #wakes = new Set<(by: 'online' | 'visible') => void>();
  #timers: Timer[] = [];
  #now = Date.UTC(2026, 10, 23, 9);
  #order = 0;
  #ids = 0;

  /** A factory-new browser, or one started again on what another left on its disk. */
  constructor(request: (request: HttpRequest) => Promise<HttpAnswer>, before?: FakeBrowser) {
    this.request = request;
    this.disk = before ? before.disk : new MemoryDisk();
    this.#local = before ? before.#local : new Map();
    if (before) [this.#ids, this.#now] = [before.#ids, before.#now];
  }

  /** Names of the small texts that are kept. */
  localNames(): string[] {
    return [...this.#local.keys()];
  }

  now(): number {
    return this.#now;
  }

  /** Lets time pass: timers run in order, and what they start is given its turns. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#timers
        .filter((timer) => !timer.isCancelled && timer.at <= until)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next && !timer.isCancelled);
      this.#now = Math.max(this.#now, next.at);
      next.task();
      await settle();
    }
    this.#now = until;
  }

  wake(by: 'online' | 'visible'): void {
    for (const wake of this.#wakes) wake(by);
  }

  /** A tab of this browser. While `isFrozen` its timers do not run and it hears nothing. */
  tab(): ClientEnv & { isFrozen: boolean } {
    const held = new Set<string>();
    const tab = {
      isFrozen: false,
      now: () => this.#now,
      schedule: (delayMs: number, task: () => void) => {
        const run = () => {
          if (tab.isFrozen) this.#timers.push({ ...timer, at: this.#now + 1_000, order: (this.#order += 1), task: run });
          else task();
        };
        const timer: Timer = { at: this.#now + delayMs, order: (this.#order += 1), task: run, isCancelled: false };
        this.#timers.push(timer);
        return () => {
          timer.isCancelled = true;
        };
      },
      random: () => this.random,
      randomId: (length: number) => String((this.#ids += 1)).padStart(length, '0'),
      sha256: testSha256,
      request: (request: HttpRequest) => this.request(request),
      openSocket: (handlers: SocketHandlers) => {
        this.sockets.add(handlers);
        return () => this.sockets.delete(handlers);
      },
      locks: this.#locks,
      channel: (name: string) => this.#channel(name, tab),
      // As RxDB does: one page holds a store once, until it is closed.
      openStore: async (name: string): Promise<KeyedStore> => {
        if (held.has(name)) throw new Error(`this tab holds ${name} already`);
        held.add(name);
        const store = this.disk.open(name);
        return {
          insert: (row) => store.insert(row),
          insertAll: (rows) => store.insertAll(rows),
          write: (rows) => store.write(rows),
          load: (ids) => store.load(ids),
          query: (query) => store.query(query),
          scan: (after, limit) => store.scan(after, limit),
          remove: (ids) => store.remove(ids),
          close: async () => {
            held.delete(name);
            await store.close();
          },
        };
      },
      removeStore: async (name: string) => this.disk.remove(name),
      local: {
        get: (name: string) => this.#local.get(name) ?? null,
        set: (name: string, text: string) => void this.#local.set(name, text),
        note: (name: string, text: string) => void this.#local.set(name, text),
        remove: (name: string) => void this.#local.delete(name),
      },
      isVisible: () => this.isVisible,
      onWake: (wake: (by: 'online' | 'visible') => void) => {
        this.#wakes.add(wake);
        return () => this.#wakes.delete(wake);
      },
      zoneOffsetMinutes: () => 60,
      report: (error: unknown) => void this.reported.push(error),
      sealText: createSealText(globalThis.crypto),
      storageManager: null,
    };
    return tab;
  }

  #channel(name: string, tab: { isFrozen: boolean }) {
    const members = this.#channels.get(name) ?? new Set();
    this.#channels.set(name, members);
    const own = new Set<{ tab: object; onMessage: (message: unknown) => void }>();
    return {
      post: (message: unknown) => {
        const copy: unknown = structuredClone(message);
        for (const member of members) if (!own.has(member)) queueMicrotask(() => members.has(member) && member.onMessage(copy));
      },
      listen: (onMessage: (message: unknown) => void) => {
        const member = { tab, onMessage: (message: unknown) => (tab.isFrozen ? undefined : onMessage(message)) };
        members.add(member);
        own.add(member);
        return () => members.delete(member);
      },
      close: () => {
        for (const member of own) members.delete(member);
      },
    };
  }
}

/** Web Locks in memory, theft included. */
class FakeLocks implements Locks {
  readonly #held = new Map<string, { fail: (error: Error) => void }>();
  readonly #waiting = new Map<string, (() => void)[]>();

  async withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
    const held = await this.#take(name, false, () => undefined);
    try {
      return await work();
    } finally {
      this.#free(name, held);
    }
  }

  hold(name: string, { steal }: { steal: boolean }, onHeld: () => void, release: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#take(name, steal, reject).then((held) => {
        onHeld();
        return release.then(() => {
          this.#free(name, held);
          resolve();
        });
      }, reject);
    });
  }

  async held(): Promise<readonly string[]> {
    return [...this.#held.keys()];
  }

  async #take(name: string, steal: boolean, fail: (error: Error) => void): Promise<object> {
    const held = { fail };
    if (steal) {
      this.#held.get(name)?.fail(new Error('the lock was stolen'));
      this.#held.set(name, held);
      return held;
    }
    while (this.#held.has(name)) {
      await new Promise<void>((resolve) => {
        this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve]);
      });
    }
    this.#held.set(name, held);
    return held;
  }

  #free(name: string, held: object): void {
    if (this.#held.get(name) !== held) return;
    this.#held.delete(name);
    const [next, ...rest] = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, rest);
    next?.();
  }
}

/** Gives everything that is under way its turns, without any time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3_000; turn += 1) await Promise.resolve();
}
