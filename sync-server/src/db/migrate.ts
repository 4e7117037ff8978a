/**
 * Schema migrations: plain SQL files `NNNN_name.sql`, numbered from 0001 without gaps, forward only. At every start they are
 * applied in order under an advisory lock, each in its own transaction, and recorded with the SHA-256 of their text. The recorded
 * list must be a prefix of the files: a database that knows more was written by a newer release, one that knows otherwise by
 * another text of the same number; both are refused, since guessing would damage data. Shipped files are never edited.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { z } from 'zod';
import type { DatabaseLog } from './database-log.ts';

/** Any number will do, as long as nothing else in these databases locks it. */
const MIGRATION_LOCK = 7_402_118_003;
const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;

/** The folder of the shipped migrations. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));

/** One migration file. `sha256` is the lower-case hex digest of `sql`, whose line endings are normalised to LF. */
export interface Migration {
  version: number;
  name: string;
  sql: string;
  sha256: string;
}

/**
 * Why a database is not migrated, in order of precedence:
 * - `migration_misnamed`: a file's name or number is wrong (ours to fix; no database was touched).
 * - `migration_changed`: an applied migration's file has another text or name than when it was applied.
 * - `database_newer`: the database has migrations this release does not know.
 * - `migration_failed`: a file's SQL failed; it was rolled back, those before it stay applied.
 */
export class MigrationError extends Error {
  readonly code: 'migration_misnamed' | 'migration_changed' | 'database_newer' | 'migration_failed';

  constructor(code: MigrationError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
    this.code = code;
  }
}

/**
 * Brings the database behind `url` to the newest schema and answers the names of the migrations applied now. `url` must sign in
 * as the role that owns the tables. Several servers may start at once: one migrates, the others wait and find nothing to do.
 * Row level security is set to raise rather than filter, so that an owner's UPDATE under FORCE ROW LEVEL SECURITY fails loudly
 * instead of touching no row (superusers and BYPASSRLS roles are not affected).
 * @throws MigrationError
 */
export async function migrate(url: string, options: { folder?: string; log: DatabaseLog }): Promise<string[]> {
  const migrations = await readMigrations(options.folder ?? MIGRATIONS_FOLDER);
  const client = new Client({
    connectionString: url,
    application_name: 'pharmasaas-migrate',
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    // Held by the session, and so released by the system should this process die.
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const pending = migrations.slice(await countApplied(client, migrations));
    for (const migration of pending) await applyMigration(client, migration, options.log);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/**
 * Reads a folder of migrations in order. Line endings become LF and a byte order mark goes, so that a checkout on Windows has
 * the same digests. Files not ending in `.sql` are ignored.
 * @throws MigrationError `migration_misnamed`
 */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations: Migration[] = [];
  for (const [index, name] of names.entries()) {
    const version = Number(FILE_NAME.exec(name)?.[1]);
    if (version !== index + 1) {
      const expected = `${String(index + 1).padStart(4, '0')}_name.sql`;
      throw new MigrationError(
        'migration_misnamed',
        `${name} should be called ${expected}: numbers start at 0001 and have no gap.`,
      );
    }
    const sql = (await readFile(path.join(folder, name), 'utf8')).replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
    migrations.push({ version, name, sql, sha256: createHash('sha256').update(sql).digest('hex') });
  }
  return migrations;
}

const appliedSchema = z.array(z.object({ version: z.number(), name: z.string(), sha256: z.string() }));

/** Checks that what is recorded is a beginning of what we have, and answers how long it is. */
async function countApplied(client: Client, migrations: readonly Migration[]): Promise<number> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`);
  const { rows } = await client.query('SELECT version, name, sha256 FROM schema_migrations ORDER BY version');
  const applied = appliedSchema.parse(rows);
  for (const [index, row] of applied.entries()) {
    const migration = migrations[index];
    if (migration === undefined || row.version !== migration.version) {
      throw new MigrationError(
        'database_newer',
        `The database has migration ${row.name}, which this release does not know. Start a release at least as new as the one that wrote it.`,
      );
    }
    if (row.name === migration.name && row.sha256 === migration.sha256) continue;
    throw new MigrationError(
      'migration_changed',
      `Migration ${migration.name} is not the one this database was built with (${row.name}). ` +
        'Restore the original file; a change of schema needs a new migration.',
    );
  }
  return applied.length;
}

async function applyMigration(client: Client, migration: Migration, log: DatabaseLog): Promise<void> {
  const { version, name, sql, sha256 } = migration;
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL row_security = off');
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations (version, name, sha256) VALUES ($1, $2, $3)', [version, name, sha256]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError('migration_failed', `Migration ${name} failed and was rolled back: ${reason}`, { cause: error });
  }
  log.info({ migration: name }, 'Migration applied');
}
