import { useCallback, useDeferredValue, useEffect, useState } from 'react';
import type { Item } from '#schema/records/item.ts';
import { useRecords, useWorkspace } from '../../hooks.ts';

/** Rows fetched first, and the most a search answers; the list doubles its reach whenever its end comes into sight. */
const FIRST_ROWS = 200;
const SEARCH_ROWS = 500;

/** Every product by name, or those a text finds, best first. */
export interface ItemList {
  /** Null until first known. */
  readonly items: readonly Item[] | null;
  /** The end is in sight: fetch more. */
  readonly more: () => void;
}

/** The list behind the stock screen: live, grown while scrolling, narrowed while typing. Offline. */
export function useItemList(text: string): ItemList {
  const [reach, setReach] = useState(FIRST_ROWS);
  const listed = useRecords('item', { limit: reach });
  // While a longer list is read, the shorter one stays, so that scrolling never jumps.
  const [known, setKnown] = useState<readonly Item[] | null>(null);
  if (listed.kind === 'ready' && listed.value !== known) setKnown(listed.value);
  const found = useFound(useDeferredValue(text.trim()));
  const count = known?.length ?? 0;
  const more = useCallback(() => {
    if (count >= reach) setReach(reach * 2);
  }, [count, reach]);
  return text.trim() === '' ? { items: known, more } : { items: found, more: ignore };
}

function useFound(text: string): readonly Item[] | null {
  const workspace = useWorkspace();
  const [found, setFound] = useState<readonly Item[] | null>(null);
  useEffect(() => {
    let isCurrent = true;
    if (text === '') return undefined;
    const search = async () => {
      const items = await workspace.searchItems(text, SEARCH_ROWS);
      if (isCurrent) setFound(items);
    };
    void search();
    return () => {
      isCurrent = false;
    };
  }, [workspace, text]);
  return found;
}

function ignore(): void {}
