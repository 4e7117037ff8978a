import { SHOP_ID, type Shop } from '#schema/records/shop.ts';
import { computeBusinessDate } from '#schema/time.ts';

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Whether a text names a time zone this machine knows. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** Offset of a zone from UTC at an instant, in minutes, east positive. Throws RangeError for an unknown zone. */
export function zoneOffsetMinutes(timeZone: string, atMs: number): number {
  const name =
    formatOf(timeZone)
      .formatToParts(atMs)
      .find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

/** The shop's business date at an instant (C13): the server's edge is where the time zone database is looked up. */
export function businessDateOf(shop: Pick<Shop, 'timeZone' | 'cutOffMinutes'>, atMs: number): string {
  const { timeZone, cutOffMinutes } = shop;
  return computeBusinessDate({ atMs, offsetMinutes: zoneOffsetMinutes(timeZone, atMs), cutOffMinutes });
}

/** Key of the record that holds time zone and cut-off. */
export const SHOP_KEY = { kind: 'shop', id: SHOP_ID } as const;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format = FORMATS.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  FORMATS.set(timeZone, format);
  return format;
}
