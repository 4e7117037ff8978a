import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { DatabaseLog } from './database-log.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';
import { appRoleUrl, ensureAppRole } from './roles.ts';

/** A migrated database, ready for the application role. */
export interface OpenDatabase {
  readonly url: string;
  readonly becomeAppRole: boolean;
  /** Resolves when the embedded database has ended, asked or not; never for a given one. */
  readonly ended: Promise<void>;
  /** Ends the embedded database; a given one is left alone. */
  readonly close: () => Promise<void>;
}

const EMBEDDED_DATABASE = 'pharmasaas';

/** The given database, or the embedded one in `dataDir`; made ready for use by roles and migrations. */
export async function openDatabase(options: {
  databaseUrl: string | null;
  dataDir: string;
  log: DatabaseLog;
}): Promise<OpenDatabase> {
  const { databaseUrl, dataDir, log } = options;
  if (databaseUrl !== null) {
    await withAdmin(databaseUrl, (admin) => ensureAppRole(admin));
    await migrate(databaseUrl, { log });
    return { url: databaseUrl, becomeAppRole: true, ended: new Promise(() => undefined), close: () => Promise.resolve() };
  }
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  try {
    // Made anew at each start, so that nothing has to keep it.
    const password = randomBytes(18).toString('hex');
    await withAdmin(postgres.url, async (admin) => {
      await ensureAppRole(admin, password);
      const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [EMBEDDED_DATABASE]);
      if (rowCount === 0) await admin.query(`create database ${EMBEDDED_DATABASE}`);
    });
    const adminUrl = new URL(postgres.url);
    adminUrl.pathname = `/${EMBEDDED_DATABASE}`;
    await migrate(adminUrl.href, { log });
    const url = appRoleUrl(postgres.url, password, EMBEDDED_DATABASE);
    return { url, becomeAppRole: false, ended: postgres.exited, close: () => postgres.stop() };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function withAdmin(url: string, work: (admin: Client) => Promise<void>): Promise<void> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
