import { useEffect, useState } from 'react';
import type { TabletState } from '#schema/api/devices.ts';
import { canDo } from '#schema/permissions.ts';
import { useRecords, useSyncStatus, useWorkspace } from '../hooks.ts';
import type { ReadTablets } from './read-tablets.ts';

/** The list is asked for again after so long: tablets fall silent without telling anybody. */
const LOOK_MS = 60_000;

/** Every tablet as the server knows it; null for who may not see it, and while the server cannot be asked. */
export function useTablets(read: ReadTablets): readonly TabletState[] | null {
  const { actor } = useWorkspace();
  const devices = useRecords('device');
  const status = useSyncStatus();
  const [tablets, setTablets] = useState<readonly TabletState[] | null>(null);
  const [looks, setLooks] = useState(0);
  const isAllowed = canDo(actor.role, 'view.devices');
  const isOnline = status.kind === 'ready' && status.value.connection === 'online';
  const known = devices.kind === 'ready' ? devices.value : null;
  useEffect(() => {
    const timer = setInterval(() => setLooks((before) => before + 1), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (!isAllowed || !isOnline || known === null) return;
    let isCurrent = true;
    const look = async () => {
      const answer = await read();
      if (isCurrent && looks >= 0) setTablets(answer);
    };
    void look();
    return () => {
      isCurrent = false;
    };
  }, [read, isAllowed, isOnline, known, looks]);
  return isAllowed && isOnline ? tablets : null;
}
