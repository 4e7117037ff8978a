import type { ClientEnv, HttpAnswer, HttpRequest, Locks, SocketHandlers, TabChannel } from '#client/env.ts';
import type { CancelTimer, Sha256 } from '#schema/env.ts';
import type { Random } from '../support/random.ts';
import type { Faults } from './faults.ts';
import { Process, type Scheduler } from './scheduler.ts';
import { SimDisk } from './sim-disk.ts';

/** How a browser reaches the server. */
export interface SimNetwork {
  readonly request: (tab: Process, browser: SimBrowser, request: HttpRequest) => Promise<HttpAnswer>;
  /** Answers what closes the socket. */
  readonly connect: (tab: Process, browser: SimBrowser, handlers: SocketHandlers) => CancelTimer;
}

interface Listener {
  readonly tab: Process;
  readonly onMessage: (message: unknown) => void;
}

/** A tablet: one browser profile with its disk, locks, channels and clock, and the tabs that are open in it. */
export class SimBrowser {
  readonly name: string;
  readonly disk: SimDisk;
  isOnline = true;
  /** Device clock minus true time, ms. */
  clockOffsetMs = 0;
  /** What its app reported as unexpected. */
  readonly reported: unknown[] = [];
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #network: SimNetwork;
  readonly #sha256: Sha256;
  readonly #local = new Map<string, string>();
  readonly #locks = new Map<string, Lock>();
  readonly #channels = new Map<string, Set<Listener>>();
  readonly #wakes = new Set<{ tab: Process; wake: (by: 'online' | 'visible') => void }>();

  constructor(
    name: string,
    {
      scheduler,
      random,
      faults,
      network,
      sha256,
    }: { scheduler: Scheduler; random: Random; faults: Faults; network: SimNetwork; sha256: Sha256 },
  ) {
    this.name = name;
    this.#scheduler = scheduler;
    this.#random = random;
    this.#network = network;
    this.#sha256 = sha256;
    this.disk = new SimDisk(scheduler, random, faults);
  }

  /** What the app keeps in the browser's small texts. */
  keep(name: string, text: string): void {
    this.#local.set(name, text);
  }

  /** The network came back, or the app became visible. */
  wake(by: 'online' | 'visible'): void {
    for (const { tab, wake } of this.#wakes) this.#scheduler.after(tab, this.#random.next() * 5, () => wake(by));
  }

  /** The environment of a tab. */
  envOf(tab: Process): ClientEnv {
    const now = () => this.#scheduler.now + this.clockOffsetMs;
    const held = new Set<string>();
    return {
      now,
      schedule: (delayMs, task) => this.#scheduler.after(tab, delayMs, task),
      random: () => this.#random.next(),
      randomId: (length) => this.#random.id(length),
      sha256: this.#sha256,
      request: (request) => this.#network.request(tab, this, request),
      openSocket: (handlers) => this.#network.connect(tab, this, handlers),
      locks: this.#locksOf(tab),
      channel: (name) => this.#channel(name, tab),
      // As RxDB does: one page holds a store once, until it is closed.
      openStore: async (name) => {
        if (held.has(name)) throw new Error(`this tab holds ${name} already`);
        held.add(name);
        await this.#scheduler.turn(tab);
        const store = this.disk.open(tab, name);
        const close = async () => {
          held.delete(name);
          await store.close();
        };
        return { ...store, close };
      },
      removeStore: (name) => this.disk.remove(tab, name),
      local: {
        get: (name) => this.#local.get(name) ?? null,
        set: (name, text) => void this.#local.set(name, text),
        note: (name, text) => void this.#local.set(name, text),
        remove: (name) => void this.#local.delete(name),
      },
      isVisible: () => true,
      onWake: (wake) => {
        const listener = { tab, wake };
        this.#wakes.add(listener);
        const stop = () => this.#wakes.delete(listener);
        tab.onDeath.push(stop);
        return stop;
      },
      report: (error) => void this.reported.push(error),
      zoneOffsetMinutes: () => 60,
      sealText: null,
      storageManager: null,
    };
  }

  #channel(name: string, tab: Process): TabChannel {
    const members = this.#channels.get(name) ?? new Set<Listener>();
    this.#channels.set(name, members);
    const own = new Set<Listener>();
    const close = () => {
      for (const member of own) members.delete(member);
    };
    tab.onDeath.push(close);
    return {
      post: (message) => {
        const others = [...members].filter((member) => !own.has(member));
        if (others.length === 0) return;
        const copy: unknown = structuredClone(message);
        for (const member of others) {
          this.#scheduler.after(member.tab, this.#random.next() * 4, () => members.has(member) && member.onMessage(copy));
        }
      },
      listen: (onMessage) => {
        const member: Listener = { tab, onMessage };
        members.add(member);
        own.add(member);
        return () => members.delete(member);
      },
      close,
    };
  }

  #lock(name: string): Lock {
    const lock = this.#locks.get(name) ?? new Lock(this.#scheduler);
    this.#locks.set(name, lock);
    return lock;
  }

  #locksOf(tab: Process): Locks {
    return {
      withLock: async (name, work) => {
        const lock = this.#lock(name);
        const holder = await lock.take(tab, false);
        try {
          return await work();
        } finally {
          lock.free(holder);
        }
      },
      hold: async (name, { steal }, onHeld, release) => {
        const lock = this.#lock(name);
        const holder = await lock.take(tab, steal);
        onHeld();
        await Promise.race([release, holder.stolen]);
        lock.free(holder);
      },
      held: async () => {
        await this.#scheduler.turn(tab);
        return [...this.#locks].flatMap(([name, lock]) => (lock.isHeld ? [name] : []));
      },
    };
  }
}

interface Holder {
  readonly tab: Process;
  readonly stolen: Promise<never>;
  readonly steal: () => void;
}

/** A Web Lock: first come, first served; whoever dies lets go; it can be stolen. */
class Lock {
  readonly #scheduler: Scheduler;
  #holder: Holder | null = null;
  #waiting: { tab: Process; grant: (holder: Holder) => void }[] = [];

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get isHeld(): boolean {
    return this.#holder !== null;
  }

  async take(tab: Process, steal: boolean): Promise<Holder> {
    await this.#scheduler.turn(tab);
    if (steal) {
      this.#holder?.steal();
      return this.#give(tab);
    }
    if (this.#holder === null) return this.#give(tab);
    return new Promise((resolve) => {
      this.#waiting.push({ tab, grant: (holder) => this.#scheduler.after(tab, 0, () => resolve(holder)) });
    });
  }

  free(holder: Holder): void {
    if (this.#holder !== holder) return;
    this.#holder = null;
    this.#waiting = this.#waiting.filter(({ tab }) => tab.state !== 'dead');
    const next = this.#waiting.shift();
    if (next) next.grant(this.#give(next.tab));
  }

  #give(tab: Process): Holder {
    let steal = () => {};
    const stolen = new Promise<never>((_, reject) => {
      steal = () => this.#scheduler.after(tab, 0, () => reject(new Error('the lock was stolen')));
    });
    stolen.catch(() => undefined);
    const holder: Holder = { tab, stolen, steal };
    this.#holder = holder;
    tab.onDeath.push(() => this.free(holder));
    return holder;
  }
}
