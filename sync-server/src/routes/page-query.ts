import { z } from 'zod';

/** Paging of lists: by the id of the last record of the page before, at most 500 at once. */
export const pageQuerySchema = z.strictObject({
  cursor: z.string().max(96).default(''),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Where the next page starts; null when there is none. */
export function nextCursor(page: readonly { readonly id: string }[], limit: number): string | null {
  return page.length < limit ? null : (page.at(-1)?.id ?? null);
}
