import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { SILENT_LOG } from '../testing/silent-log.ts';
import { createPool } from './pool.ts';
import { TransactionNotCommitted, withoutTenant, withSnapshot, withTenant } from './tenant-transaction.ts';

const LEFT = '00000000-0000-4000-8000-00000000000a';
const RIGHT = '00000000-0000-4000-8000-00000000000b';

let database: TestDatabase;

beforeAll(async () => {
  // One connection, so that each test meets the session its predecessor left behind.
  database = await createTestDatabase({ empty: true, max: 1 });
  await database.owner.query(`
    CREATE TABLE notes (tenant_id uuid NOT NULL, n bigint NOT NULL UNIQUE, day date);
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
    ALTER TABLE notes FORCE ROW LEVEL SECURITY;
    CREATE POLICY own ON notes USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
    GRANT SELECT, INSERT ON notes TO pharmasaas_app;
  `);
});

afterAll(() => database.drop());

beforeEach(() => database.owner.query('TRUNCATE notes'));

test('a tenant sees its own rows only, and nobody sees any outside a tenant transaction', async () => {
  await add(LEFT, 1);
  await add(RIGHT, 2);
  expect(await numbersOf(LEFT)).toEqual([1]);
  expect(await numbersOf(RIGHT)).toEqual([2]);
  expect((await database.app.query('SELECT n FROM notes')).rows).toEqual([]);
  expect(await withoutTenant(database.app, async (client) => (await client.query('SELECT n FROM notes')).rows)).toEqual([]);
});

test('the setting is local: it is empty afterwards, and the policy stands an empty setting', async () => {
  await add(LEFT, 1);
  const { rows } = await database.app.query(
    "SELECT current_setting('app.tenant_id', true) AS tenant, nullif(current_setting('app.tenant_id', true), '')::uuid AS id",
  );
  expect(rows).toEqual([{ tenant: '', id: null }]);
});

test('a row for another tenant cannot be written', async () => {
  await expect(
    withTenant(database.app, LEFT, (client) => client.query('INSERT INTO notes VALUES ($1, 1)', [RIGHT])),
  ).rejects.toMatchObject({ code: '42501' });
});

test('what is thrown rolls back and is passed on', async () => {
  const failing = withTenant(database.app, LEFT, async (client) => {
    await client.query('INSERT INTO notes VALUES ($1, 1)', [LEFT]);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await numbersOf(LEFT)).toEqual([]);
});

test('a swallowed constraint error is not reported as saved', async () => {
  await add(LEFT, 1);
  const swallowing = withTenant(database.app, LEFT, async (client) => {
    await client.query('INSERT INTO notes VALUES ($1, 2)', [LEFT]);
    await client.query('INSERT INTO notes VALUES ($1, 1)', [LEFT]).catch(() => undefined);
  });
  await expect(swallowing).rejects.toThrow(TransactionNotCommitted);
  expect(await numbersOf(LEFT)).toEqual([1]);
});

test('a connection that breaks is destroyed and the pool goes on', async () => {
  const breaking = withTenant(database.app, LEFT, async (client) => {
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    await database.owner.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
    await client.query('SELECT 1');
  });
  // Which of the three depends on whether the client has read of its end before it asks again.
  await expect(breaking).rejects.toThrow(/not queryable|terminating connection|Connection terminated/);
  expect(await numbersOf(LEFT)).toEqual([]);
});

test('a connection that breaks while nobody waits for an answer ends its transaction, not the process', async () => {
  for (const transact of [withTenant, withSnapshot]) {
    const breaking = transact(database.app, LEFT, async (client) => {
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      const ended = new Promise((resolve) => client.once('end', resolve));
      await database.owner.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
      await ended;
    });
    await expect(breaking).rejects.toThrow(/not queryable|Connection terminated/);
    expect(await numbersOf(LEFT)).toEqual([]);
  }
});

test('a tenant id is data, never SQL', async () => {
  const odd = "x'; DROP TABLE notes; --\\";
  const seen = await withTenant(
    database.app,
    odd,
    async (client) => (await client.query("SELECT current_setting('app.tenant_id') AS tenant")).rows,
  );
  expect(seen).toEqual([{ tenant: odd }]);
});

test('bigint arrives as a number, date as text', async () => {
  await withTenant(database.app, LEFT, (client) =>
    client.query("INSERT INTO notes VALUES ($1, 9007199254740991, '2026-03-29')", [LEFT]),
  );
  const rows = await withTenant(database.app, LEFT, async (client) => (await client.query('SELECT n, day FROM notes')).rows);
  expect(rows).toEqual([{ n: 9_007_199_254_740_991, day: '2026-03-29' }]);
  await expect(database.app.query('SELECT 9007199254740992::bigint')).rejects.toThrow(RangeError);
});

test('the application role owns nothing and cannot bypass row level security', async () => {
  const { rows } = await database.app.query(
    'SELECT current_user AS name, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = session_user',
  );
  expect(rows).toEqual([
    { name: 'pharmasaas_app', rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false },
  ]);
  await expect(database.app.query('CREATE TABLE mine ()')).rejects.toMatchObject({ code: '42501' });
});

test('a pool on another sign-in becomes the application role before its first query', async () => {
  await add(LEFT, 1);
  const pool = createPool(database.ownerUrl, { max: 1, log: SILENT_LOG, becomeAppRole: true });
  expect((await pool.query('SELECT current_user::text AS name, count(*) AS n FROM notes')).rows).toEqual([
    { name: 'pharmasaas_app', n: 0 },
  ]);
  await pool.end();
});

async function add(tenant: string, n: number): Promise<void> {
  await withTenant(database.app, tenant, (client) => client.query('INSERT INTO notes VALUES ($1, $2)', [tenant, n]));
}

function numbersOf(tenant: string): Promise<number[]> {
  return withTenant(database.app, tenant, async (client) => {
    const { rows } = await client.query<{ n: number }>('SELECT n FROM notes ORDER BY n');
    return rows.map(({ n }) => n);
  });
}
