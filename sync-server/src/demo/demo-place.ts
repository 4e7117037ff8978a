import { addDays, DAY_MS, dateToDayNumber, MINUTE_MS } from '#schema/time.ts';
import { businessDateOf, zoneOffsetMinutes } from '../business-date.ts';
import type { Deps } from '../deps.ts';

/** Tenant id of the demo pharmacy. */
export const DEMO_TENANT_ID = 'dem0pharmacy0000';
/** Where the demo pharmacy is, as far as its business day goes. */
export const DEMO_PLACE = { timeZone: 'Europe/Paris', cutOffMinutes: 240 };

/** What making the demo takes. */
export type DemoDeps = Pick<Deps, 'store' | 'env' | 'pool' | 'door' | 'identities'>;

/** The business date so many days before the one of an instant. */
export function demoDay(nowMs: number, daysAgo: number): string {
  return addDays(businessDateOf(DEMO_PLACE, nowMs), -daysAgo);
}

/** The instant of a local time (`08:30`) on a date in the demo pharmacy. */
export function demoInstant(on: string, time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const asUtc = dateToDayNumber(on) * DAY_MS + (hours * 60 + minutes) * MINUTE_MS;
  return asUtc - zoneOffsetMinutes(DEMO_PLACE.timeZone, asUtc) * MINUTE_MS;
}

/** Numbers in [0, 1), the same ones for the same seed (mulberry32), so that every demo looks alike. */
export function demoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
