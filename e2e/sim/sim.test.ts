import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bundleWorker } from './bundle.ts';
import { MUTANTS } from './mutants.ts';
import { runSeed } from './run-seed.ts';
import { runSeeds } from './run-seeds.ts';
import type { SeedReport } from './seed-report.ts';

test('a seed tells the same story in another process', { timeout: 60_000 }, async () => {
  const here = await runSeed(3);
  const reports: SeedReport[] = [];
  await runSeeds([await bundleWorker('same-story')], [3], { jobs: 1, tier: 'memory' }, (report) => reports.push(report) > 0);
  expect(reports).toMatchObject([{ seed: 3, lost: 0, doubled: 0, diverged: 0, stuck: 0, digest: here.digest }]);
});

test('seeds differ', { timeout: 60_000 }, async () => {
  const [one, other] = [await runSeed(1, { acts: 20 }), await runSeed(2, { acts: 20 })];
  expect(one.digest).not.toBe(other.digest);
});

test('every planted bug still has its place in the source', () => {
  const root = new URL('../../', import.meta.url);
  const misfits = MUTANTS.flatMap(({ name, changes }) =>
    changes.filter(({ file, find }) => readFileSync(new URL(file, root), 'utf8').split(find).length !== 2).map(() => name),
  );
  expect(misfits).toEqual([]);
});
