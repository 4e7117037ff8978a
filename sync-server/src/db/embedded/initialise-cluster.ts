import { randomBytes } from 'node:crypto';
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { type ClusterPlace, makeOwnFolder } from './place-cluster.ts';
import type { Binaries } from './prepare-binaries.ts';
import { runAs } from './run-as.ts';

/** The administrator of the embedded database: a superuser, for migrations and backups; the application never signs in as it. */
export const ADMIN_USER = 'postgres';

const PASSWORD_FILE = 'postgres-password';

/**
 * Creates the cluster when there is none and answers the administrator's password, which is kept beside it, mode 0600.
 * It is made under another name and renamed, so a start killed in the middle leaves nothing that looks like a database.
 * UTF-8 with the builtin C.UTF-8 provider: the same order and case rules on every system, whatever locales it has.
 * @throws EmbeddedPostgresError `data_version_mismatch`, `start_failed`
 */
export async function initialiseCluster(place: ClusterPlace, binaries: Binaries, durable: boolean): Promise<string> {
  const passwordFile = path.join(place.base, PASSWORD_FILE);
  if (place.initialised) {
    await checkVersion(place.cluster, binaries);
    return (await readFile(passwordFile, 'utf8')).trim();
  }
  const password = randomBytes(24).toString('hex');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  // initdb reads it as the database's account, which could read all it protects anyway.
  if (place.account !== undefined) await chown(passwordFile, place.account.uid, place.account.gid);

  const unfinished = `${place.cluster}-unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await makeOwnFolder(unfinished, place.account);
  const { code, output } = await runAs(place.account, binaries.initdb, [
    `--pgdata=${unfinished}`,
    `--username=${ADMIN_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    ...(durable ? [] : ['--no-sync']),
  ]);
  if (code !== 0)
    throw new EmbeddedPostgresError('start_failed', `The database could not be created in ${place.cluster}:\n${output.trim()}`);
  await rename(unfinished, place.cluster);
  return password;
}

async function checkVersion(cluster: string, binaries: Binaries): Promise<void> {
  const found = (await readFile(path.join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (found === binaries.major) return;
  throw new EmbeddedPostgresError(
    'data_version_mismatch',
    `${cluster} was written by PostgreSQL ${found}, and this release brings ${binaries.major}. ` +
      'Back up with the release that wrote it and restore with this one, or start with another DATA_DIR.',
  );
}
