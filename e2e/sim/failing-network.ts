import type { HttpAnswer, HttpRequest, SocketHandlers } from '#client/env.ts';
import type { CancelTimer } from '#schema/env.ts';
import { type Poke, pushRequestSchema, pushResponseSchema } from '#schema/sync/messages.ts';
import type { Process } from './scheduler.ts';
import type { SimBrowser, SimNetwork } from './sim-browser.ts';
import type { SimServer } from './sim-server.ts';
import type { World } from './world.ts';

/** The way between tablets and server, which loses, delays, doubles and tears as the seed says; whoever sends may die or freeze meanwhile. */
export class FailingNetwork implements SimNetwork {
  readonly #world: World;
  readonly #inFlight = new Set<() => void>();
  readonly #sockets = new Set<Socket>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The server is gone: whatever was under way is reset. */
  reset(): void {
    for (const reset of this.#inFlight) reset();
    for (const socket of this.#sockets) socket.drop();
  }

  #latency(): number {
    const { random, faults } = this.#world;
    if (faults.isOn('slow') && random.chance(0.1)) return random.next() * 40_000;
    return 2 + random.next() * (faults.isOn('slow') ? 400 : 30);
  }

  request(tab: Process, browser: SimBrowser, request: HttpRequest): Promise<HttpAnswer> {
    const { scheduler, random, faults } = this.#world;
    return new Promise((resolve, refuse) => {
      let isOver = false;
      const answer = (heard: HttpAnswer) => {
        isOver = true;
        // Between what it heard and what it does with it.
        if (faults.isOn('freeze') && random.chance(0.05)) this.#freezeWithin(tab, 15);
        resolve(heard);
      };
      // Most of what is lost or late is told to nobody any more.
      const reject = (why: string) => {
        if (!isOver) refuse(new TypeError(why));
        isOver = true;
      };
      const fail = (why: string) => scheduler.after(tab, random.next() * 500, () => reject(why));
      if (faults.isOn('freeze') && random.chance(0.03)) this.#freezeWithin(tab, 100);
      scheduler.after(tab, request.timeoutMs, () => reject('timed out'));
      if (!browser.isOnline || (faults.isOn('lostRequest') && random.chance(0.1))) {
        fail('no network');
        return;
      }
      const isSnapshot = request.path.startsWith('/api/sync/snapshot');
      const isUnheard = faults.isOn('lostAnswer') && random.chance(isSnapshot ? 0.5 : 0.1);
      const cutAt = isUnheard ? random.int(1, 60) : Number.POSITIVE_INFINITY;
      const isTorn = random.chance(0.5);
      this.#deliver(browser, request, (heard) => {
        if (heard === null || !browser.isOnline) fail('connection reset');
        else if (isUnheard && !isSnapshot) fail('answer lost');
        else
          scheduler.after(tab, this.#latency(), () =>
            answer(cutAt === Number.POSITIVE_INFINITY ? heard : cutShort(heard, cutAt, isTorn)),
          );
      });
      if (faults.isOn('twice') && random.chance(0.1)) this.#deliver(browser, request, () => undefined);
    });
  }

  /** The tab freezes at a random step of what it is about; another may take the lead meanwhile. */
  #freezeWithin(tab: Process, ms: number): void {
    const { scheduler, random, trace } = this.#world;
    const [afterMs, forMs] = [random.next() * ms, 5_000 + random.next() * 40_000];
    scheduler.after(null, afterMs, () => {
      trace.say(scheduler.now, tab.name, 'freezes in the middle of an exchange');
      scheduler.freeze(tab);
      scheduler.after(null, forMs, () => scheduler.thaw(tab));
    });
  }

  /** Brings a request to the server; null when the connection broke. */
  #deliver(browser: SimBrowser, request: HttpRequest, onAnswer: (answer: HttpAnswer | null) => void): void {
    const isSmall = this.#world.faults.chosen.has('smallPages') && request.path === '/api/sync/pull';
    const pageSize = this.#world.random.int(1, 20);
    const diesAfter =
      this.#world.faults.isOn('serverKill') && this.#world.random.chance(0.01) ? this.#world.random.next() * 40 : null;
    const restores = this.#world.lost.length;
    this.#world.scheduler.after(null, this.#latency(), () => {
      const { server } = this.#world;
      const tablet = this.#world.tablets.find((one) => one.browser === browser);
      // Putting data back takes longer than any request waits.
      if (!server || !tablet || restores !== this.#world.lost.length) {
        onAnswer(null);
        return;
      }
      const once = (answer: HttpAnswer | null) => {
        if (this.#inFlight.delete(reset)) onAnswer(answer);
      };
      const reset = () => once(null);
      this.#inFlight.add(reset);
      if (diesAfter !== null) this.#dieMeanwhile(server, diesAfter);
      const body = request.body && isSmall ? request.body.replace(/"limit":\d+/, `"limit":${pageSize}`) : request.body;
      const headers = { ...request.headers, ...(tablet.isOld ? { 'x-protocol-version': '0' } : {}) };
      server.answer({ ...request, ...(body === undefined ? {} : { body }), headers, isSignedIn: tablet.isSignedIn }).then(
        async (answer) => {
          if (request.path === '/api/sync/push' && answer.status === 200) await this.#checkReceipts(request, answer);
          once(answer);
        },
        () => once(null),
      );
    });
  }

  /** A receipt leaves after its commit (SY6): a tablet would send its act again by itself, so that nobody would notice. */
  async #checkReceipts({ body }: HttpRequest, answer: HttpAnswer): Promise<void> {
    const { mutations } = pushRequestSchema.parse(JSON.parse(body ?? 'null'));
    const { receipts } = pushResponseSchema.parse(await answer.json());
    const { database, problems } = this.#world;
    for (const [i, { n }] of receipts.entries()) {
      const deviceId = mutations[i]?.deviceId;
      if (!database.log.some((row) => row.deviceId === deviceId && row.n === n))
        problems.push(`${String(deviceId)} ${n} is receipted and not in the log`);
    }
  }

  /** The server dies at a random step of an answer, and comes back. */
  #dieMeanwhile(server: SimServer, afterMs: number): void {
    this.#world.scheduler.after(null, afterMs, () => {
      if (this.#world.server !== server) return;
      this.#world.killServer();
      this.#world.scheduler.after(null, 5_000, () => this.#world.server ?? this.#world.startServer());
    });
  }

  connect(tab: Process, browser: SimBrowser, handlers: SocketHandlers): CancelTimer {
    const socket = new Socket(this.#world, tab, browser, handlers);
    this.#sockets.add(socket);
    const close = () => {
      socket.close();
      this.#sockets.delete(socket);
    };
    tab.onDeath.push(close);
    return close;
  }

  /** The tablets' networks came or went. */
  changed(): void {
    for (const socket of this.#sockets) socket.retry();
  }

  poke(poke: Poke): void {
    for (const socket of this.#sockets) socket.poke(poke);
  }
}

/** The answer's first lines; then the connection is torn, or what stands between says that this was all. */
function cutShort(answer: HttpAnswer, cutAt: number, isTorn: boolean): HttpAnswer {
  return {
    ...answer,
    lines: async function* () {
      let i = 0;
      for await (const line of answer.lines()) {
        i += 1;
        if (i > cutAt && isTorn) throw new TypeError('the connection was cut');
        if (i > cutAt) return;
        yield line;
      }
    },
  };
}

/** A socket as Socket.IO keeps one: connects again by itself. */
class Socket {
  readonly #world: World;
  readonly #tab: Process;
  readonly #browser: SimBrowser;
  readonly #handlers: SocketHandlers;
  #isConnected = false;
  #isClosed = false;

  constructor(world: World, tab: Process, browser: SimBrowser, handlers: SocketHandlers) {
    this.#world = world;
    this.#tab = tab;
    this.#browser = browser;
    this.#handlers = handlers;
    this.retry();
  }

  retry(): void {
    const { scheduler, random } = this.#world;
    if (!this.#browser.isOnline) this.drop();
    scheduler.after(this.#tab, random.next() * 3_000, () => {
      if (this.#isClosed || this.#isConnected || !this.#browser.isOnline || !this.#world.server) return;
      this.#isConnected = true;
      this.#handlers.onConnect();
    });
  }

  drop(): void {
    if (!this.#isConnected) return;
    this.#isConnected = false;
    this.#world.scheduler.after(this.#tab, 10, () => !this.#isClosed && this.#handlers.onDisconnect());
  }

  close(): void {
    this.#isClosed = true;
    this.#isConnected = false;
  }

  poke(poke: Poke): void {
    const { scheduler, random, faults } = this.#world;
    if (!this.#isConnected || (faults.isOn('pokes') && random.chance(0.4))) return;
    const times = faults.isOn('pokes') && random.chance(0.2) ? 2 : 1;
    for (let i = 0; i < times; i += 1) {
      const delay = random.next() * (faults.isOn('pokes') ? 5_000 : 30);
      scheduler.after(this.#tab, delay, () => this.#isConnected && this.#handlers.onPoke(poke));
    }
  }
}
