import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a line does to those who use it; everything it does is off unless said. Shares are between 0 and 1. */
export interface Weather {
  /** Time there and back. */
  readonly rttMs?: number;
  /** Bits a second each way, for all connections together. */
  readonly bitsPerS?: number;
  /** Share of whole requests that arrive twice; the second answer reaches nobody. */
  readonly doubled?: number;
  /** Share of answers that break off in the middle. */
  readonly torn?: number;
  /** Share of connections that stay open and never answer anything. */
  readonly silent?: number;
}

/**
 * A tablet's line to the server in bad weather: a TCP relay for HTTP and sockets that delays, throttles, tears, doubles and swallows. Which request meets what
 * comes from `random`.
 */
export class BadLine {
  weather: Weather = {};
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #random: () => number;
  readonly #sockets = new Set<Socket>();
  readonly #met = { doubled: 0, torn: 0, silent: 0 };
  /** One pipe each way for everybody, as a shop has. */
  readonly #up = new Pipe(() => this.weather);
  readonly #down = new Pipe(() => this.weather);

  private constructor(server: Server, targetPort: number, random: () => number) {
    this.#server = server;
    this.#targetPort = targetPort;
    this.#random = random;
    server.on('connection', (near) => this.#relay(near, this.#up, this.#down));
  }

  /** Opens a line to a port of this machine. */
  static async open(targetPort: number, random: () => number): Promise<BadLine> {
    const server = createServer({ noDelay: true });
    const line = new BadLine(server, targetPort, random);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the line is closed');
    return address.port;
  }

  /** `localhost`, so that a page is a secure context. */
  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Bytes that went each way. */
  get bytes(): { readonly up: number; readonly down: number } {
    return { up: this.#up.bytes, down: this.#down.bytes };
  }

  /** How often each thing happened. */
  get met(): Readonly<Record<'doubled' | 'torn' | 'silent', number>> {
    return this.#met;
  }

  /** Destroys every connection; new ones may be made. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #relay(near: Socket, up: Pipe, down: Pipe): void {
    const far = this.#dial();
    this.#keep(near, far);
    const isSilent = this.#meets('silent');
    const requests = new Requests((whole) => {
      if (this.#meets('doubled')) this.#sendAgain(whole);
    });
    near.on('data', (data: Buffer) => {
      requests.hear(data);
      up.send(data, far);
    });
    far.on('data', (data: Buffer) => {
      if (isSilent) return;
      if (!this.#meets('torn')) down.send(data, near);
      else down.send(data.subarray(0, data.length / 2), near, () => near.destroy());
    });
    near.on('end', () => up.after(() => far.end()));
    far.on('end', () => down.after(() => near.end()));
  }

  #dial(): Socket {
    return connect({ port: this.#targetPort, host: '127.0.0.1', noDelay: true });
  }

  #keep(near: Socket, far: Socket): void {
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        // What the other side has sent may still be on its way.
        if (one.readableEnded) return;
        other.destroy();
      });
    }
  }

  #meets(what: 'doubled' | 'torn' | 'silent'): boolean {
    const share = this.weather[what] ?? 0;
    if (share === 0 || this.#random() >= share) return false;
    this.#met[what] += 1;
    return true;
  }

  #sendAgain(request: Buffer): void {
    const far = this.#dial();
    this.#sockets.add(far);
    far.on('close', () => this.#sockets.delete(far));
    far.on('error', () => far.destroy());
    far.on('data', () => far.end());
    far.write(request);
  }
}

/** One direction of a line: bytes leave one after another at its rate and arrive half a round trip later, in order. */
class Pipe {
  readonly #weather: () => Weather;
  #freeAt = 0;
  bytes = 0;

  constructor(weather: () => Weather) {
    this.#weather = weather;
  }

  send(data: Buffer, to: Socket, then: () => void = () => undefined): void {
    this.bytes += data.length;
    const { rttMs = 0, bitsPerS = Number.POSITIVE_INFINITY } = this.#weather();
    this.#freeAt = Math.max(this.#freeAt, performance.now()) + (data.length * 8_000) / bitsPerS;
    const waitMs = this.#freeAt + rttMs / 2 - performance.now();
    const deliver = () => {
      if (!to.destroyed) to.write(data);
      then();
    };
    if (waitMs <= 0) deliver();
    else setTimeout(deliver, waitMs);
  }

  /** After what was sent so far has arrived. */
  after(then: () => void): void {
    const waitMs = this.#freeAt + (this.#weather().rttMs ?? 0) / 2 - performance.now();
    if (waitMs <= 0) then();
    else setTimeout(then, waitMs);
  }
}

/** Finds the whole requests in what a connection sends, as long as it speaks HTTP. */
class Requests {
  readonly #onWhole: (request: Buffer) => void;
  #heard = Buffer.alloc(0);
  #isOver = false;

  constructor(onWhole: (request: Buffer) => void) {
    this.#onWhole = onWhole;
  }

  hear(data: Buffer): void {
    if (this.#isOver) return;
    this.#heard = Buffer.concat([this.#heard, data]);
    for (;;) {
      const end = this.#heard.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = this.#heard.subarray(0, end).toString('latin1');
      // A socket from here on, or a body of unknown length: neither is doubled.
      this.#isOver = /^(?:upgrade|transfer-encoding):/im.test(head);
      const size = end + 4 + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      if (this.#isOver || this.#heard.length < size) return;
      this.#onWhole(this.#heard.subarray(0, size));
      this.#heard = this.#heard.subarray(size);
    }
  }
}
