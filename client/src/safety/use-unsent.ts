import { useEffect, useState } from 'react';
import { useSyncFigure, useWorkspace } from '../hooks.ts';
import type { SyncStatus } from '../workspace.ts';
import type { UnsentWork } from './data-safety.ts';

/** What lies only on this tablet, read again whenever the number of unsent acts changes; null until known. */
export function useUnsent(): UnsentWork | null {
  const workspace = useWorkspace();
  const unsent = useSyncFigure(unsentIn);
  const [work, setWork] = useState<UnsentWork | null>(null);
  const count = unsent.kind === 'ready' ? unsent.value : null;
  useEffect(() => {
    let isCurrent = true;
    if (count === null) return undefined;
    const read = async () => {
      const found = await workspace.safety.readUnsent();
      if (isCurrent) setWork(found);
    };
    void read();
    return () => {
      isCurrent = false;
    };
  }, [workspace, count]);
  return work;
}

function unsentIn(status: SyncStatus): number {
  return status.unsent;
}
