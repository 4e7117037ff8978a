import type { TabletState } from '../api/devices.ts';
import { MINUTE_MS } from '../time.ts';

/** The server notes that a tablet was heard of at most this late, so that pulls hardly ever write. */
export const HEARD_LAG_MS = 5 * MINUTE_MS;

/**
 * Tablets in use that were not heard of since the day began (`openedAt`, epoch ms): what they did since is in no figure of this day (SY25). A tablet that
 * never sent anything has nothing to miss.
 */
export function findSilentTablets(tablets: readonly TabletState[], openedAt: number): TabletState[] {
  return tablets.filter(
    ({ status, receivedN, heardAt }) => status !== 'lost' && receivedN > 0 && (heardAt ?? 0) + HEARD_LAG_MS < openedAt,
  );
}
