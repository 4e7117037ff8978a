import { SHOP_ID } from '#schema/records/shop.ts';
import { instantToDate } from '#schema/time.ts';
import { useRecord, useWorkspace } from './hooks.ts';

/** Today's calendar date (`YYYY-MM-DD`) where the shop is, for expiries and counting pads; UTC until the shop is known. */
export function useToday(): string {
  const workspace = useWorkspace();
  const shop = useRecord('shop', SHOP_ID);
  const timeZone = shop.kind === 'ready' ? shop.value?.timeZone : undefined;
  return instantToDate(workspace.now(), timeZone === undefined ? 0 : workspace.offsetMinutes(timeZone));
}
