import type { Random } from '../support/random.ts';

/** Kinds of faults a seed may have. Each is switched on or off for a whole seed, so that some seeds are gentle and others meet several at once. */
export const FAULTS = [
  /** Requests that never arrive, answers that never return, the same request twice, long and differing delays. */
  'lostRequest',
  'lostAnswer',
  'twice',
  'slow',
  /** Pulls in pages of a few records, as a long absence makes many. */
  'smallPages',
  /** A tablet without a network for minutes. */
  'offline',
  /** Pokes lost, late, doubled or reordered. */
  'pokes',
  /** Several tabs of one tablet; tabs killed; tabs frozen and thawed. */
  'tabs',
  'tabKill',
  'freeze',
  /** The whole browser killed and started again. */
  'browserKill',
  /** No room on the disk; a storage that fails. */
  'quota',
  'storage',
  /** A browser that clears a tablet's stores. */
  'evict',
  /** Tablet clocks wrong by up to years, and clocks that jump. */
  'skew',
  'clockJump',
  /** The server killed and started; its database refusing, failing, or committing without an answer. */
  'serverKill',
  'database',
  /** The server put back to an earlier copy of its data. */
  'rewind',
  /** Sessions that end, a member that is removed, an app too old for the server. */
  'signOut',
  'revoked',
  'oldClient',
  /** Data that the database refuses. */
  'poison',
  /** A record that goes bad on a tablet's disk. */
  'bitRot',
] as const;
export type Fault = (typeof FAULTS)[number];

/** Which faults a seed has; all are off before it starts and once it heals. */
export class Faults {
  readonly chosen: ReadonlySet<Fault>;
  isHealing = true;

  constructor(random: Random, without: readonly Fault[]) {
    const rare: ReadonlySet<Fault> = new Set(['rewind', 'oldClient', 'revoked', 'evict', 'bitRot']);
    const chosen = new Set(FAULTS.filter((fault) => random.chance(rare.has(fault) ? 0.25 : 0.45) && !without.includes(fault)));
    // A server that was put back has forgotten that a cleared tablet was closed, and does not name what is missing: that tablet is only silent then.
    if (chosen.has('rewind')) chosen.delete('evict');
    this.chosen = chosen;
  }

  isOn(fault: Fault): boolean {
    return !this.isHealing && this.chosen.has(fault);
  }
}
