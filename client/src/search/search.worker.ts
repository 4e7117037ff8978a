import { ItemIndex, type SearchableItem } from './item-search.ts';

/** The item index in a worker of its own, so that building it never holds the screen. */

export type SearchRequest =
  | { readonly id: number; readonly kind: 'put'; readonly items: readonly SearchableItem[] }
  | { readonly id: number; readonly kind: 'search'; readonly text: string; readonly limit: number }
  | { readonly id: number; readonly kind: 'code'; readonly code: string };

export interface SearchAnswer {
  readonly id: number;
  readonly ids: readonly string[];
}

const index = new ItemIndex();

self.addEventListener('message', ({ data }: MessageEvent<SearchRequest>) => {
  self.postMessage({ id: data.id, ids: answer(data) } satisfies SearchAnswer);
});

function answer(request: SearchRequest): readonly string[] {
  switch (request.kind) {
    case 'put':
      index.put(request.items);
      return [];
    case 'search':
      return index.search(request.text, request.limit);
    case 'code': {
      const found = index.findByCode(request.code);
      return found === null ? [] : [found];
    }
  }
}
