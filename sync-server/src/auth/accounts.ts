import { hash, verify } from '@node-rs/argon2';
import type { Role } from '#schema/permissions.ts';
import { currentRoleOf } from '#schema/records/member.ts';
import type { Shop } from '#schema/records/shop.ts';
import type { SignInResponse } from '#schema/sync/messages.ts';
import { DAY_MS } from '#schema/time.ts';
import { createTenant } from '../apply/tenants.ts';
import {
  deleteSession,
  findSession,
  findUser,
  findUserByEmail,
  insertMembership,
  insertSession,
  insertTenant,
  insertUser,
  tenantsOfUser,
  type UserRow,
} from '../db/identity.ts';
import { loadRecords } from '../db/record-tables.ts';
import { withTenant } from '../db/tenant-transaction.ts';
import type { Deps } from '../deps.ts';
import { HttpProblem } from '../http/http-problem.ts';

/** Local accounts: e-mail and password, opaque session tokens stored hashed (decision 0005). */
export const SESSION_MS = DAY_MS / 2;

/** Who asks, and for which pharmacy. */
export interface Actor {
  readonly userId: string;
  readonly userName: string;
  readonly email: string;
  readonly tenantId: string;
  readonly role: Role;
  readonly expiresAt: number;
}

/** OWASP's second choice for Argon2id, which a 2-core shop server answers in well under a second. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Of nobody: so that an unknown e-mail takes as long as a wrong password. */
const NOBODYS_HASH = '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$k8Fj3vJ7Yv0Yd0Yl1p3K1m8m1mE2p0l7hQ0j4y4w5mA';

export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2);
}

/**
 * Signs in to one of the person's pharmacies, the named one or the first. Every attempt on a known account is sealed in that pharmacy's log.
 * Errors, in order: `wrong_credentials`, `not_a_member`.
 */
export async function signIn(
  deps: Deps,
  input: { email: string; password: string; tenantId?: string | undefined },
): Promise<SignInResponse> {
  const user = await findUserByEmail(deps.pool, input.email);
  const isRight = await verify(user?.passwordHash ?? NOBODYS_HASH, input.password).catch(() => false);
  const tenants = user ? await tenantsOfUser(deps.pool, user.id) : [];
  const tenant = input.tenantId === undefined ? tenants[0] : tenants.find(({ id }) => id === input.tenantId);
  if (!user || !isRight) {
    if (user && tenant) await auditSignIn(deps, tenant.id, user.id, 'auth.sign_in_failed');
    throw new HttpProblem('wrong_credentials');
  }
  if (!tenant) throw new HttpProblem('not_a_member');
  await auditSignIn(deps, tenant.id, user.id, 'auth.sign_in');
  return startSession(deps, user, tenant.id);
}

/** Creates a pharmacy with its owner and signs them in. Error: `email_taken` (sign in and add the pharmacy then). */
export async function createPharmacy(
  deps: Deps,
  input: { readonly email: string; readonly password: string; readonly name: string; readonly shop: Omit<Shop, 'id'> },
): Promise<SignInResponse> {
  const user: UserRow = {
    id: deps.env.randomId(16),
    email: input.email,
    name: input.name,
    passwordHash: await hashPassword(input.password),
  };
  if (!(await insertUser(deps.pool, user, deps.env.now()))) throw new HttpProblem('email_taken');
  const tenantId = deps.env.randomId(16);
  await insertTenant(deps.pool, { id: tenantId, name: input.shop.name }, deps.env.now());
  await createTenant(deps, { id: tenantId, shop: input.shop, ownerId: user.id, ownerName: user.name });
  await insertMembership(deps.pool, user.id, tenantId);
  return startSession(deps, user, tenantId);
}

/** A session for somebody who has shown who they are. */
export async function startSession(deps: Deps, user: UserRow, tenantId: string): Promise<SignInResponse> {
  const role = await roleIn(deps, tenantId, user.id);
  if (role === null) throw new HttpProblem('not_a_member');
  const accessToken = deps.env.randomId(40);
  const expiresAt = deps.env.now() + SESSION_MS;
  await insertSession(deps.pool, { tokenHash: deps.env.sha256(accessToken), userId: user.id, tenantId, expiresAt });
  const tenants = [];
  for (const { id, name } of await tenantsOfUser(deps.pool, user.id)) {
    const own = await roleIn(deps, id, user.id);
    if (own !== null) tenants.push({ id, name, role: own });
  }
  const tenant = tenants.find(({ id }) => id === tenantId);
  return {
    accessToken,
    expiresAt,
    user: { id: user.id, name: user.name, email: user.email },
    tenant: { id: tenantId, name: tenant?.name ?? '' },
    role,
    tenants,
  };
}

/** Who a token stands for now; null for an unknown, expired or removed one. */
export async function actorOfToken(deps: Deps, token: string): Promise<Actor | null> {
  const now = deps.env.now();
  const session = await findSession(deps.pool, deps.env.sha256(token), now, now + SESSION_MS);
  if (!session) return null;
  const user = await findUser(deps.pool, session.userId);
  const role = await roleIn(deps, session.tenantId, session.userId);
  if (!user || role === null) return null;
  return {
    userId: user.id,
    userName: user.name,
    email: user.email,
    tenantId: session.tenantId,
    role,
    expiresAt: session.expiresAt,
  };
}

export async function signOut(deps: Deps, token: string, actor: Actor): Promise<void> {
  await deleteSession(deps.pool, deps.env.sha256(token));
  await auditSignIn(deps, actor.tenantId, actor.userId, 'auth.sign_out');
}

async function roleIn(deps: Deps, tenantId: string, userId: string): Promise<Role | null> {
  const [stored] = await withTenant(deps.pool, tenantId, (client) =>
    loadRecords(client, tenantId, [{ kind: 'member', id: userId }]),
  );
  return stored?.kind === 'member' ? currentRoleOf(stored.body) : null;
}

async function auditSignIn(deps: Deps, tenantId: string, actorId: string, action: string): Promise<void> {
  await deps.door.submit(tenantId, {
    kind: 'event',
    event: { action, actorId, deviceId: null, codes: [], events: [action.replace('auth.', '')] },
  });
}
