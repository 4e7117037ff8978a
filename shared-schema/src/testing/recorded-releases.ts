import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * What clients and servers of each release sent, as JSON files in `sync/recorded/`, replayed in tests for ever (SY13).
 *
 * A release's file is written before it and never changed after it. Until then: an act that gets new arguments or a new version, or a new act, is put
 * into the newest file by hand, with the verdict the replay shows. `answers` may be taken again from a running server.
 */
const releaseSchema = z.strictObject({
  release: z.string(),
  protocol: z.int(),
  pushes: z.array(
    z.strictObject({ verdict: z.string(), mutation: z.looseObject({ n: z.int(), name: z.string(), version: z.int() }) }),
  ),
  pullRequest: z.unknown(),
  answers: z.strictObject({ push: z.unknown(), pull: z.unknown(), snapshot: z.array(z.string()) }),
});
export type RecordedRelease = z.infer<typeof releaseSchema>;

const folder = new URL('../sync/recorded/', import.meta.url);

/** Every recorded release, oldest first. */
export function recordedReleases(): RecordedRelease[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => releaseSchema.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))));
}
