import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A tablet's own line to the server: a TCP relay that can be cut. A cut destroys every connection and refuses new ones, which is what a
 * shop's network does; nothing in the page is told.
 */
export class NetworkLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #targetPort: number;
  #isCut = false;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
    server.on('connection', (near) => this.#relay(near));
  }

  /** Opens a line to a port of this machine. */
  static async open(targetPort: number): Promise<NetworkLine> {
    const server = createServer();
    const line = new NetworkLine(server, targetPort);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  /** Where the tablet finds the server. `localhost`, so that the page is a secure context. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the line is closed');
    return `http://localhost:${address.port}`;
  }

  /** The server came back on another port. */
  retarget(port: number): void {
    this.#targetPort = port;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #relay(near: Socket): void {
    if (this.#isCut) {
      near.destroy();
      return;
    }
    const far = connect(this.#targetPort, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  }
}
