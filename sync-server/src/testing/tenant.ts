import type { Device } from '#schema/records/device.ts';
import type { ShopSettings } from '#schema/records/shop.ts';
import { CHAIN_START, chainMutation, type Mutation, toWire } from '#schema/sync/mutation.ts';
import type { Outcome, Submission } from '../apply/apply-mutations.ts';
import { Door } from '../apply/door.ts';
import type { TenantStore } from '../apply/tenant-store.ts';
import { createTenant, enrolDevice } from '../apply/tenants.ts';
import { createPostgresTenantStore } from '../db/postgres-tenant-store.ts';
import { createNodeEnv, type ServerEnv } from '../env.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** 2026-11-23T09:00:00Z, when every test day starts. */
export const TEST_DAY_AT = Date.UTC(2026, 10, 23, 9);
export const TEST_DAY_ON = '2026-11-23';

/** Settings of a French pharmacy, for tests. */
export const TEST_SHOP: ShopSettings = {
  name: 'Pharmacie du Test',
  country: 'FR',
  currency: 'EUR',
  timeZone: 'Europe/Paris',
  cutOffMinutes: 240,
  cashRounding: { incrementMinor: 1, onMixedPayment: 'exact' },
  paymentMethods: [
    { id: 'cash', name: 'Cash', nature: 'countable', isCash: true, active: true },
    { id: 'card', name: 'Card', nature: 'statement', isCash: false, active: true },
  ],
  vatRates: [{ rateBp: 210, name: 'Medicine' }],
  defaultVatRateBp: 210,
  varianceLimits: { acceptUpToMinor: 200, reasonUpToMinor: 2_000 },
  selfApproval: false,
  sharedTills: false,
  createdOn: '2026-01-01',
};

/** A tenant on a database of its own, with a clock the test moves. */
export interface TestTenant {
  readonly database: TestDatabase;
  readonly env: ServerEnv & { setNow: (atMs: number) => void };
  readonly store: TenantStore;
  readonly door: Door;
  readonly tenantId: string;
  readonly ownerId: string;
  readonly commits: { epoch: number; seq: number }[];
  readonly enrol: (name: string, set?: Device['set']) => Promise<TestDevice>;
  readonly submit: (submission: Submission) => Promise<Outcome>;
}

/** A device that makes well-chained mutations. */
export interface TestDevice {
  readonly id: string;
  readonly token: string;
  /** The next mutation, chained behind the last; `version`, `actorId` and times can be replaced. */
  readonly make: (name: string, args: Mutation['args'], more?: Partial<Mutation>) => Mutation;
  readonly push: (...mutations: readonly Mutation[]) => Promise<Outcome>;
}

export async function createTestTenant(
  options: { max?: number; tenantId?: string; database?: TestDatabase } = {},
): Promise<TestTenant> {
  const database = options.database ?? (await createTestDatabase({ max: options.max ?? 4 }));
  let now = TEST_DAY_AT;
  const env = { ...createNodeEnv(), now: () => now, setNow: (atMs: number) => (now = atMs) };
  const commits: { epoch: number; seq: number }[] = [];
  const store = createPostgresTenantStore(database.app);
  const door = new Door(env, store, (_tenantId, head) => commits.push({ ...head }));
  const tenantId = options.tenantId ?? 'testtenant000000';
  const deps = { env, store, door };
  await createTenant(deps, { id: tenantId, shop: TEST_SHOP, ownerId: 'ana', ownerName: 'Ana' });
  return {
    database,
    env,
    store,
    door,
    tenantId,
    ownerId: 'ana',
    commits,
    submit: (submission) => door.submit(tenantId, submission),
    enrol: async (name, set = 'office') => {
      const device = await enrolDevice(deps, tenantId, { name, set, enrolledBy: 'ana', businessOn: TEST_DAY_ON });
      return testDevice(device.deviceId, device.deviceToken, env, (submission) => door.submit(tenantId, submission));
    },
  };
}

function testDevice(id: string, token: string, env: ServerEnv, submit: (submission: Submission) => Promise<Outcome>): TestDevice {
  let n = 0;
  let prev = CHAIN_START;
  return {
    id,
    token,
    make: (name, args, more = {}) => {
      n += 1;
      const wire = {
        deviceId: id,
        n,
        name,
        version: 1,
        actorId: 'ana',
        madeAt: env.now(),
        madeAtSkewMs: 0,
        businessOn: TEST_DAY_ON,
        basis: 0,
        args,
        ...more,
      };
      const mutation = chainMutation(wire, prev, env.sha256);
      prev = mutation.hash;
      return mutation;
    },
    push: (...mutations) =>
      submit({ kind: 'push', deviceId: id, received: mutations.map(toWire), lastHash: mutations.at(-1)?.hash ?? CHAIN_START }),
  };
}
