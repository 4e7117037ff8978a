import type { SearchableItem } from './item-search.ts';
import type { SearchAnswer, SearchRequest } from './search.worker.ts';

/** The item index as the workspace uses it, wherever it runs. */
export interface ItemSearch {
  readonly put: (items: readonly SearchableItem[]) => Promise<void>;
  readonly search: (text: string, limit: number) => Promise<readonly string[]>;
  readonly findByCode: (code: string) => Promise<string | null>;
  readonly close: () => void;
}

type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

/** Starts the index in a worker. */
export function startWorkerSearch(): ItemSearch {
  const worker = new Worker(new URL('./search.worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, (ids: readonly string[]) => void>();
  let lastId = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<SearchAnswer>) => {
    waiting.get(data.id)?.(data.ids);
    waiting.delete(data.id);
  });
  const ask = (request: WithoutId<SearchRequest>): Promise<readonly string[]> =>
    new Promise((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      worker.postMessage({ ...request, id: lastId });
    });
  return {
    put: async (items) => {
      await ask({ kind: 'put', items });
    },
    search: (text, limit) => ask({ kind: 'search', text, limit }),
    findByCode: async (code) => (await ask({ kind: 'code', code }))[0] ?? null,
    close: () => worker.terminate(),
  };
}
