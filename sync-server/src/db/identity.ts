import type { Pool } from 'pg';

/** Accounts, memberships and sessions: the only queries on the global tables. */

export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
}

export interface TenantRow {
  readonly id: string;
  readonly name: string;
}

export async function findUserByEmail(pool: Pool, email: string): Promise<UserRow | null> {
  const { rows } = await pool.query<UserRow>(
    'select id, email, name, password_hash as "passwordHash" from users where email = $1',
    [email.toLowerCase()],
  );
  return rows[0] ?? null;
}

export async function findUser(pool: Pool, id: string): Promise<UserRow | null> {
  const { rows } = await pool.query<UserRow>('select id, email, name, password_hash as "passwordHash" from users where id = $1', [
    id,
  ]);
  return rows[0] ?? null;
}

/** Adds an account; false when the e-mail is taken. */
export async function insertUser(pool: Pool, user: UserRow, now: number): Promise<boolean> {
  const { rowCount } = await pool.query(
    'insert into users (id, email, name, password_hash, created_at) values ($1, $2, $3, $4, $5) on conflict (email) do nothing',
    [user.id, user.email.toLowerCase(), user.name, user.passwordHash, now],
  );
  return rowCount === 1;
}

/** Pharmacies a person belongs to, by name. */
export async function tenantsOfUser(pool: Pool, userId: string): Promise<TenantRow[]> {
  const { rows } = await pool.query<TenantRow>(
    'select t.id, t.name from memberships m join tenants t on t.id = m.tenant_id where m.user_id = $1 order by t.name, t.id limit 200',
    [userId],
  );
  return rows;
}

export async function insertTenant(pool: Pool, tenant: TenantRow, now: number): Promise<void> {
  await pool.query('insert into tenants (id, name, created_at) values ($1, $2, $3) on conflict do nothing', [
    tenant.id,
    tenant.name,
    now,
  ]);
}

export async function insertMembership(pool: Pool, userId: string, tenantId: string): Promise<void> {
  await pool.query('insert into memberships (user_id, tenant_id) values ($1, $2) on conflict do nothing', [userId, tenantId]);
}

/** Every tenant there is, for checks at start. */
export async function tenantExists(pool: Pool, tenantId: string): Promise<boolean> {
  const { rowCount } = await pool.query('select 1 from tenants where id = $1', [tenantId]);
  return rowCount === 1;
}

export async function insertSession(
  pool: Pool,
  session: { tokenHash: string; userId: string; tenantId: string; expiresAt: number },
): Promise<void> {
  await pool.query('insert into user_sessions (token_hash, user_id, tenant_id, expires_at) values ($1, $2, $3, $4)', [
    session.tokenHash,
    session.userId,
    session.tenantId,
    session.expiresAt,
  ]);
}

/** The session of a token that has not expired, moved on to `slideTo` when it has less than half of its time left. */
export async function findSession(
  pool: Pool,
  tokenHash: string,
  now: number,
  slideTo: number,
): Promise<{ userId: string; tenantId: string; expiresAt: number } | null> {
  const { rows } = await pool.query<{ userId: string; tenantId: string; expiresAt: number }>(
    'select user_id as "userId", tenant_id as "tenantId", expires_at as "expiresAt" from user_sessions where token_hash = $1 and expires_at > $2',
    [tokenHash, now],
  );
  const session = rows[0];
  if (!session) return null;
  if (session.expiresAt - now > (slideTo - now) / 2) return session;
  await pool.query('update user_sessions set expires_at = $2 where token_hash = $1', [tokenHash, slideTo]);
  return { ...session, expiresAt: slideTo };
}

export async function deleteSession(pool: Pool, tokenHash: string): Promise<void> {
  await pool.query('delete from user_sessions where token_hash = $1', [tokenHash]);
}
