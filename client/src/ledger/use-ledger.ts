import { useState } from 'react';
import type { LedgerKind, LedgerLine } from '#schema/api/ledger-page.ts';
import { SHOP_ID } from '#schema/records/shop.ts';
import { monthStart } from '#schema/sync/digest.ts';
import { isInSet } from '#schema/sync/sets.ts';
import { useRecord, useRecords, useSyncStatus, useWorkspace } from '../hooks.ts';
import { OLDER_LINES_PAGE } from './older-lines.ts';
import { type Asking, type FetchedLines, type LedgerEnd, viewLedger } from './view-ledger.ts';

/** A list of ledger lines. `notKept`: this device does not keep the kind at all. `heldFrom` is the date since which lines are here. */
export type Ledger<Line> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'notKept' }
  | {
      readonly kind: 'lines';
      readonly lines: readonly Line[];
      readonly end: LedgerEnd;
      readonly heldFrom: string;
      /** Shows the next of those that are here, or fetches a page of older ones. */
      readonly showMore: () => void;
    };

const IDLE = { kind: 'idle' } as const;

/**
 * The lines of a long ledger under one parent, newest first: those that are here, overlay included, and behind them the older ones that somebody asked
 * for (SY17), which live as long as the list is on the screen and no longer. `since` is when the parent began, if that is known. A list of another parent
 * needs another `key`.
 */
export function useLedger<Kind extends LedgerKind>(kind: Kind, parent: string, since?: number): Ledger<LedgerLine<Kind>> {
  const workspace = useWorkspace();
  const status = useSyncStatus();
  const shop = useRecord('shop', SHOP_ID);
  const [shown, setShown] = useState(OLDER_LINES_PAGE);
  const held = useRecords(kind, { parent, descending: true, limit: shown + 1 });
  // While a longer list is read, the shorter one stays, so that nothing jumps.
  const [known, setKnown] = useState<readonly LedgerLine<Kind>[] | null>(null);
  if (held.kind === 'ready' && held.value !== known) setKnown(held.value);
  const [older, setOlder] = useState<({ readonly of: string } & FetchedLines<LedgerLine<Kind>>) | null>(null);
  const [asking, setAsking] = useState<Asking>(IDLE);
  const keeps = status.kind === 'ready' ? status.value.keeps : null;
  if (status.kind === 'loading' || shop.kind === 'loading' || known === null || keeps === null) return { kind: 'loading' };
  if (!isInSet(keeps.set, kind)) return { kind: 'notKept' };
  const heldFrom = `${keeps.ledgersFrom}-01`;
  // Pages join the months that were here when they were fetched.
  const of = `${keeps.epoch} ${heldFrom}`;
  const fetched = older?.of === of ? older : null;
  const { lines, end, below } = viewLedger({
    held: known,
    fetched,
    shown,
    heldFrom: monthStart(keeps.ledgersFrom),
    since: Math.max(since ?? 0, Date.parse(shop.value?.createdOn ?? heldFrom)),
    asking,
    isOnline: status.value.connection !== 'offline',
  });
  const fetchPage = async (before: NonNullable<typeof below>) => {
    setAsking({ kind: 'asking' });
    const answer = await workspace.readOlderLines(kind, parent, before);
    if (answer.kind === 'none') return setAsking({ kind: 'failed', code: answer.code });
    setOlder({ of, lines: [...(fetched?.lines ?? []), ...answer.lines], next: answer.next });
    setShown(shown + OLDER_LINES_PAGE);
    setAsking(IDLE);
  };
  const showMore = () => {
    if (below === null) setShown(shown + OLDER_LINES_PAGE);
    else if (asking.kind !== 'asking') void fetchPage(below);
  };
  return { kind: 'lines', lines, end, heldFrom, showMore };
}
