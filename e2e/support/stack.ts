import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findClusterProcesses } from '#server/db/embedded/stop-orphans.ts';

/** What `npm start` runs, and the same under a clock that a story moves. */
const PROGRAMS = {
  real: fileURLToPath(new URL('../../sync-server/src/start.ts', import.meta.url)),
  movable: fileURLToPath(new URL('./server-process.ts', import.meta.url)),
};
/** Password of the owner in stories. */
export const STORY_PASSWORD = 'story-pharmacy';

/** The real product in a process of its own: embedded PostgreSQL, server, built app. It can be killed −9 and started again. */
export class Stack {
  readonly #dataDir: string;
  readonly #demo: boolean;
  readonly #clock: keyof typeof PROGRAMS;
  readonly #dist: string | undefined;
  #process: ChildProcess | null = null;
  #port = 0;
  #offsetMs = 0;

  private constructor(dataDir: string, demo: boolean, clock: keyof typeof PROGRAMS, dist: string | undefined) {
    this.#dataDir = dataDir;
    this.#dist = dist;
    this.#demo = demo;
    this.#clock = clock;
  }

  /** A fresh one, empty or with the demo pharmacy; under a clock that `advance` moves unless it is to be exactly `npm start`; `dist` is another built app. */
  static async start(
    options: { readonly demo?: boolean; readonly clock?: keyof typeof PROGRAMS; readonly dist?: string } = {},
  ): Promise<Stack> {
    const { demo = false, clock = 'movable', dist } = options;
    const dataDir = await mkdtemp(path.join(tmpdir(), 'stack-'));
    // The database's own account must be able to enter.
    await chmod(dataDir, 0o755);
    const stack = new Stack(dataDir, demo, clock, dist);
    await stack.restart();
    return stack;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** The server's clock, epoch ms. */
  get now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Moves the server's clock on. */
  advance(ms: number): void {
    this.#offsetMs += ms;
    this.#process?.send({ offsetMs: this.#offsetMs });
  }

  /** Starts the server, or starts it again on the same data and, once it has one, on the same port. */
  async restart(): Promise<void> {
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAMS[this.#clock]], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        ...process.env,
        DATA_DIR: this.#dataDir,
        PORT: String(this.#port),
        DEMO: this.#demo ? '1' : '0',
        LOG_LEVEL: 'warn',
        CLOCK_OFFSET_MS: String(this.#offsetMs),
        DIST_FOLDER: this.#dist,
      },
    });
    this.#process = child;
    this.#port = await readyPort(child);
  }

  /** kill −9 of the server process alone; its database is left an orphan, as it would be. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    this.#process = null;
  }

  /**
   * kill −9 of the database and all its children at once, as a power cut does; then the server, which ends by itself when its database is gone, as a supervisor
   * would see it. Answers its exit code.
   */
  async killDatabase(): Promise<number | null> {
    const child = this.#process;
    if (!child) throw new Error('the server is not running');
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    for (const { pid } of await findClusterProcesses(path.join(this.#dataDir, 'postgres'))) killNow(pid);
    const code = await gone;
    this.#process = null;
    return code;
  }

  /** Where the server keeps everything. */
  get dataDir(): string {
    return this.#dataDir;
  }

  /** Stops the server in order; its data stay. */
  async halt(): Promise<void> {
    const child = this.#process;
    if (!child) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    this.#process = null;
  }

  async stop(): Promise<void> {
    await this.halt();
    await rm(this.#dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // A child of the database that ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) {
      reject(new Error('the server has no output to read'));
      return;
    }
    createInterface(child.stdout).on('line', (line) => {
      const port = /^ready http:\/\/[^:]+:(\d+)/.exec(line)?.[1];
      if (port) resolve(Number(port));
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
}
