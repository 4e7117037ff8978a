import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { SILENT_LOG } from '../testing/silent-log.ts';
import { migrate, readMigrations } from './migrate.ts';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  folder = await mkdtemp(path.join(tmpdir(), 'migrations-'));
  await addFile('0001_shelves.sql', 'CREATE TABLE shelves (id integer);\nINSERT INTO shelves VALUES (1);\n');
  await addFile('0002_names.sql', 'ALTER TABLE shelves ADD COLUMN name text;\nUPDATE shelves SET name = $$first$$;\n');
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

test('migrations are applied in order, once', async () => {
  expect(await run()).toEqual(['0001_shelves.sql', '0002_names.sql']);
  expect(await run()).toEqual([]);
  const { rows } = await database.owner.query('SELECT id, name FROM shelves');
  expect(rows).toEqual([{ id: 1, name: 'first' }]);
});

test('a database written by a newer release is refused', async () => {
  await run();
  await rm(path.join(folder, '0002_names.sql'));
  await expect(run()).rejects.toMatchObject({ code: 'database_newer' });
});

test('an applied migration whose file changed is refused, but other line endings are the same file', async () => {
  await run();
  await addFile('0001_shelves.sql', 'CREATE TABLE shelves (id integer);\r\nINSERT INTO shelves VALUES (1);\r\n');
  expect(await run()).toEqual([]);
  await addFile('0001_shelves.sql', 'CREATE TABLE shelves (id bigint);\n');
  await addFile('0003_more.sql', 'CREATE TABLE more ();');
  await expect(run()).rejects.toMatchObject({ code: 'migration_changed' });
  await expect(database.owner.query('SELECT 1 FROM more')).rejects.toThrow('does not exist');
});

test('a migration that fails leaves nothing of itself, and those before it stay', async () => {
  await addFile('0003_half.sql', 'CREATE TABLE half (); SELECT 1 / 0;');
  await expect(run()).rejects.toMatchObject({ code: 'migration_failed' });
  await addFile('0003_half.sql', 'CREATE TABLE half ();');
  expect(await run()).toEqual(['0003_half.sql']);
});

test('two servers starting at once apply each migration once', async () => {
  const applied = await Promise.all([run(), run(), run(), run()]);
  expect(applied.flat().sort()).toEqual(['0001_shelves.sql', '0002_names.sql']);
});

test('a gap in the numbers or a wrong name is refused before the database is touched', async () => {
  await addFile('0004_gap.sql', '');
  await expect(run()).rejects.toMatchObject({ code: 'migration_misnamed' });
  await rm(path.join(folder, '0004_gap.sql'));
  await addFile('3_short.sql', '');
  await expect(readMigrations(folder)).rejects.toMatchObject({ code: 'migration_misnamed' });
});

test('an UPDATE that row level security would silently empty fails instead', async () => {
  await database.owner.query(
    `CREATE ROLE plain_owner_${database.name} LOGIN PASSWORD 'x'; GRANT CREATE ON SCHEMA public TO plain_owner_${database.name}`,
  );
  const url = new URL(database.ownerUrl);
  url.username = `plain_owner_${database.name}`;
  url.password = 'x';
  await addFile('0003_rls.sql', 'ALTER TABLE shelves ENABLE ROW LEVEL SECURITY; ALTER TABLE shelves FORCE ROW LEVEL SECURITY;');
  await addFile('0004_fill.sql', 'UPDATE shelves SET id = 2;');
  await expect(migrate(url.href, { folder, log: SILENT_LOG })).rejects.toMatchObject({
    code: 'migration_failed',
    message: expect.stringContaining('row-level security'),
  });
  await database.owner.query(`DROP OWNED BY plain_owner_${database.name}; DROP ROLE plain_owner_${database.name}`);
});

function run(): Promise<string[]> {
  return migrate(database.ownerUrl, { folder, log: SILENT_LOG });
}

function addFile(name: string, sql: string): Promise<void> {
  return writeFile(path.join(folder, name), sql);
}
