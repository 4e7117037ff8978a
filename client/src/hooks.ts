import {
  createContext,
  createElement,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import type { RecordBody, RecordKind } from '#schema/records/registry.ts';
import type { QueueEntry, RecordFilter, SyncStatus, Unsubscribe, Workspace } from './workspace.ts';

/** A value that is not known before the store answered. */
export type Loadable<Value> = { readonly kind: 'loading' } | { readonly kind: 'ready'; readonly value: Value };

const LOADING = { kind: 'loading' } as const;
const WorkspaceContext = createContext<Workspace | null>(null);

/** Gives the screens below it their workspace. */
export function WorkspaceProvider({ workspace, children }: { workspace: Workspace; children: ReactNode }): ReactNode {
  return createElement(WorkspaceContext.Provider, { value: workspace }, children);
}

/** The workspace of this tree; throws outside a provider. */
export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error('useWorkspace needs a WorkspaceProvider above it');
  return workspace;
}

/** Live list of a kind, overlay included, in the order of its sort projection. */
export function useRecords<Kind extends RecordKind>(kind: Kind, where: RecordFilter = {}): Loadable<readonly RecordBody<Kind>[]> {
  const workspace = useWorkspace();
  const { parent, status, descending, limit } = where;
  return useWatched(
    useCallback(
      (on: (value: readonly RecordBody<Kind>[]) => void) =>
        workspace.watchRecords(kind, filterOf(parent, status, descending, limit), on),
      [workspace, kind, parent, status, descending, limit],
    ),
  );
}

/** Live single record, `null` when absent. */
export function useRecord<Kind extends RecordKind>(kind: Kind, id: string): Loadable<RecordBody<Kind> | null> {
  const workspace = useWorkspace();
  return useWatched(
    useCallback((on: (value: RecordBody<Kind> | null) => void) => workspace.watchRecord(kind, id, on), [workspace, kind, id]),
  );
}

/** State of the sync for badge and sync centre. */
export function useSyncStatus(): Loadable<SyncStatus> {
  const workspace = useWorkspace();
  return useWatched(useCallback((on: (value: SyncStatus) => void) => workspace.watchSync(on), [workspace]));
}

/**
 * One figure of the sync's state: what shows no more of it is not drawn again whenever anything else of it changes, which it does with every act.
 * `pick` must be the same function each time.
 */
export function useSyncFigure<Figure extends boolean | number>(pick: (status: SyncStatus) => Figure): Loadable<Figure> {
  const workspace = useWorkspace();
  return useWatched(
    useCallback((on: (value: Figure) => void) => workspace.watchSync((status) => on(pick(status))), [workspace, pick]),
  );
}

/** The newest `limit` acts of this device with what became of them. */
export function useQueue(limit = 200): Loadable<readonly QueueEntry[]> {
  const workspace = useWorkspace();
  return useWatched(
    useCallback((on: (value: readonly QueueEntry[]) => void) => workspace.watchQueue(limit, on), [workspace, limit]),
  );
}

/** Own acts that need somebody. */
export function useTrouble(): Loadable<readonly QueueEntry[]> {
  const workspace = useWorkspace();
  return useWatched(useCallback((on: (value: readonly QueueEntry[]) => void) => workspace.watchTrouble(on), [workspace]));
}

/** One own act, `null` when this tablet does not keep it. */
export function useAct(n: number): Loadable<QueueEntry | null> {
  const workspace = useWorkspace();
  return useWatched(useCallback((on: (value: QueueEntry | null) => void) => workspace.watchAct(n, on), [workspace, n]));
}

function filterOf(
  parent: string | undefined,
  status: string | undefined,
  descending: boolean | undefined,
  limit: number | undefined,
): RecordFilter {
  return {
    ...(parent === undefined ? {} : { parent }),
    ...(status === undefined ? {} : { status }),
    ...(descending === undefined ? {} : { descending }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** Subscribes to `watch`; a new `watch` starts at loading again, so a list never shows rows of the filter before it. */
function useWatched<Value>(watch: (onValue: (value: Value) => void) => Unsubscribe): Loadable<Value> {
  const current = useRef<{ watch: unknown; value: Loadable<Value> }>({ watch, value: LOADING });
  const store = useMemo(
    () => ({
      subscribe: (onChange: () => void) =>
        watch((value) => {
          const known = current.current;
          // A plain value that is the same again is no news.
          if (known.watch === watch && known.value.kind === 'ready' && Object.is(known.value.value, value)) return;
          current.current = { watch, value: { kind: 'ready', value } };
          onChange();
        }),
      snapshot: (): Loadable<Value> => (current.current.watch === watch ? current.current.value : LOADING),
    }),
    [watch],
  );
  return useSyncExternalStore(store.subscribe, store.snapshot);
}
