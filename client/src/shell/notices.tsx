import { lazy, Suspense } from 'react';
import { useAppControls } from '../app-controls.ts';
import { useSyncFigure } from '../hooks.ts';
import type { SyncStatus } from '../workspace.ts';

const OutdatedNotice = lazy(() => import('./outdated-notice.tsx'));
const RenewedNotice = lazy(() => import('./renewed-notice.tsx'));
const UpdateNotice = lazy(() => import('./update-notice.tsx'));

/** What everybody on this tablet must know now, above whatever screen is open. */
export function Notices() {
  const { acceptUpdate, postponeUpdate, renewal } = useAppControls();
  const isOutdated = useIsOutdated();
  return (
    <Suspense fallback={null}>
      {renewal !== null && <RenewedNotice />}
      {isOutdated ? (
        <OutdatedNotice />
      ) : (
        acceptUpdate !== null && <UpdateNotice onAccept={acceptUpdate} onLater={postponeUpdate} />
      )}
    </Suspense>
  );
}

/** The server no longer speaks this version: nothing can be entered (SY13). */
export function useIsOutdated(): boolean {
  const isOutdated = useSyncFigure(isOutdatedIn);
  return isOutdated.kind === 'ready' && isOutdated.value;
}

function isOutdatedIn(status: SyncStatus): boolean {
  return status.isOutdated;
}
