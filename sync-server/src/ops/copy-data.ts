import { chmod, copyFile, lchown, lstat, mkdir, readdir, readFile, readlink, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OWNER_FILE, ownDataFolder } from '../db/embedded/own-data-folder.ts';
import { LOCATION_FILE } from '../db/embedded/place-cluster.ts';
import { findClusterProcesses } from '../db/embedded/stop-orphans.ts';

/**
 * Backup and restore of a stopped server: plain copies of its data folder, with owners and modes. A restored one says so in a file, so that the next start
 * begins a new epoch (SY8): devices then send again what the copy does not have.
 */

/** In DATA_DIR: this data came from a copy and no server has started on it yet. */
export const RESTORED_FILE = 'restored.json';
/** In a backup: the folder outside DATA_DIR in which the database lies, when it does. */
const ELSEWHERE = 'database';
const DATA = 'data';

/** Why nothing was copied. */
export class NotCopied extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotCopied';
  }
}

/** Copies the data folder of a stopped server into a new folder. Throws `NotCopied`, `EmbeddedPostgresError` when a server runs on it. */
export async function backUp(dataDir: string, folder: string): Promise<void> {
  await whileStopped(dataDir, async (elsewhere) => {
    if ((await lstat(folder).catch(() => null)) !== null) throw new NotCopied(`${folder} is there already; name a new folder.`);
    await mkdir(folder, { recursive: true });
    await copyFolder(dataDir, path.join(folder, DATA));
    if (elsewhere !== null) await copyFolder(elsewhere, path.join(folder, ELSEWHERE));
  });
}

/**
 * Puts a backup in the place of the data folder; what was there is kept beside it under the name that is answered.
 * Throws `NotCopied`, `EmbeddedPostgresError` when a server runs on it.
 */
export async function restore(dataDir: string, folder: string, at: string): Promise<string> {
  const copy = path.join(folder, DATA);
  if ((await lstat(copy).catch(() => null)) === null) throw new NotCopied(`${folder} is no backup.`);
  const elsewhereCopied = await elsewhereOf(copy);
  const aside = `-before-restore-${at.replaceAll(/[^0-9TZ]/g, '')}`;
  if ((await lstat(dataDir).catch(() => null)) !== null) {
    await whileStopped(dataDir, async (elsewhere) => {
      if (elsewhere !== null) await rename(elsewhere, elsewhere + aside);
    });
    await rename(dataDir, dataDir + aside);
  }
  if (elsewhereCopied !== null) await copyFolder(path.join(folder, ELSEWHERE), elsewhereCopied);
  await copyFolder(copy, dataDir);
  await writeFile(path.join(dataDir, RESTORED_FILE), JSON.stringify({ restoredAt: at, from: folder }));
  return dataDir + aside;
}

/** Runs `work` while no server can start on the data; hands it the folder the database lies in when that is elsewhere. */
async function whileStopped(dataDir: string, work: (elsewhere: string | null) => Promise<void>): Promise<void> {
  const release = await ownDataFolder(dataDir);
  try {
    const elsewhere = await elsewhereOf(dataDir);
    const cluster = path.join(elsewhere ?? dataDir, 'postgres');
    if ((await findClusterProcesses(cluster)).length > 0)
      throw new NotCopied('The database still runs, though its server does not: start the server and stop it in order.');
    await work(elsewhere);
  } finally {
    await release();
  }
}

async function elsewhereOf(dataDir: string): Promise<string | null> {
  const recorded = await readFile(path.join(dataDir, LOCATION_FILE), 'utf8').catch(() => null);
  return recorded === null ? null : recorded.trim();
}

/** Copies a folder with owners and modes; the claim of a running process is not part of it. */
async function copyFolder(from: string, to: string): Promise<void> {
  const { mode, uid, gid } = await lstat(from);
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.name === OWNER_FILE || entry.isSocket()) continue;
    if (entry.isDirectory()) {
      await copyFolder(source, target);
      continue;
    }
    if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await copyFile(source, target);
    const found = await lstat(source);
    if (process.getuid?.() === 0) await lchown(target, found.uid, found.gid);
    if (!entry.isSymbolicLink()) await chmod(target, found.mode);
  }
  if (process.getuid?.() === 0) await lchown(to, uid, gid);
  await chmod(to, mode);
}
