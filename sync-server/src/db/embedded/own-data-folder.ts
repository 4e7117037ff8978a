import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { findProcess } from './processes.ts';

/** Names the server process that owns a DATA_DIR: its pid and when that process began, as JSON. */
export const OWNER_FILE = 'postgres-owner.json';

/** A server just killed is still in the process table for a moment; one that stays longer is a neighbour. */
const DYING_OWNER_MS = 3_000;

interface Owner {
  pid: number;
  startedAt: string;
}

/**
 * Claims DATA_DIR for this process until the returned function is called. Without it a second `npm start` could not tell a
 * running neighbour's database from one whose parent was killed, and would stop it. A claim of a process that is gone (or whose
 * pid now belongs to another one) is void.
 * @throws EmbeddedPostgresError `data_folder_not_writable`, `data_folder_in_use`
 */
export async function ownDataFolder(dataDir: string): Promise<() => Promise<void>> {
  const file = path.join(dataDir, OWNER_FILE);
  const self = await findProcess(process.pid);
  const owner: Owner = { pid: process.pid, startedAt: self?.startedAt ?? '' };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      await writeFile(file, JSON.stringify(owner), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        const remedy = 'Choose another folder with DATA_DIR, or make this one writable for this user.';
        throw new EmbeddedPostgresError('data_folder_not_writable', `${dataDir} cannot be written. ${remedy}`, { cause: error });
      }
      await refuseLiveOwner(dataDir, await readFile(file, 'utf8').catch(() => ''));
      await rm(file, { force: true });
    }
  }
  throw inUse(dataDir, 'unknown');
}

async function refuseLiveOwner(dataDir: string, text: string): Promise<void> {
  const owner = parseOwner(text);
  if (owner === undefined) return;
  const deadline = performance.now() + (owner.pid === process.pid ? 0 : DYING_OWNER_MS);
  while (await isAlive(owner)) {
    if (performance.now() >= deadline) throw inUse(dataDir, String(owner.pid));
    await delay(50);
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  const found = await findProcess(owner.pid);
  return found !== undefined && found.startedAt === owner.startedAt;
}

/** A file torn by a power cut names nobody. */
function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAt' in value)) return undefined;
    const { pid, startedAt } = value;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

function inUse(dataDir: string, pid: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data_folder_in_use',
    `Another server (process ${pid}) is using ${dataDir}. Stop it first, or start this one with another DATA_DIR.`,
  );
}
