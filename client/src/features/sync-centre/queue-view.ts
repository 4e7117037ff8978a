import type { FieldConflict } from '#schema/sync/receipt.ts';
import type { QueueEntry } from '../../workspace.ts';

/** What became of one own act, as the sync centre tells it (SY23). */
export type EntryView =
  /** On its way or in the books; nothing to do. */
  | { readonly kind: 'fine' }
  /** Not sent yet, and something that came in makes it unacceptable (SY21). */
  | { readonly kind: 'will_be_refused'; readonly codes: readonly string[] }
  /** The server said something a person should read. */
  | {
      readonly kind: 'trouble';
      readonly verdict: 'flagged' | 'merged' | 'refused' | 'quarantined';
      readonly codes: readonly string[];
      readonly conflicts: readonly FieldConflict[];
      /** The number of the earlier act it rests on, when that one was refused. */
      readonly dependsOn: number | null;
      readonly amountMinor: number | null;
      readonly units: number | null;
      /** `resolved`: a manager dealt with it. */
      readonly state: 'open' | 'dismissed' | 'resolved';
    };

/** Reads an entry of the queue. */
export function viewEntry({ receipt, expected, exception, needsMe }: QueueEntry): EntryView {
  if (receipt === null) {
    return expected?.verdict === 'refused' ? { kind: 'will_be_refused', codes: expected.codes } : { kind: 'fine' };
  }
  if (receipt.verdict === 'applied') return { kind: 'fine' };
  const rests = receipt.codes.includes('depends_on') ? receipt.details.n : null;
  return {
    kind: 'trouble',
    verdict: receipt.verdict,
    codes: receipt.codes,
    conflicts: receipt.conflicts,
    dependsOn: typeof rests === 'number' ? rests : null,
    amountMinor: exception?.amountMinor ?? null,
    units: exception?.units ?? null,
    state: exception?.status === 'resolved' ? 'resolved' : needsMe ? 'open' : 'dismissed',
  };
}

/**
 * The changes of an edit made again over what is there now: each conflict goes from their value to mine. Null when there is nothing to
 * send again, because the act was no edit of a record's fields.
 */
export function changesAgain(conflicts: readonly FieldConflict[]): Record<string, { from: unknown; to: unknown }> | null {
  if (conflicts.length === 0) return null;
  return Object.fromEntries(conflicts.map(({ field, mine, theirs }) => [field, { from: theirs, to: mine }]));
}
