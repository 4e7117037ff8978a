import { defaultShop } from '#schema/domain/default-shop.ts';
import type { Role } from '#schema/permissions.ts';
import { SYSTEM_ACTOR } from '../apply/received-act.ts';
import { createTenant } from '../apply/tenants.ts';
import { hashPassword } from '../auth/accounts.ts';
import { findUserByEmail, insertMembership, insertTenant, insertUser, tenantExists } from '../db/identity.ts';
import type { Deps } from '../deps.ts';
import { demoItems } from './demo-items.ts';

/** One account for each role. */
export const DEMO_ACCOUNTS: readonly { readonly email: string; readonly name: string; readonly role: Role }[] = [
  { email: 'owner@demo.test', name: 'Olivia Morel', role: 'owner' },
  { email: 'manager@demo.test', name: 'Marc Lefèvre', role: 'manager' },
  { email: 'pharmacist@demo.test', name: 'Paula Nguyen', role: 'pharmacist' },
  { email: 'auditor@demo.test', name: 'Amadou Koné', role: 'auditor' },
];

const TENANT_ID = 'demopharmacy0000';
const NAME = 'Pharmacie du Marché (demo)';
/** Acts of one submission to the door. */
const ACTS_AT_ONCE = 200;

/** Makes the demo pharmacy through the door, once; does nothing when it is there. */
export async function makeDemoPharmacy(deps: Deps, password: string): Promise<void> {
  if (await tenantExists(deps.pool, TENANT_ID)) return;
  const now = deps.env.now();
  const passwordHash = await hashPassword(password);
  const businessOn = new Date(now).toISOString().slice(0, 10);
  const members = [];
  for (const [i, { email, name, role }] of DEMO_ACCOUNTS.entries()) {
    await insertUser(deps.pool, { id: `demo-user-${i}`, email, name, passwordHash }, now);
    const user = await findUserByEmail(deps.pool, email);
    if (user) members.push({ userId: user.id, name, role });
  }
  const [owner, ...others] = members;
  if (!owner) throw new Error('the demo has no owner');
  const shop = {
    ...defaultShop({ country: 'FR', currency: 'EUR', timeZone: 'Europe/Paris', createdOn: businessOn }),
    name: NAME,
  };
  await createTenant(deps, { id: TENANT_ID, shop, ownerId: owner.userId, ownerName: owner.name });
  const acts = [
    ...others.map((member) => ({ name: 'member.add', args: member, businessOn })),
    ...['Till 1', 'Till 2'].map((name) => ({ name: 'till.add', args: { name }, businessOn })),
    ...demoItems().map((args) => ({ name: 'item.add', args, businessOn })),
  ];
  for (let from = 0; from < acts.length; from += ACTS_AT_ONCE) {
    await deps.door.submit(TENANT_ID, {
      kind: 'acts',
      channel: 'worker',
      actorId: SYSTEM_ACTOR,
      acts: acts.slice(from, from + ACTS_AT_ONCE),
    });
  }
  // Last, so that a start that was cut makes it again.
  await insertTenant(deps.pool, { id: TENANT_ID, name: NAME }, now);
  for (const { userId } of members) await insertMembership(deps.pool, userId, TENANT_ID);
}
