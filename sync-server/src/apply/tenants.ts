import { z } from 'zod';
import { key } from '#schema/mutations/define.ts';
import type { Device } from '#schema/records/device.ts';
import type { ShopSettings } from '#schema/records/shop.ts';
import type { ServerEnv } from '../env.ts';
import { HttpProblem } from '../http/http-problem.ts';
import type { Door } from './door.ts';
import { SYSTEM_ACTOR } from './received-act.ts';
import type { ServerChannel, TenantStore } from './tenant-store.ts';

/** What making a tenant and its tablets needs of the server. */
interface TenantDeps {
  readonly env: ServerEnv;
  readonly store: TenantStore;
  readonly door: Door;
}

const CHANNELS: readonly ServerChannel[] = ['api', 'import', 'worker'];

/**
 * Creates a tenant: its head, the server's own channels as devices, then its settings and first owner through the door.
 * Doing it again changes nothing, and finishes what a crash left half done.
 */
export async function createTenant(
  { env, store, door }: TenantDeps,
  tenant: { readonly id: string; readonly shop: ShopSettings; readonly ownerId: string; readonly ownerName: string },
): Promise<void> {
  const channels = CHANNELS.map((channel) => ({ channel, id: env.randomId(12) }));
  const now = env.now();
  await store.create(
    tenant.id,
    channels.map((channel) => ({ ...channel, number: 0, set: 'office', tokenHash: null, now })),
  );
  if (await isSetUp(store, tenant.id)) return;
  const { shop, ownerId, ownerName } = tenant;
  const outcome = await door.submit(tenant.id, {
    kind: 'acts',
    channel: 'worker',
    actorId: SYSTEM_ACTOR,
    acts: [{ name: 'shop.setUp', args: { shop, ownerId, ownerName }, businessOn: shop.createdOn }],
  });
  const [receipt] = outcome.kind === 'receipts' ? outcome.receipts : [];
  // Somebody else may have set it up in the meantime.
  if (receipt?.verdict !== 'applied' && receipt?.codes[0] !== 'shop_already_set_up')
    throw new Error(`the tenant could not be set up: ${JSON.stringify(receipt)}`);
}

function isSetUp(store: TenantStore, tenantId: string): Promise<boolean> {
  return store.transact(tenantId, async (transaction) => (await transaction.load([key('shop', 'shop')])).length > 0);
}

/** What the task about a closed tablet says of it. */
const replacedSchema = z.object({ number: z.int(), receivedN: z.int() });

/** A device as it was enrolled; the token is shown once and stored only hashed. */
export interface EnrolledDevice {
  readonly deviceId: string;
  readonly deviceToken: string;
  readonly number: number;
  readonly set: Device['set'];
  /** The tablet that was closed by this, and up to where it was received; null when none was. */
  readonly replaced: { readonly number: number; readonly receivedN: number } | null;
}

/** A tablet as somebody enrols it. */
interface Enrolment {
  readonly name: string;
  readonly set: Device['set'];
  readonly enrolledBy: string;
  readonly businessOn: string;
  /** The tablet it was until the browser cleared its store, by its token, and the last number it remembers to have given. */
  readonly replaces?: { readonly deviceToken: string; readonly madeN: number | null } | undefined;
  /** The tablet it is, which a server that was set back has forgotten. */
  readonly returns?: { readonly deviceId: string; readonly deviceToken: string; readonly number: number } | undefined;
}

/**
 * Enrols a tablet: gives it an id, the tenant's next tablet number and a token, and tells the tenant, all in one transaction of the door. With `replaces`
 * the tablet it was before is closed in the same transaction (SY25); a token nobody has, or of a tablet already lost, changes nothing. With `returns` it
 * stays the tablet it is, if it may (SY8); again and again changes nothing.
 * Errors: `device_not_enrolled` for one that may not return: it is another tablet here, or was closed; then those of `Door.submit`.
 */
export async function enrolDevice(deps: TenantDeps, tenantId: string, enrolment: Enrolment): Promise<EnrolledDevice> {
  const { env, store, door } = deps;
  const { replaces, returns, ...named } = enrolment;
  if (returns) return takeBack(deps, tenantId, named, returns);
  const before = replaces ? await store.findDevice(tenantId, env.sha256(replaces.deviceToken)) : null;
  // It goes on with what it replicated before.
  const set = before?.set ?? named.set;
  const id = env.randomId(12);
  const deviceToken = env.randomId(32);
  const outcome = await door.submit(tenantId, {
    kind: 'enrol',
    device: {
      ...named,
      set,
      id,
      tokenHash: env.sha256(deviceToken),
      numberBefore: null,
      replaces: before && before.status !== 'lost' ? { deviceId: before.id, madeN: replaces?.madeN ?? null } : null,
    },
  });
  const enrolled = await store.findDevice(tenantId, env.sha256(deviceToken));
  if (!enrolled) throw new Error('an enrolled device is not there');
  const closing = outcome.kind === 'receipts' ? outcome.receipts[1] : undefined;
  const replaced = replacedSchema.safeParse(closing?.details).data ?? null;
  return { deviceId: id, deviceToken, number: enrolled.number, set, replaced };
}

async function takeBack(
  { env, store, door }: TenantDeps,
  tenantId: string,
  named: Pick<Enrolment, 'name' | 'set' | 'enrolledBy' | 'businessOn'>,
  { deviceId: id, deviceToken, number: numberBefore }: NonNullable<Enrolment['returns']>,
): Promise<EnrolledDevice> {
  const tokenHash = env.sha256(deviceToken);
  if (!(await store.findDevice(tenantId, tokenHash)))
    await door.submit(tenantId, { kind: 'enrol', device: { ...named, id, tokenHash, numberBefore, replaces: null } });
  const known = await store.findDevice(tenantId, tokenHash);
  if (known?.id !== id || known.status === 'revoked' || known.status === 'lost') throw new HttpProblem('device_not_enrolled');
  return { deviceId: id, deviceToken, number: known.number, set: known.set, replaced: null };
}
