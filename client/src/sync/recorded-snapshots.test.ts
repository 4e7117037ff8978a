import { expect, test } from 'vitest';
import { recordedReleases } from '#schema/testing/recorded-releases.ts';
import { readSnapshot } from './snapshot-reader.ts';

test.each(recordedReleases())('[SY13] a snapshot of a server of release $release can still be read', async ({ answers }) => {
  let rows = 0;
  const lines = async function* () {
    yield* answers.snapshot;
  };
  const header = await readSnapshot(lines(), 1, async (part) => {
    rows += part.rows.length;
  });
  expect(rows).toBe(header.records);
});
