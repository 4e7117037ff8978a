import type { ClientBase } from 'pg';
import { z } from 'zod';

/**
 * The role the application works as: it owns nothing and cannot bypass row level security. Tables belong to the administrator
 * who runs the migrations, and those grant this role what it may do.
 *
 * With the embedded database the application really signs in as this role, with a password made anew at each start, so even a
 * `RESET ROLE` gives it nothing. With a given DATABASE_URL it signs in as that user and every pooled connection does
 * `SET ROLE` (see `createPool`): several servers share the database and no second secret needs to be handed out. There the role
 * guards against mistakes in our SQL, not against an attacker who can run SQL of his own. `SET ROLE` is per session, so
 * DATABASE_URL must not point at a transaction-pooling proxy.
 */
export const APP_ROLE = 'pharmasaas_app';

/**
 * Why the application role cannot be used, in order of precedence:
 * - `app_role_missing`: it does not exist and the given user may not create it.
 * - `app_role_too_powerful`: it is a superuser, may bypass row level security, create roles, or owns tables here.
 * - `app_role_not_granted`: the given user may not become it.
 */
export class AppRoleError extends Error {
  readonly code: 'app_role_missing' | 'app_role_too_powerful' | 'app_role_not_granted';

  constructor(code: AppRoleError['code'], message: string) {
    super(message);
    this.name = 'AppRoleError';
    this.code = code;
  }
}

/** SQLSTATEs of a role that somebody else created a moment ago: duplicate_object, unique_violation. */
const ALREADY_THERE = new Set(['42710', '23505']);
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Makes sure the application role exists and is as weak as it must be. Run before the migrations, as the administrator.
 * With `password` (embedded) the role may sign in with it from now on; without (DATABASE_URL), the connected user is made able
 * to become it. Idempotent; several servers may do this at once.
 * @throws AppRoleError
 */
export async function ensureAppRole(admin: ClientBase, password?: string): Promise<void> {
  await createRole(admin);
  if (password !== undefined) {
    await admin.query(`ALTER ROLE ${APP_ROLE} LOGIN NOBYPASSRLS PASSWORD ${admin.escapeLiteral(password)}`);
  }
  await refusePowerfulRole(admin);
  await becomeMember(admin);
}

/**
 * The connection string for signing in as the application role to the same server, and to another database if named.
 */
export function appRoleUrl(adminUrl: string, password: string, database?: string): string {
  const url = new URL(adminUrl);
  url.username = APP_ROLE;
  url.password = password;
  if (database !== undefined) url.pathname = `/${database}`;
  return url.href;
}

async function createRole(admin: ClientBase): Promise<void> {
  const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [APP_ROLE]);
  if (rowCount !== 0) return;
  try {
    await admin.query(`CREATE ROLE ${APP_ROLE} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS`);
  } catch (error) {
    const code = sqlState(error);
    if (ALREADY_THERE.has(code)) return;
    if (code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new AppRoleError(
      'app_role_missing',
      `The user of DATABASE_URL may not create roles. Have an administrator run: CREATE ROLE ${APP_ROLE} NOLOGIN; GRANT ${APP_ROLE} TO <that user>;`,
    );
  }
}

const powersSchema = z.object({
  rolsuper: z.boolean(),
  rolbypassrls: z.boolean(),
  rolcreaterole: z.boolean(),
  owns: z.boolean(),
});

async function refusePowerfulRole(admin: ClientBase): Promise<void> {
  const { rows } = await admin.query(
    `SELECT rolsuper, rolbypassrls, rolcreaterole, EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid) AS owns
       FROM pg_roles WHERE rolname = $1`,
    [APP_ROLE],
  );
  const powers = powersSchema.parse(rows[0]);
  if (!powers.rolsuper && !powers.rolbypassrls && !powers.rolcreaterole && !powers.owns) return;
  throw new AppRoleError(
    'app_role_too_powerful',
    `The role ${APP_ROLE} must own no tables and have neither SUPERUSER, BYPASSRLS nor CREATEROLE, or it would see every pharmacy. ` +
      `Run as an administrator: ALTER ROLE ${APP_ROLE} NOSUPERUSER NOBYPASSRLS NOCREATEROLE; REASSIGN OWNED BY ${APP_ROLE} TO <another role>;`,
  );
}

/** Since PostgreSQL 16 creating a role does not include the right to become it, but does include the right to grant that to oneself. */
async function becomeMember(admin: ClientBase): Promise<void> {
  if (await canBecome(admin)) return;
  try {
    await admin.query(`GRANT ${APP_ROLE} TO CURRENT_USER`);
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new AppRoleError(
      'app_role_not_granted',
      `The user of DATABASE_URL may not become ${APP_ROLE}. Have an administrator run: GRANT ${APP_ROLE} TO <that user>;`,
    );
  }
}

async function canBecome(admin: ClientBase): Promise<boolean> {
  const { rows } = await admin.query(
    `SELECT pg_has_role(current_user, $1, CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) AS can`,
    [APP_ROLE],
  );
  return z.object({ can: z.boolean() }).parse(rows[0]).can;
}

function sqlState(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
