import { z } from 'zod';
import { deviceSchema } from '#schema/records/device.ts';
import { type Member, memberSchema } from '#schema/records/member.ts';
import type { KnownDevice } from '../apply/tenant-store.ts';
import type { TenantPool } from './pool.ts';
import { sentTogether } from './sent-together.ts';
import { withTenant } from './tenant-transaction.ts';

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

/** What a request shows to prove who sends it. */
export interface Tokens {
  readonly tokenHash: string;
  /** Empty for none. */
  readonly deviceTokenHash: string;
}

/** Who sends a request, as the stored tables say. */
export interface Visitor {
  readonly session: StoredSession;
  /** The person's roles in the session's tenant, in time order; null for nobody there. */
  readonly roles: Member['roles'] | null;
  /** The session's tenant's device of that token. */
  readonly device: KnownDevice | null;
}

const userRowSchema = z
  .object({ id: z.string(), email: z.string(), name: z.string(), password_hash: z.string(), must_change_password: z.boolean() })
  .transform(({ password_hash, must_change_password, ...rest }) => ({
    ...rest,
    passwordHash: password_hash,
    mustChangePassword: must_change_password,
  }));
const visitorRowSchema = z
  .object({
    user_id: z.string(),
    tenant_id: z.string(),
    expires_at: z.number(),
    email: z.string(),
    name: z.string(),
    must_change_password: z.boolean(),
    roles: memberSchema.shape.roles.nullable(),
    device: deviceSchema.pick({ id: true, number: true, status: true, set: true }).nullable(),
  })
  .transform(
    ({ user_id, tenant_id, expires_at, must_change_password, roles, device, ...rest }): Visitor => ({
      session: { ...rest, userId: user_id, tenantId: tenant_id, expiresAt: expires_at, mustChangePassword: must_change_password },
      roles,
      device,
    }),
  );

/** One row, or none without a session. `limit 1` keeps the planner with the primary keys while the tables have no statistics. */
const VISITOR_SQL = `select s.*, m.roles, d.device
  from identity_session($1, $2) s
  left join lateral (select roles from members where tenant_id = s.tenant_id and id = s.user_id limit 1) m on true
  left join lateral (
    select json_build_object('id', id, 'number', number, 'status', status, 'set', record_set) as device
      from device_states where tenant_id = s.tenant_id and token_hash = $3 limit 1) d on true`;

/** Accounts, sessions and memberships: the global tables, behind the functions of migration 0002. Instants are epoch ms. */
export class IdentityStore {
  readonly #pool: TenantPool;

  constructor(pool: TenantPool) {
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

  /**
   * Everything that says who sends a request, in one question; null when there is no such session or it has expired. It is asked in the turn of the tenant that the
   * session is thought to be of, and answered of the one it is of.
   */
  visitor({ tokenHash, deviceTokenHash }: Tokens, at: number, thoughtTenantId: string): Promise<Visitor | null> {
    return withTenant(this.#pool, thoughtTenantId, async (client) => {
      const [, found] = await sentTogether([
        client.query({
          name: 'tenant of session',
          text: `select set_config('app.tenant_id', coalesce((select tenant_id from identity_session($1, $2)), ''), true)`,
          values: [tokenHash, at],
        }),
        client.query({ name: 'visitor', text: VISITOR_SQL, values: [tokenHash, at, deviceTokenHash] }),
      ]);
      const row: unknown = found?.rows[0];
      return row === undefined ? null : visitorRowSchema.parse(row);
    });
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
