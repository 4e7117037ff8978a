import { z } from 'zod';
import type { Exception } from '#schema/records/exception.ts';

const detailsSchema = z.object({
  name: z.string(),
  number: z.int(),
  receivedN: z.int(),
  madeN: z.int().nullable(),
});

/** What a task about a tablet that is gone says of it; null for any other task. */
export function missingOf({ id, aboutKind, codes, details }: Exception): (z.infer<typeof detailsSchema> & { id: string }) | null {
  if (aboutKind !== 'device' || !codes.some((code) => code === 'device_lost' || code === 'device_evicted')) return null;
  const parsed = detailsSchema.safeParse(details);
  return parsed.success ? { ...parsed.data, id } : null;
}
