import { useEffect, useState } from 'react';
import type { Item } from '#schema/records/item.ts';
import { useWorkspace } from '../hooks.ts';

/** Items that fit what was typed, as it is typed; null for nothing typed or not known yet. An answer to an older text is never shown for a newer one. */
export function useItemSearch(text: string, limit: number): readonly Item[] | null {
  const workspace = useWorkspace();
  const [answer, setAnswer] = useState<{ readonly text: string; readonly items: readonly Item[] } | null>(null);
  useEffect(() => {
    if (text.trim() === '') return;
    workspace.searchItems(text, limit).then(
      (items) => setAnswer({ text, items }),
      () => setAnswer({ text, items: [] }),
    );
  }, [text, limit, workspace]);
  return text.trim() !== '' && answer?.text === text ? answer.items : null;
}
