import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('./server-process.ts', import.meta.url));
/** Password of the owner in stories. */
export const STORY_PASSWORD = 'story-pharmacy';

/** The real product in a process of its own: embedded PostgreSQL, server, built app. It can be killed −9 and started again. */
export class Stack {
  readonly #dataDir: string;
  readonly #demo: boolean;
  #process: ChildProcess | null = null;
  #port = 0;
  #offsetMs = 0;

  private constructor(dataDir: string, demo: boolean) {
    this.#dataDir = dataDir;
    this.#demo = demo;
  }

  /** A fresh one, empty or with the demo pharmacy. */
  static async start({ demo = false }: { readonly demo?: boolean } = {}): Promise<Stack> {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'stack-'));
    // The database's own account must be able to enter.
    await chmod(dataDir, 0o755);
    const stack = new Stack(dataDir, demo);
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
    const child = spawn(process.execPath, ['--import', 'tsx', SERVER], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        ...process.env,
        DATA_DIR: this.#dataDir,
        PORT: String(this.#port),
        DEMO: this.#demo ? '1' : '0',
        LOG_LEVEL: 'warn',
        CLOCK_OFFSET_MS: String(this.#offsetMs),
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

  async stop(): Promise<void> {
    const child = this.#process;
    if (child) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
    await rm(this.#dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
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
