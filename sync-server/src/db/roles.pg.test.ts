import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { ensureAppRole } from './roles.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
});

afterAll(() => database.drop());

test('a given user who may create roles is made able to become the application role', async () => {
  const admin = `maker_${database.name}`;
  await database.owner.query(
    `CREATE ROLE ${admin} LOGIN PASSWORD 'x' CREATEROLE; GRANT pharmasaas_app TO ${admin} WITH ADMIN TRUE, SET FALSE`,
  );
  await as(admin, async (client) => {
    await expect(client.query('SET ROLE pharmasaas_app')).rejects.toMatchObject({ code: '42501' });
    await ensureAppRole(client);
    await ensureAppRole(client);
    await client.query('SET ROLE pharmasaas_app');
  });
  await database.owner.query(`DROP OWNED BY ${admin}; DROP ROLE ${admin}`);
});

test('a given user who may not become it is told what to run', async () => {
  const plain = `plain_${database.name}`;
  await database.owner.query(`CREATE ROLE ${plain} LOGIN PASSWORD 'x'`);
  await as(plain, async (client) => {
    await expect(ensureAppRole(client)).rejects.toMatchObject({
      code: 'app_role_not_granted',
      message: expect.stringContaining('GRANT pharmasaas_app'),
    });
  });
  await database.owner.query(`DROP ROLE ${plain}`);
});

test('an application role that owns a table is refused', async () => {
  await database.owner.query('CREATE TABLE owned (); ALTER TABLE owned OWNER TO pharmasaas_app');
  const client = await database.owner.connect();
  await expect(ensureAppRole(client)).rejects.toMatchObject({ code: 'app_role_too_powerful' });
  await client.query('DROP TABLE owned');
  await ensureAppRole(client);
  client.release();
});

async function as(user: string, work: (client: Client) => Promise<void>): Promise<void> {
  const url = new URL(database.ownerUrl);
  url.username = user;
  url.password = 'x';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await work(client);
  await client.end();
}
