import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { createPool, type TenantPool } from '../db/pool.ts';
import { SILENT_LOG } from './silent-log.ts';
import { TEMPLATE_DATABASE } from './template-database.ts';

/** A database of a test's own. `app` works as the application role under row level security, `owner` as the administrator. */
export interface TestDatabase {
  name: string;
  appUrl: string;
  ownerUrl: string;
  app: TenantPool;
  owner: TenantPool;
  /** Closes both pools and removes the database. */
  drop(): Promise<void>;
}

/**
 * A fresh database with the shipped migrations applied, or an empty one with `{empty: true}`. A copy of a template, so it takes
 * some tens of milliseconds; make one a file in `beforeAll` and `drop()` it in `afterAll`. Needs the `postgres` test project.
 */
export async function createTestDatabase(options: { empty?: boolean; max?: number } = {}): Promise<TestDatabase> {
  const { empty = false, max = 4 } = options;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${empty ? 'template0' : TEMPLATE_DATABASE}`);
  const appUrl = withDatabase(inject('postgresAppUrl'), name);
  const ownerUrl = withDatabase(inject('postgresAdminUrl'), name);
  const app = createPool(appUrl, { max, log: SILENT_LOG, applicationName: 'test-app' });
  const owner = createPool(ownerUrl, { max, log: SILENT_LOG, applicationName: 'test-owner' });
  return {
    name,
    appUrl,
    ownerUrl,
    app,
    owner,
    drop: async () => {
      await Promise.all([app.end(), owner.end()]);
      await asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function asAdmin(sql: string): Promise<void> {
  const client = new Client({ connectionString: inject('postgresAdminUrl') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, database: string): string {
  const copy = new URL(url);
  copy.pathname = `/${database}`;
  return copy.href;
}
