import type { Pool } from 'pg';
import { z } from 'zod';

/** A person with an account. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Argon2id, PHC string. */
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
}

/** A sign-in that has not expired; the tenant is the one being worked in. */
export interface StoredSession {
  readonly userId: string;
  readonly tenantId: string;
  readonly email: string;
  readonly name: string;
  /** Epoch ms. */
  readonly expiresAt: number;
  readonly mustChangePassword: boolean;
}

const userRowSchema = z
  .object({ id: z.string(), email: z.string(), name: z.string(), password_hash: z.string(), must_change_password: z.boolean() })
  .transform(({ password_hash, must_change_password, ...rest }) => ({
    ...rest,
    passwordHash: password_hash,
    mustChangePassword: must_change_password,
  }));
const sessionRowSchema = z
  .object({
    user_id: z.string(),
    tenant_id: z.string(),
    expires_at: z.number(),
    email: z.string(),
    name: z.string(),
    must_change_password: z.boolean(),
  })
  .transform(({ user_id, tenant_id, expires_at, must_change_password, ...rest }) => ({
    ...rest,
    userId: user_id,
    tenantId: tenant_id,
    expiresAt: expires_at,
    mustChangePassword: must_change_password,
  }));

/** Accounts, sessions and memberships: the global tables, behind the functions of migration 0002. Instants are epoch ms. */
export class IdentityStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async userByEmail(email: string): Promise<User | null> {
    const { rows } = await this.#pool.query('select * from identity_user_by_email($1)', [email]);
    return rows[0] === undefined ? null : userRowSchema.parse(rows[0]);
  }

  /** False when the e-mail is taken. */
  async createUser(user: User, at: number): Promise<boolean> {
    const { rows } = await this.#pool.query<{ made: boolean }>('select identity_create_user($1, $2, $3, $4, $5, $6) as made', [
      user.id,
      user.email,
      user.name,
      user.passwordHash,
      user.mustChangePassword,
      at,
    ]);
    return rows[0]?.made === true;
  }

  /** Ends every other session of the user. */
  async setPassword(userId: string, passwordHash: string, keepTokenHash: string): Promise<void> {
    await this.#pool.query('select identity_set_password($1, $2, $3)', [userId, passwordHash, keepTokenHash]);
  }

  async addMembership(userId: string, tenantId: string, at: number): Promise<void> {
    await this.#pool.query('select identity_add_membership($1, $2, $3)', [userId, tenantId, at]);
  }

  /** Tenants the user was ever added to; whether they still are a member there says the tenant's own record. */
  async tenantsOf(userId: string): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>('select identity_tenants_of($1) as id', [userId]);
    return rows.map(({ id }) => id);
  }

  async allTenants(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>('select identity_all_tenants() as id');
    return rows.map(({ id }) => id);
  }

  async startSession(tokenHash: string, userId: string, tenantId: string, at: number, expiresAt: number): Promise<void> {
    await this.#pool.query('select identity_start_session($1, $2, $3, $4, $5)', [tokenHash, userId, tenantId, at, expiresAt]);
  }

  /** Null when there is none or it has expired. */
  async session(tokenHash: string, at: number): Promise<StoredSession | null> {
    const { rows } = await this.#pool.query('select * from identity_session($1, $2)', [tokenHash, at]);
    return rows[0] === undefined ? null : sessionRowSchema.parse(rows[0]);
  }

  async extendSession(tokenHash: string, expiresAt: number): Promise<void> {
    await this.#pool.query('select identity_extend_session($1, $2)', [tokenHash, expiresAt]);
  }

  async switchSession(tokenHash: string, tenantId: string): Promise<void> {
    await this.#pool.query('select identity_switch_session($1, $2)', [tokenHash, tenantId]);
  }

  async endSession(tokenHash: string): Promise<void> {
    await this.#pool.query('select identity_end_session($1)', [tokenHash]);
  }
}
