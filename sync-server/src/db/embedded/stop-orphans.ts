import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseLog } from '../database-log.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { findProcess, listProcesses, type ProcessInfo } from './processes.ts';

const FAST_SHUTDOWN_MS = 30_000;
/** Children whose postmaster died leave by themselves, except one that computes without a pause. */
const PARENTLESS_MS = 2_000;
const IMMEDIATE_SHUTDOWN_MS = 10_000;

/** The `cluster_name` of a data folder. PostgreSQL shows it in the title of each of its processes, which is how orphans are found. */
export function clusterName(cluster: string): string {
  return `pharmasaas-${createHash('sha256').update(cluster).digest('hex').slice(0, 12)}`;
}

/**
 * Ends the database processes a killed server left behind in this folder, and removes the lock file of dead ones. Stopping and
 * starting again is preferred to attaching: the new server is then the parent, hears of the database's end, and runs it with
 * today's programs and settings. Only call while owning the data folder, or a neighbour's database is stopped.
 * A fast shutdown (SIGINT) first; SIGQUIT, which recovers from the log at the next start, when that takes too long.
 * @throws EmbeddedPostgresError `start_failed` when they do not go, or when another PostgreSQL holds the folder
 */
export async function stopOrphans(cluster: string, log: DatabaseLog): Promise<void> {
  if (process.platform === 'win32') return;
  const orphans = await findClusterProcesses(cluster);
  if (orphans.length > 0) {
    log.warn(
      { pids: orphans.map((orphan) => orphan.pid) },
      'A database is still running from a server that was killed; stopping it first',
    );
    // The postmaster takes its children along; a child without one (its parent was killed too) is told itself.
    signalAll(orphans.filter(isPostmaster), 'SIGINT');
    const left = await waitUntilGone(cluster, orphans.some(isPostmaster) ? FAST_SHUTDOWN_MS : PARENTLESS_MS);
    signalAll(left, 'SIGQUIT');
    const stubborn = left.length === 0 ? left : await waitUntilGone(cluster, IMMEDIATE_SHUTDOWN_MS);
    if (stubborn.length > 0) {
      throw new EmbeddedPostgresError(
        'start_failed',
        `The database left running by a killed server does not end (processes ${stubborn.map((entry) => entry.pid).join(', ')}). Kill them, then start again.`,
      );
    }
  }
  await removeStaleLock(cluster);
}

/** The postmaster by its `-D` argument, its children by the cluster name in their titles. */
export async function findClusterProcesses(cluster: string): Promise<ProcessInfo[]> {
  const title = `postgres: ${clusterName(cluster)}`;
  return (await listProcesses()).filter(
    ({ command }) => command.startsWith(title) || command.includes(`-D ${cluster} -c cluster_name=`),
  );
}

function isPostmaster({ command }: ProcessInfo): boolean {
  return !command.startsWith('postgres: ');
}

function signalAll(targets: ProcessInfo[], signal: NodeJS.Signals): void {
  for (const { pid } of targets) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

async function waitUntilGone(cluster: string, limitMs: number): Promise<ProcessInfo[]> {
  const deadline = performance.now() + limitMs;
  let left = await findClusterProcesses(cluster);
  while (left.length > 0 && performance.now() < deadline) {
    await delay(20);
    left = await findClusterProcesses(cluster);
  }
  return left;
}

/**
 * PostgreSQL takes its lock file for valid while any process of our user has that pid, which after a reboot or in a container
 * may be a stranger, or a zombie nobody reaps. We know better: no process of this cluster is alive.
 */
async function removeStaleLock(cluster: string): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const holder = await findProcess(Number.parseInt(text, 10));
  if (holder !== undefined && /(^|\/)postgres( |$)/.test(holder.command)) {
    throw new EmbeddedPostgresError(
      'start_failed',
      `Another PostgreSQL (process ${holder.pid}) may be running on ${cluster}. Stop it, then start again.`,
    );
  }
  await rm(file, { force: true });
}
