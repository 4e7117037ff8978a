import { devicesResponseSchema, type TabletState } from '#schema/api/devices.ts';

/** Answers every tablet as the server knows it, or null when it cannot be asked. */
export type ReadTablets = () => Promise<readonly TabletState[] | null>;

/** Asks the server (SY25). */
export async function readTabletsOverHttp(): Promise<readonly TabletState[] | null> {
  const answer = await fetch('/api/devices', { cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) return null;
  const parsed = devicesResponseSchema.safeParse(await answer.json().catch(() => null));
  return parsed.success ? parsed.data.devices : null;
}
