import type { Role } from '#schema/permissions.ts';
import { currentRoleOf } from '#schema/records/member.ts';
import { SHOP_ID } from '#schema/records/shop.ts';
import type { SignInResponse } from '#schema/sync/messages.ts';
import type { User } from '../db/identity-store.ts';
import { readRecord } from '../db/tenant-reads.ts';
import type { Deps } from '../deps.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { verifyPassword } from './passwords.ts';

/** A pharmacy somebody may work in. */
export interface TenantSummary {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

/**
 * Signs somebody in by e-mail and password, to the tenant named or the first of theirs; success and failure are sealed in the tenant's log.
 * Errors, in order: `too_many_sign_ins`, `wrong_credentials` (also for an unknown e-mail, in the same time), `not_a_member`.
 */
export async function signIn(
  deps: Deps,
  credentials: { readonly email: string; readonly password: string; readonly tenantId?: string | undefined },
  address: string,
): Promise<SignInResponse> {
  const { email, password, tenantId } = credentials;
  await deps.signInLimits.check(email, address);
  const user = await deps.identities.userByEmail(email);
  const isRight = await verifyPassword(user?.passwordHash ?? null, password);
  const tenants = user ? await tenantsOf(deps, user.id) : [];
  if (!user || !isRight) {
    await deps.signInLimits.fail(email, address);
    const concerned = tenants.find(({ id }) => id === tenantId) ?? tenants[0];
    if (user && concerned) await audit(deps, concerned.id, user.id, 'auth.signInFailed', 'sign_in_failed');
    throw new HttpProblem('wrong_credentials');
  }
  const tenant = tenantId === undefined ? tenants[0] : tenants.find(({ id }) => id === tenantId);
  if (!tenant) throw new HttpProblem('not_a_member');
  await deps.signInLimits.succeed(email, address);
  return startSession(deps, user, tenant, tenants);
}

/** Starts a session of somebody whose identity is proven. */
export async function startSession(
  deps: Deps,
  user: Pick<User, 'id' | 'name' | 'email' | 'mustChangePassword'>,
  tenant: TenantSummary,
  tenants: readonly TenantSummary[],
): Promise<SignInResponse> {
  const { token, expiresAt } = await deps.sessions.start(user.id, tenant.id);
  await audit(deps, tenant.id, user.id, 'auth.signIn', 'signed_in');
  return {
    accessToken: token,
    expiresAt,
    user: { id: user.id, name: user.name, email: user.email },
    tenant: { id: tenant.id, name: tenant.name },
    role: tenant.role,
    tenants: [...tenants],
    mustChangePassword: user.mustChangePassword,
    rescueKey: deps.rescueKeys.publicKeyOf(tenant.id),
  };
}

/** The pharmacies a user is a member of now, in the order they joined. */
export async function tenantsOf(deps: Pick<Deps, 'identities' | 'pool'>, userId: string): Promise<TenantSummary[]> {
  const found: TenantSummary[] = [];
  for (const id of await deps.identities.tenantsOf(userId)) {
    const member = await readRecord(deps.pool, id, 'member', userId);
    const role = member ? currentRoleOf(member) : null;
    const shop = role === null ? null : await readRecord(deps.pool, id, 'shop', SHOP_ID);
    if (role !== null && shop) found.push({ id, name: shop.name, role });
  }
  return found;
}

/** Seals a sign-in matter into a tenant's log. */
export async function audit(
  deps: Pick<Deps, 'door'>,
  tenantId: string,
  actorId: string,
  action: string,
  event: string,
): Promise<void> {
  await deps.door.submit(tenantId, { kind: 'event', event: { action, actorId, deviceId: null, codes: [], events: [event] } });
}
