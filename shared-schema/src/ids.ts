import { z } from 'zod';

/**
 * Identifiers.
 *
 * A device gets twelve random base-32 characters when it enrols. A record made by a mutation is named by that mutation:
 * `<deviceId>-<n>-<k>`, so a repeated mutation can never make a second record and every record says who made it (SY1).
 * A few kinds have names of their own: the shop is `shop`, a lot is named by what makes it that lot (I3), a claim by what it claims.
 */

/** Twelve characters of Crockford base 32, lower case. */
export const deviceIdSchema = z.string().regex(/^[0-9a-hjkmnp-tv-z]{12}$/, 'must be twelve base-32 characters');

/** Identifier of any record, member or user: 1 to 96 printable ASCII characters without space or slash. */
export const recordIdSchema = z.string().regex(/^[!-.0-~]{1,96}$/, 'must be 1 to 96 printable characters without space or slash');

/** Identifier of a tenant: sixteen base-32 characters. */
export const tenantIdSchema = z.string().regex(/^[0-9a-hjkmnp-tv-z]{16}$/, 'must be sixteen base-32 characters');

/** The `k`-th record that mutation `n` of a device makes. */
export function recordIdOf(deviceId: string, n: number, k: number | string): string {
  return `${deviceId}-${n}-${k}`;
}

/** Names the act itself. */
export function actIdOf(deviceId: string, n: number): string {
  return `${deviceId}-${n}`;
}

/** The mutation whose number a record id carries, or null for ids that no mutation derived. */
export function makerOf(recordId: string): { deviceId: string; n: number } | null {
  const match = /^([0-9a-hjkmnp-tv-z]{12})-([1-9][0-9]*)-/.exec(recordId);
  return match?.[1] && match[2] ? { deviceId: match[1], n: Number(match[2]) } : null;
}
