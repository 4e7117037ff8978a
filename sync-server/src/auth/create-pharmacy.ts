import type { CreateTenantRequest } from '#schema/api/organisation.ts';
import { defaultShop } from '#schema/domain/default-shop.ts';
import type { SignInResponse } from '#schema/sync/messages.ts';
import { CUT_OFF_DEFAULT_MINUTES } from '#schema/time.ts';
import { createTenant } from '../apply/tenants.ts';
import { businessDateOf, isTimeZone } from '../business-date.ts';
import type { User } from '../db/identity-store.ts';
import type { Deps } from '../deps.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { startSession, tenantsOf } from './sign-in.ts';

const TENANT_ID_LENGTH = 16;
const USER_ID_LENGTH = 16;

/**
 * First run: creates a pharmacy and its owner, and signs the owner in. Somebody who has an account gives its password and owns one more pharmacy.
 * Errors, in order: `invalid_request` (time zone), `email_taken` (an account exists and the password is not its own).
 */
export async function createPharmacy(deps: Deps, request: CreateTenantRequest): Promise<SignInResponse> {
  const { pharmacy, country, currency, timeZone } = request;
  if (!isTimeZone(timeZone)) {
    const remedy = 'Give a name of the IANA time zone database, such as Europe/Paris.';
    throw new HttpProblem('invalid_request', {
      errors: [{ field: 'timeZone', problem: 'This time zone is not known.', remedy }],
    });
  }
  const owner = await accountOf(deps, request);
  const createdOn = businessDateOf({ timeZone, cutOffMinutes: CUT_OFF_DEFAULT_MINUTES }, deps.env.now());
  const id = deps.env.randomId(TENANT_ID_LENGTH);
  const shop = { ...defaultShop({ country, currency, timeZone, createdOn }), name: pharmacy };
  await createTenant(deps, { id, shop, ownerId: owner.id, ownerName: owner.name });
  await deps.identities.addMembership(owner.id, id, deps.env.now());
  return startSession(deps, owner, { id, name: pharmacy, role: 'owner' }, await tenantsOf(deps, owner.id));
}

async function accountOf(deps: Deps, { email, name, password }: CreateTenantRequest): Promise<User> {
  const known = await deps.identities.userByEmail(email);
  if (known) {
    if (await verifyPassword(known.passwordHash, password)) return known;
    throw new HttpProblem('email_taken', {
      detail: 'An account with this e-mail exists. Give its password to own another pharmacy.',
    });
  }
  return createUser(deps, { email, name, password, mustChangePassword: false });
}

/** Creates an account; `email_taken` when there is one. */
export async function createUser(
  deps: Pick<Deps, 'env' | 'identities'>,
  given: { readonly email: string; readonly name: string; readonly password: string; readonly mustChangePassword: boolean },
): Promise<User> {
  const user: User = {
    id: deps.env.randomId(USER_ID_LENGTH),
    email: given.email.toLowerCase(),
    name: given.name,
    passwordHash: await hashPassword(given.password),
    mustChangePassword: given.mustChangePassword,
  };
  if (!(await deps.identities.createUser(user, deps.env.now()))) throw new HttpProblem('email_taken');
  return user;
}
