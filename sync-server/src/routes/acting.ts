import { SHOP_ID } from '#schema/records/shop.ts';
import type { Acting } from '../apply/act-as.ts';
import type { ServerChannel } from '../apply/tenant-store.ts';
import { businessDateOf } from '../business-date.ts';
import { channelDeviceId, readRecord } from '../db/tenant-reads.ts';
import type { Deps } from '../deps.ts';

/** Lets a channel of the server act for a member, on the shop's business date of now (C13). Throws for a tenant that is not set up. */
export async function actingAs(
  deps: Pick<Deps, 'env' | 'pool'>,
  actor: { readonly tenantId: string; readonly userId: string },
  channel: ServerChannel,
): Promise<Acting> {
  const { tenantId, userId: actorId } = actor;
  const shop = await readRecord(deps.pool, tenantId, 'shop', SHOP_ID);
  if (!shop) throw new Error(`the tenant ${tenantId} is not set up`);
  const deviceId = await channelDeviceId(deps.pool, tenantId, channel);
  return { tenantId, channel, deviceId, actorId, businessOn: businessDateOf(shop, deps.env.now()) };
}
