import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { migrate } from '../db/migrate.ts';
import { appRoleUrl, ensureAppRole } from '../db/roles.ts';
import { SILENT_LOG } from './silent-log.ts';
import { TEMPLATE_DATABASE } from './template-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The administrator's connection string to the run's one PostgreSQL. */
    postgresAdminUrl: string;
    /** The application role's connection string to it. */
    postgresAppUrl: string;
  }
}

/** Starts one PostgreSQL for the whole run, with a migrated template database that `createTestDatabase` copies. */
export default async function setUpPostgres(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'pharmasaas-test-'));
  await chmod(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir, log: SILENT_LOG, durable: false });
  const watchdog = spawnWatchdog(postgres.pid);
  const appPassword = randomBytes(12).toString('hex');
  const admin = new Client({ connectionString: postgres.url });
  await admin.connect();
  await ensureAppRole(admin, appPassword);
  await admin.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await admin.end();
  const templateUrl = new URL(postgres.url);
  templateUrl.pathname = `/${TEMPLATE_DATABASE}`;
  await migrate(templateUrl.href, { log: SILENT_LOG });
  project.provide('postgresAdminUrl', postgres.url);
  project.provide('postgresAppUrl', appRoleUrl(postgres.url, appPassword));
  return async () => {
    await postgres.stop();
    watchdog?.kill();
    await rm(dataDir, { recursive: true, force: true });
  };
}

/** Ends the database of a test run that was killed itself: a shell waits for the end of its input, which is the end of this process. */
function spawnWatchdog(pid: number) {
  if (process.platform === 'win32') return undefined;
  const watchdog = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -QUIT "$1"', 'watchdog', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  return watchdog;
}
