import { cursorBefore, type LedgerCursor } from '#schema/api/ledger-page.ts';
import { DAY_MS } from '#schema/time.ts';

/**
 * How a list of ledger lines ends when the device keeps the newest months only (SY17). `more`: others are here. `older`, `loading`, `offline`, `failed`: lines before an
 * instant are at the server; to be asked for, being fetched, out of reach, refused. `complete`: there are no others; `wasAsked` says that the server was asked.
 */
export type LedgerEnd =
  | { readonly kind: 'more' }
  | { readonly kind: 'older' | 'loading' | 'offline' }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'complete'; readonly wasAsked: boolean };

/** Old lines fetched so far, and the place behind the last; null when nothing is older. */
export interface FetchedLines<Line> {
  readonly lines: readonly Line[];
  readonly next: LedgerCursor | null;
}

/** What becomes of asking for the next page. */
export type Asking = { readonly kind: 'idle' } | { readonly kind: 'asking' } | { readonly kind: 'failed'; readonly code: string };

/** A line of a ledger, as far as lists need it. */
export interface OrderedLine {
  readonly id: string;
  readonly occurredAt: number;
}

/** What is known of a list. */
export interface LedgerState<Line extends OrderedLine> {
  /** The newest lines that are here, one more than `shown` when there are others. */
  readonly held: readonly Line[];
  readonly fetched: FetchedLines<Line> | null;
  readonly shown: number;
  /** First instant of the months that are here. */
  readonly heldFrom: number;
  /** When what the lines are about began; see `mayBeOlder`. */
  readonly since: number;
  readonly asking: Asking;
  readonly isOnline: boolean;
}

/**
 * A list of which the newest `shown` lines are seen. Lines that are both here and fetched (such that arrived late) are one, so a list never shows a line
 * twice; what is shown is always the newest of all that is known, so none is left out between two that are shown once the pages have reached it.
 */
export function viewLedger<Line extends OrderedLine>(
  state: LedgerState<Line>,
): { readonly lines: readonly Line[]; readonly end: LedgerEnd; readonly below: LedgerCursor | null } {
  const { held, fetched, shown, asking } = state;
  const known = newestFirst([...held, ...(fetched?.lines ?? [])]);
  const below = fetched === null ? (mayBeOlder(state) ? cursorBefore(state.heldFrom) : null) : fetched.next;
  return {
    lines: known.slice(0, shown),
    end: endOf(state, known.length > shown, below),
    below: known.length > shown ? null : below,
  };

  function endOf({ isOnline }: LedgerState<Line>, hasMore: boolean, next: LedgerCursor | null): LedgerEnd {
    if (hasMore) return { kind: 'more' };
    if (next === null) return { kind: 'complete', wasAsked: fetched !== null };
    if (asking.kind === 'asking') return { kind: 'loading' };
    if (!isOnline) return { kind: 'offline' };
    return asking.kind === 'failed' ? asking : { kind: 'older' };
  }
}

/** Acts that arrived late may be older than what they are about; so much older is not looked for. */
const LATE_MS = 31 * DAY_MS;

/** Whether what began at `since` may have lines from before the months that are here. */
function mayBeOlder({ since, heldFrom }: Pick<LedgerState<OrderedLine>, 'since' | 'heldFrom'>): boolean {
  return since - LATE_MS < heldFrom;
}

/** Each line once, by instant and id, as the storage orders them. */
function newestFirst<Line extends OrderedLine>(lines: readonly Line[]): Line[] {
  const byId = new Map(lines.map((line) => [line.id, line]));
  return [...byId.values()].sort((a, b) => b.occurredAt - a.occurredAt || (a.id < b.id ? 1 : -1));
}
