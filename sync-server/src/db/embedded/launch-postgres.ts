import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseLog } from '../database-log.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { type Account, spawnOptions } from './run-as.ts';
import { clusterName } from './stop-orphans.ts';

/** Early ends are retried: a dying child may still hold shared memory, or the free port was taken meanwhile. */
const START_ATTEMPTS = 5;
/** Recovery after a crash replays the log before the database is ready; with `max_wal_size` below this is seconds, not minutes. */
const READY_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 30_000;
const KEPT_LOG_LINES = 20;

/** What to run; `port` left out means any free one. */
export interface LaunchOptions {
  program: string;
  cluster: string;
  account: Account | undefined;
  durable: boolean;
  log: DatabaseLog;
  port?: number;
}

/** A postgres process that accepts connections. */
export interface RunningPostgres {
  port: number;
  pid: number;
  exited: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Runs postgres on an initialised cluster and waits until it accepts connections on 127.0.0.1.
 * @throws EmbeddedPostgresError `start_failed` with the last lines the database printed
 */
export async function launchPostgres(options: LaunchOptions): Promise<RunningPostgres> {
  let printed: string[] = [];
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const port = options.port ?? (await findFreePort());
    const server = spawnPostgres(options, port);
    const pid = server.child.pid;
    if (pid !== undefined && (await becameReady(server, pid, options.cluster))) {
      return { port, pid, exited: server.ended, stop: () => server.stop() };
    }
    await server.ended;
    printed = server.lastLines;
    options.log.warn({ attempt, printed }, 'The database ended while starting');
    if (attempt < START_ATTEMPTS) await delay(attempt * 500);
  }
  throw new EmbeddedPostgresError('start_failed', `The database does not start on ${options.cluster}:\n${printed.join('\n')}`);
}

interface SpawnedPostgres {
  child: ChildProcess;
  ended: Promise<void>;
  hasEnded(): boolean;
  lastLines: string[];
  stop(): Promise<void>;
}

function spawnPostgres(options: LaunchOptions, port: number): SpawnedPostgres {
  const { program, cluster, account, durable, log } = options;
  // A session of its own: Ctrl-C in a terminal goes to the whole process group, and the database must outlive the requests in flight.
  const child = spawn(program, serverArguments(cluster, port, durable), {
    ...spawnOptions(account),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lastLines: string[] = [];
  let over = false;
  let asked = false;
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (lastLines.push(line) > KEPT_LOG_LINES) lastLines.shift();
    logLine(log, line);
  });
  const ended = new Promise<void>((resolve) => {
    const finish = (details: object) => {
      if (over) return;
      over = true;
      if (!asked) log.error(details, 'The database process ended');
      resolve();
    };
    child.once('error', (error) => finish({ error: error.message }));
    child.once('exit', (code, signal) => finish({ code, signal }));
  });
  const stop = async () => {
    asked = true;
    await stopChild(child, ended);
  };
  return { child, ended, hasEnded: () => over, lastLines, stop };
}

/** SIGINT ends sessions and writes a checkpoint; SIGQUIT ends at once and leaves recovery to the next start. */
async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}

/** Watches the lock file as pg_ctl does: its first line is the pid, its eighth says `ready` once connections are accepted. */
async function becameReady(server: SpawnedPostgres, pid: number, cluster: string): Promise<boolean> {
  const deadline = performance.now() + READY_LIMIT_MS;
  while (!server.hasEnded()) {
    const lines = (await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === pid && lines[7]?.trim() === 'ready') return true;
    if (performance.now() > deadline) {
      await server.stop();
      return false;
    }
    await delay(20);
  }
  return false;
}

/** Settings for a small machine that also serves the application; everything not named here is PostgreSQL's default. */
function serverArguments(cluster: string, port: number, durable: boolean): string[] {
  const settings = {
    // First, right after -D: orphans are recognised by this beginning of the command line.
    cluster_name: clusterName(cluster),
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 50,
    shared_buffers: '128MB',
    effective_cache_size: '512MB',
    max_wal_size: '512MB',
    // A new segment of the log filled with zeros makes every commit wait for 40 to 60 ms.
    wal_init_zero: 'off',
    max_parallel_workers_per_gather: 0,
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    log_line_prefix: '',
    log_checkpoints: 'off',
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
  };
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

function logLine(log: DatabaseLog, line: string): void {
  const details = { from: 'postgres' };
  if (line.startsWith('FATAL:') || line.startsWith('PANIC:')) log.error(details, line);
  else if (line.startsWith('WARNING:') || line.startsWith('ERROR:')) log.warn(details, line);
  else log.debug(details, line);
}

/** Asks the system for a port nobody listens on. Another program may take it before us; launching retries then. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('a listening TCP server has no port');
  return address.port;
}
