import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RECORD_KINDS } from '#schema/records/registry.ts';
import { createTestTenant, type TestTenant } from '../testing/tenant.ts';
import { RECORD_TABLES } from './record-columns.ts';
import { APP_ROLE } from './roles.ts';

/** Tables that belong to no tenant; whatever else has no row level security fails the test. */
const GLOBAL_TABLES = ['schema_migrations', 'users', 'memberships', 'user_sessions'];

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await createTestTenant();
});
afterAll(() => tenant.database.drop());

async function rowsOf<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await tenant.database.owner.query<Row>(sql, values)).rows;
}

describe('isolation, read from the catalogue', () => {
  test('every table of a tenant has row level security, forced, by tenant_id, and leads its key with it', async () => {
    const tables = await rowsOf<{ name: string; secured: boolean; forced: boolean; policies: number; key: string | null }>(`
      select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced,
             (select count(*) from pg_policy p where p.polrelid = c.oid and pg_get_expr(p.polqual, c.oid) like '%tenant_id%'
                and pg_get_expr(p.polwithcheck, c.oid) like '%tenant_id%') as policies,
             (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
               where i.indrelid = c.oid and i.indisprimary) as key
        from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace`);
    const wrong = tables.filter(
      ({ name, secured, forced, policies, key }) =>
        !GLOBAL_TABLES.includes(name) && !(secured && forced && policies === 1 && key === 'tenant_id'),
    );
    expect(wrong).toEqual([]);
    expect(tables.length).toBeGreaterThan(RECORD_KINDS.length);
  });

  test('the application role owns nothing, bypasses nothing and may truncate nothing', async () => {
    expect(await rowsOf('select rolsuper, rolbypassrls from pg_roles where rolname = $1', [APP_ROLE])).toEqual([
      { rolsuper: false, rolbypassrls: false },
    ]);
    expect(
      await rowsOf('select relname from pg_class where relowner = (select oid from pg_roles where rolname = $1)', [APP_ROLE]),
    ).toEqual([]);
    expect(
      await rowsOf(
        `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and has_table_privilege($1, oid, 'truncate')`,
        [APP_ROLE],
      ),
    ).toEqual([]);
  });

  test('only the feed can be answered by the indexes of the feed: they are partial', async () => {
    const whole = await rowsOf(`select indexname from pg_indexes
      where schemaname = 'public' and indexdef like '%(tenant_id, seq)%' and indexdef not like '%WHERE (seq > 0)'`);
    expect(whole).toEqual([]);
    const partial = await rowsOf<{ table: string }>(
      `select tablename as table from pg_indexes where indexdef like '%(tenant_id, seq) WHERE (seq > 0)'`,
    );
    const changing = RECORD_KINDS.map((kind) => RECORD_TABLES[kind]).filter(({ ledger }) => !ledger);
    expect(partial.map(({ table }) => table).sort()).toEqual(changing.map(({ table }) => table).sort());
  });

  test('there is no view that would show all tenants', async () => {
    expect(
      await rowsOf(`select relname from pg_class where relnamespace = 'public'::regnamespace
        and (relkind = 'm' or (relkind = 'v' and not coalesce(reloptions::text like '%security_invoker=true%', false)))`),
    ).toEqual([]);
  });

  test('one tenant sees nothing of another, and without a tenant nothing is seen', async () => {
    const other = await createTestTenant({ database: tenant.database, tenantId: 'othertenant00000' });
    const client = await tenant.database.app.connect();
    try {
      expect((await client.query('select * from shops')).rows).toEqual([]);
      await client.query(`begin; select set_config('app.tenant_id', '${other.tenantId}', true)`);
      expect((await client.query('select distinct tenant_id from shops union select tenant_id from log')).rows).toEqual([
        { tenant_id: other.tenantId },
      ]);
      await expect(client.query(`insert into tenant_heads values ('${tenant.tenantId}x', 1, 0, 0, '')`)).rejects.toThrow(
        'row-level security',
      );
      await client.query('rollback');
    } finally {
      client.release();
    }
  });
});

describe('append-only', () => {
  test('neither the application nor the owner changes a ledger or the log', async () => {
    const tables = [
      'log',
      'forked_mutations',
      ...RECORD_KINDS.filter((kind) => RECORD_TABLES[kind].ledger).map((kind) => RECORD_TABLES[kind].table),
    ];
    for (const table of tables) {
      for (const change of [`update ${table} set tenant_id = tenant_id`, `delete from ${table}`, `truncate ${table}`]) {
        await expect(tenant.database.app.query(change)).rejects.toThrow('permission denied');
        await expect(tenant.database.owner.query(change)).rejects.toThrow('append-only');
      }
    }
  });
});

describe('records', () => {
  test('every field of every kind has its column, of its type', async () => {
    const columns = await rowsOf<{ table_name: string; column_name: string; data_type: string; is_nullable: string }>(
      `select table_name, column_name, data_type, is_nullable from information_schema.columns where table_schema = 'public'`,
    );
    for (const kind of RECORD_KINDS) {
      const { table, columns: wanted } = RECORD_TABLES[kind];
      const found = columns
        .filter(({ table_name, column_name }) => table_name === table && !['tenant_id', 'seq', 'k'].includes(column_name))
        .map(
          ({ column_name, data_type, is_nullable }) => `${column_name} ${data_type}${is_nullable === 'YES' ? '' : ' not null'}`,
        );
      expect({ table, columns: found.sort() }).toEqual({
        table,
        columns: wanted.map(({ column, type, nullable }) => `${column} ${type}${nullable ? '' : ' not null'}`).sort(),
      });
    }
  });
});
