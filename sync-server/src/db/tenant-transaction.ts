import type { PoolClient } from 'pg';
import type { TenantPool } from './pool.ts';

/**
 * Thrown when a transaction could not be committed because a statement in it had failed and the failure was swallowed:
 * PostgreSQL then answers COMMIT with ROLLBACK and no error, and the caller would report as saved what is lost.
 */
export class TransactionNotCommitted extends Error {
  constructor() {
    super('the transaction was rolled back: a statement in it failed and its error was not passed on');
    this.name = 'TransactionNotCommitted';
  }
}

/**
 * Runs `work` in one READ COMMITTED transaction that sees only `tenantId`'s rows (row level security), and commits it.
 * READ COMMITTED on purpose: with a snapshot taken before the tenant's lock, hash chains fork (architecture.md).
 * Tenants wait for connections in turn (SY12); work that asks for another one may wait for ever.
 * Anything thrown rolls back and is passed on. A connection that broke is destroyed; when it broke during COMMIT the outcome is
 * unknown, and callers find out by asking again (receipts make that safe).
 * @throws TransactionNotCommitted, and whatever `work` or the database throws
 */
export function withTenant<T>(pool: TenantPool, tenantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transact(pool, READ_COMMITTED, tenantId, work);
}

/**
 * The same without a tenant: for the global tables behind their functions. Tenant tables look empty here.
 * @throws as `withTenant`
 */
export function withoutTenant<T>(pool: TenantPool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transact(pool, READ_COMMITTED, '', work);
}

/**
 * The same for reading only: everything that is read is of one moment, and in the order of an index where there is one.
 * @throws as `withTenant`
 */
export function withSnapshot<T>(pool: TenantPool, tenantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transact(pool, ONE_MOMENT, tenantId, work);
}

interface Mode {
  readonly isolation: string;
  /** Settings for the length of the transaction. */
  readonly settings: string;
}

const READ_COMMITTED: Mode = { isolation: 'READ COMMITTED', settings: '' };
/**
 * Pages follow indexes. While a table has no statistics (a new pharmacy, an import on its first day) the planner takes it for nearly empty and sorts all of it for
 * each page: a page of 1,000 out of 65,000 records took 390 ms instead of 9.
 */
const ONE_MOMENT: Mode = { isolation: 'REPEATABLE READ READ ONLY', settings: `, set_config('enable_sort', 'off', true)` };

function transact<T>(pool: TenantPool, mode: Mode, tenantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return pool.turns.take(tenantId, () => transactNow(pool, mode, tenantId, work));
}

async function transactNow<T>(
  pool: TenantPool,
  { isolation, settings }: Mode,
  tenantId: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that ends while nobody waits for an answer says so here alone; unheard it would end the process.
  const noteBroken = (error: Error) => {
    broken = error;
  };
  client.on('error', noteBroken);
  try {
    // One round trip instead of three: a simple query takes no parameters, hence the quoting, and the work's first statement is sent behind it. Should it fail, that
    // statement finds no tenant and no rows.
    const tenant = client.escapeLiteral(tenantId);
    const begun = client.query(
      `BEGIN ISOLATION LEVEL ${isolation}; SELECT set_config('app.tenant_id', ${tenant}, true)${settings}`,
    );
    begun.catch(noteBroken);
    const result = await work(client);
    await begun;
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new TransactionNotCommitted();
    return result;
  } catch (error) {
    // After a failed COMMIT there is no transaction left and this is a mere warning; its own failure means the connection is unusable.
    await client.query('ROLLBACK').catch(noteBroken);
    throw error;
  } finally {
    client.off('error', noteBroken);
    client.release(broken);
  }
}
