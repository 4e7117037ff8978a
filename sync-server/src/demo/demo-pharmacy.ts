import { defaultShop } from '#schema/domain/default-shop.ts';
import type { Role } from '#schema/permissions.ts';
import { type Acting, actAs, CHANNEL_ACTS_MAX, type ChannelAct } from '../apply/act-as.ts';
import { Door } from '../apply/door.ts';
import { SYSTEM_ACTOR } from '../apply/received-act.ts';
import { createTenant } from '../apply/tenants.ts';
import { hashPassword, verifyPassword } from '../auth/passwords.ts';
import { channelDeviceId, pageOfRecords, readRecord } from '../db/tenant-reads.ts';
import { makeHistory } from './demo-history.ts';
import { demoItems } from './demo-items.ts';
import { DEMO_PLACE, DEMO_TENANT_ID, type DemoDeps, demoDay, demoInstant } from './demo-place.ts';
import { countOpeningStock } from './demo-stock.ts';
import { DemoTablet } from './demo-tablet.ts';

/** One account for each role; all have the demo password. */
export const DEMO_ACCOUNTS: readonly {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}[] = [
  { id: 'demo-owner', email: 'owner@demo.test', name: 'Olivia Morel', role: 'owner' },
  { id: 'demo-manager', email: 'manager@demo.test', name: 'Marc Lefèvre', role: 'manager' },
  { id: 'demo-pharmacist', email: 'pharmacist@demo.test', name: 'Paula Nguyen', role: 'pharmacist' },
  { id: 'demo-auditor', email: 'auditor@demo.test', name: 'Amadou Koné', role: 'auditor' },
];

const NAME = 'Pharmacie du Marché (demo)';
const TILLS = ['Till 1', 'Till 2'];
const TABLETS = ['Counter 1', 'Counter 2'];
/** The pharmacy opened so many days ago; its history begins the day after. */
const FOUNDED_DAYS_AGO = 4;
const [OWNER, MANAGER, PHARMACIST] = ['demo-owner', 'demo-manager', 'demo-pharmacist'] as const;

/**
 * Makes the demo pharmacy through the door, with three days of history: the same acts in the same order under a clock that starts four days ago. What
 * is there is left as it is, so the next start makes good one that was cut short.
 */
export async function makeDemoPharmacy(deps: DemoDeps, password: string): Promise<void> {
  await makeAccounts(deps, password);
  const nowMs = deps.env.now();
  let at = demoInstant(demoDay(nowMs, FOUNDED_DAYS_AGO), '14:00');
  const setNow = (atMs: number) => {
    at = Math.max(at, atMs);
  };
  const env = { ...deps.env, now: () => at };
  const past: DemoDeps = { ...deps, env, door: new Door(env, deps.store, () => undefined) };
  await makeShop(past);
  const isHistoryMissing = (await pageOfRecords(deps.pool, DEMO_TENANT_ID, 'device', DEMO_TABLETS)).length === 0;
  if (!isHistoryMissing) return;
  const tablets: DemoTablet[] = [];
  for (const name of TABLETS) tablets.push(await DemoTablet.enrol(past, name, OWNER));
  const [first] = tablets;
  if (first) await countOpeningStock(past, first, MANAGER);
  await makeHistory(past, { nowMs, setNow, tablets, people: { pharmacist: PHARMACIST, manager: MANAGER } });
}

const DEMO_TABLETS = { afterId: '', limit: 1, where: { channel: 'tablet' } } as const;

async function makeShop(deps: DemoDeps): Promise<void> {
  const businessOn = demoDay(deps.env.now(), 0);
  const choice = { country: 'FR', currency: 'EUR', timeZone: DEMO_PLACE.timeZone, createdOn: businessOn } as const;
  const [owner] = DEMO_ACCOUNTS;
  if (!owner) throw new Error('the demo has no owner');
  const shop = { ...defaultShop(choice), name: NAME };
  await createTenant(deps, { id: DEMO_TENANT_ID, shop, ownerId: owner.id, ownerName: owner.name });
  const deviceId = await channelDeviceId(deps.pool, DEMO_TENANT_ID, 'worker');
  const acting: Acting = { tenantId: DEMO_TENANT_ID, channel: 'worker', deviceId, actorId: SYSTEM_ACTOR, businessOn };
  const acts = [...(await missingMembers(deps)), ...(await missingTills(deps)), ...(await missingItems(deps))];
  for (let from = 0; from < acts.length; from += CHANNEL_ACTS_MAX)
    await actAs(deps.door, acting, acts.slice(from, from + CHANNEL_ACTS_MAX));
}

async function makeAccounts({ env, identities }: DemoDeps, password: string): Promise<void> {
  for (const { id, email, name } of DEMO_ACCOUNTS) {
    const account = await identities.userByEmail(email);
    // The password that is printed is the one that works, also when it changed since the last start.
    if (account === null || !(await verifyPassword(account.passwordHash, password))) {
      const passwordHash = await hashPassword(password);
      if (account) await identities.setPassword(account.id, passwordHash, '');
      else await identities.createUser({ id, email, name, passwordHash, mustChangePassword: false }, env.now());
    }
    await identities.addMembership(id, DEMO_TENANT_ID, env.now());
  }
}

async function missingMembers({ pool }: DemoDeps): Promise<ChannelAct[]> {
  const acts: ChannelAct[] = [];
  for (const { id, name, role } of DEMO_ACCOUNTS) {
    const member = await readRecord(pool, DEMO_TENANT_ID, 'member', id);
    if (member === null) acts.push({ name: 'member.add', args: { userId: id, name, role } });
  }
  return acts;
}

async function missingTills({ pool }: DemoDeps): Promise<ChannelAct[]> {
  const known = await pageOfRecords(pool, DEMO_TENANT_ID, 'till', { afterId: '', limit: 1 });
  return known.length > 0 ? [] : TILLS.map((name) => ({ name: 'till.add', args: { name } }));
}

async function missingItems({ pool }: DemoDeps): Promise<ChannelAct[]> {
  const known = await pageOfRecords(pool, DEMO_TENANT_ID, 'item', { afterId: '', limit: 1 });
  return known.length > 0 ? [] : demoItems().map((args) => ({ name: 'item.add', args }));
}
