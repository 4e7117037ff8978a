import { useEffect, useState } from 'react';
import { useRecords, useWorkspace } from '../../hooks.ts';

/** Names of members and tills by id, for what was entered; null for ids it does not know. */
export function useNames(): (id: string) => string | null {
  const members = useRecords('member');
  const tills = useRecords('till');
  const names = new Map([
    ...(members.kind === 'ready' ? members.value.map(({ id, name }) => [id, name] as const) : []),
    ...(tills.kind === 'ready' ? tills.value.map(({ id, name }) => [id, name] as const) : []),
  ]);
  return (id) => names.get(id) ?? null;
}

/** The name of a product, fetched when it is wanted; null until known. */
export function useItemName(itemId: string | null): string | null {
  const workspace = useWorkspace();
  const [found, setFound] = useState<{ readonly itemId: string; readonly name: string } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    if (itemId === null) return undefined;
    const look = async () => {
      const item = await workspace.readRecord('item', itemId);
      if (isCurrent && item) setFound({ itemId, name: item.name });
    };
    void look();
    return () => {
      isCurrent = false;
    };
  }, [workspace, itemId]);
  return found?.itemId === itemId ? found.name : null;
}
