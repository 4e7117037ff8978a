import { ItemIndex } from './item-search.ts';
import type { ItemSearch } from './worker-search.ts';

/** The item index on this thread: for tests, and where a browser gives no worker. */
export function startLocalSearch(): ItemSearch {
  const index = new ItemIndex();
  return {
    put: async (items) => index.put(items),
    search: async (text, limit) => index.search(text, limit),
    findByCode: async (code) => index.findByCode(code),
    close: () => undefined,
  };
}
