import { lazy, Suspense } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { FirstDownload } from './features/sync-centre/first-download.tsx';
import { TodayPage } from './features/today/today-page.tsx';
import { useSyncFigure } from './hooks.ts';
import { Shell } from './shell/shell.tsx';
import { Loading } from './ui/states.tsx';
import type { SyncStatus } from './workspace.ts';

const CounterPage = lazy(async () => ({ default: (await import('./features/counter/counter-page.tsx')).CounterPage }));
const ClosePage = lazy(async () => ({ default: (await import('./features/close/close-page.tsx')).ClosePage }));
const StockPage = lazy(async () => ({ default: (await import('./features/stock/stock-page.tsx')).StockPage }));
const ItemPage = lazy(async () => ({ default: (await import('./features/stock/item-page.tsx')).ItemPage }));
const CountsPage = lazy(async () => ({ default: (await import('./features/counts/counts-page.tsx')).CountsPage }));
const SyncCentrePage = lazy(async () => ({
  default: (await import('./features/sync-centre/sync-centre-page.tsx')).SyncCentrePage,
}));
const ActPage = lazy(async () => ({ default: (await import('./features/sync-centre/act-page.tsx')).ActPage }));
const TaskPage = lazy(async () => ({ default: (await import('./features/sync-centre/task-page.tsx')).TaskPage }));
const AuditPage = lazy(async () => ({ default: (await import('./features/audit/audit-page.tsx')).AuditPage }));

/** The screens of a signed-in member inside their frame. Until the tablet holds the pharmacy, only how far that is. */
export function Screens() {
  const hasReplica = useSyncFigure(hasReplicaIn);
  return (
    <Shell>
      {hasReplica.kind === 'loading' ? (
        <Loading />
      ) : hasReplica.value ? (
        <Suspense fallback={<Loading />}>
          <Routes>
            <Route path="/" element={<TodayPage />} />
            <Route path="/counter" element={<CounterPage />} />
            <Route path="/close" element={<ClosePage />} />
            <Route path="/stock" element={<StockPage />} />
            <Route path="/stock/:itemId" element={<ItemPage />} />
            <Route path="/counts" element={<CountsPage />} />
            <Route path="/sync" element={<SyncCentrePage />} />
            <Route path="/sync/acts/:n" element={<ActPage />} />
            <Route path="/sync/tasks/:taskId" element={<TaskPage />} />
            <Route path="/audit" element={<AuditPage />} />
            <Route path="*" element={<Navigate to="/" replace />} />
          </Routes>
        </Suspense>
      ) : (
        <FirstDownload />
      )}
    </Shell>
  );
}

function hasReplicaIn(status: SyncStatus): boolean {
  return status.hasReplica;
}
