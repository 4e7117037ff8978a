import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseLog } from '../database-log.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { type Account, canUseFolder } from './run-as.ts';

/** Where the database lives: `base` holds the cluster folder, its password and copied programs; `cluster` may not exist yet. */
export interface ClusterPlace {
  base: string;
  cluster: string;
  account: Account | undefined;
  initialised: boolean;
}

/** In DATA_DIR, names the folder that holds the data when DATA_DIR itself cannot be entered by the database's account. */
export const LOCATION_FILE = 'postgres-location.txt';

/**
 * Decides where the database's files are and as whom it runs. Normally `DATA_DIR/postgres`. When we are root and DATA_DIR lies
 * where the database's account may not go, `<fallbackRoot>/pharmasaas-<hash of DATA_DIR>`; that choice is written into DATA_DIR
 * and kept for ever after, so that a later change of modes never makes the data look empty. Data that exists already is run as
 * its owner.
 * @throws EmbeddedPostgresError `data_unreachable`
 */
export async function placeCluster(options: {
  dataDir: string;
  account: Account | undefined;
  fallbackRoot: string;
  log: DatabaseLog;
}): Promise<ClusterPlace> {
  const { dataDir, account } = options;
  const recorded = await readFile(path.join(dataDir, LOCATION_FILE), 'utf8').catch(() => undefined);
  if (recorded !== undefined) return placeRecorded(recorded.trim(), dataDir, account);

  const cluster = path.join(dataDir, 'postgres');
  if (await isCluster(cluster)) return placeExisting(dataDir, cluster, account);
  if (await canWorkIn(dataDir, account)) return { base: dataDir, cluster, account, initialised: false };
  return placeElsewhere(options);
}

async function placeElsewhere(options: {
  dataDir: string;
  account: Account | undefined;
  fallbackRoot: string;
  log: DatabaseLog;
}): Promise<ClusterPlace> {
  const { dataDir, account, fallbackRoot, log } = options;
  const base = path.join(fallbackRoot, `pharmasaas-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`);
  const cluster = path.join(base, 'postgres');
  const remedy = `Set DATA_DIR to a folder that other users may enter (mode 0755 on every parent), or start as an ordinary user.`;
  if (await isCluster(cluster)) {
    // DATA_DIR was emptied but its database was not: starting on it would resurrect data somebody meant to delete.
    throw new EmbeddedPostgresError(
      'data_unreachable',
      `${base} holds a database of an earlier ${dataDir}. Write "${base}" into ${path.join(dataDir, LOCATION_FILE)} to use it, or delete ${base} to start empty.`,
    );
  }
  try {
    await mkdir(base, { recursive: true, mode: 0o755 });
    await chmod(base, 0o755);
    if (!(await canWorkIn(base, account))) throw new Error(`${base} cannot be entered`);
    await writeFile(path.join(dataDir, LOCATION_FILE), `${base}\n`);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'data_unreachable',
      `The database's account may not enter ${dataDir}, nor can ${base} be used. ${remedy}`,
      {
        cause: error,
      },
    );
  }
  log.warn(
    { dataDir, base },
    `The database's account may not enter ${dataDir}; the data is kept in ${base} (recorded in ${LOCATION_FILE})`,
  );
  return { base, cluster, account, initialised: false };
}

/** Tries with a folder of the very kind the cluster will be. */
async function canWorkIn(base: string, account: Account | undefined): Promise<boolean> {
  const trial = path.join(base, 'postgres-probe');
  await makeOwnFolder(trial, account);
  const usable = await canUseFolder(account, trial);
  await rm(trial, { recursive: true, force: true });
  return usable;
}

async function placeRecorded(base: string, dataDir: string, account: Account | undefined): Promise<ClusterPlace> {
  const cluster = path.join(base, 'postgres');
  if (await isCluster(cluster)) return placeExisting(base, cluster, account);
  const isThere = await stat(base).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isThere) return { base, cluster, account, initialised: false };
  throw new EmbeddedPostgresError(
    'data_unreachable',
    `${path.join(dataDir, LOCATION_FILE)} says the database is in ${base}, which does not exist. Restore that folder, or delete the file to start empty.`,
  );
}

async function placeExisting(base: string, cluster: string, account: Account | undefined): Promise<ClusterPlace> {
  const owner = await stat(cluster);
  const place = { base: await realpath(base), cluster: await realpath(cluster), initialised: true };
  if (process.getuid === undefined || process.getuid() === owner.uid) {
    // Ours; root owning it means a copy or a backup was put back as root.
    if (account !== undefined) await chownAll(cluster, account);
    return { ...place, account };
  }
  if (account === undefined) {
    throw new EmbeddedPostgresError(
      'data_unreachable',
      `${cluster} belongs to another user (uid ${owner.uid}), probably from a start as root. Start as root again, or give it to this user: chown -R ${process.getuid()} ${base}`,
    );
  }
  const ownerAccount = { uid: owner.uid, gid: owner.gid };
  if (await canUseFolder(ownerAccount, cluster)) return { ...place, account: ownerAccount };
  throw new EmbeddedPostgresError(
    'data_unreachable',
    `The owner of ${cluster} (uid ${owner.uid}) may no longer enter it. Give the parent folders mode 0755 again, or move the data and set DATA_DIR.`,
  );
}

/** Only a plain "there is none" means no: a folder we may not look into is somebody's data, and is reported by its owner. */
async function isCluster(folder: string): Promise<boolean> {
  return stat(path.join(folder, 'PG_VERSION')).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}

/** Makes a 0700 folder that belongs to the database's account. */
export async function makeOwnFolder(folder: string, account: Account | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (account !== undefined) await chown(folder, account.uid, account.gid);
}

async function chownAll(target: string, account: Account): Promise<void> {
  await chown(target, account.uid, account.gid);
  for (const entry of await readdir(target, { withFileTypes: true })) {
    const full = path.join(target, entry.name);
    if (entry.isDirectory()) await chownAll(full, account);
    else if (entry.isFile()) await chown(full, account.uid, account.gid);
  }
}
