import type { Pool, PoolClient } from 'pg';

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
 * Anything thrown rolls back and is passed on. A connection that broke is destroyed; when it broke during COMMIT the outcome is
 * unknown, and callers find out by asking again (receipts make that safe).
 * @throws TransactionNotCommitted, and whatever `work` or the database throws
 */
export function withTenant<T>(pool: Pool, tenantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transact(pool, work, tenantId);
}

/**
 * The same without a tenant: for the global tables behind their functions. Tenant tables look empty here.
 * @throws as `withTenant`
 */
export function withoutTenant<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return transact(pool, work, '');
}

async function transact<T>(pool: Pool, work: (client: PoolClient) => Promise<T>, tenantId: string): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const noteBroken = (error: Error) => {
    broken = error;
  };
  client.on('error', noteBroken);
  try {
    // One round trip instead of two; a simple query takes no parameters, hence the quoting.
    const tenant = client.escapeLiteral(tenantId);
    await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; SELECT set_config('app.tenant_id', ${tenant}, true)`);
    const result = await work(client);
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
