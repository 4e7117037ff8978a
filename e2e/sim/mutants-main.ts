import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { bundleWorker } from './bundle.ts';
import { MUTANTS, type Mutant } from './mutants.ts';
import { runSeeds } from './run-seeds.ts';
import { isBad, type SeedReport } from './seed-report.ts';

/**
 * `npm run sim:mutants [-- --seeds N] [--only TEXT]` plants each bug alone and runs seeds until one finds it, at most N. Says last
 * `mutants N found M median K seeds` and exits non-zero when one was not found.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
});
const chosen = MUTANTS.filter(({ name, rule }) => `${rule} ${name}`.includes(values.only));
const tries: number[] = [];
for (const [i, mutant] of chosen.entries()) {
  const found = await hunt(mutant, `mutant-${i}`);
  if (found) tries.push(found.seed);
  const how = found ? `seed ${found.seed}: ${found.findings[0]?.slice(0, 160) ?? ''}` : 'NOT FOUND';
  console.log(`[${mutant.rule}] ${mutant.name} · ${how}`);
}
tries.sort((a, b) => a - b);
console.log(`mutants ${chosen.length} found ${tries.length} median ${tries[Math.floor(tries.length / 2)] ?? 'none'} seeds`);
process.exitCode = tries.length === chosen.length ? 0 : 1;

/** The first seed that finds it, or null. */
async function hunt({ changes }: Mutant, name: string): Promise<SeedReport | null> {
  let found: SeedReport | null = null;
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
  const worker = [await bundleWorker(name, changes)];
  await runSeeds(worker, seeds, { jobs: Number(values.jobs), tier: 'memory' }, (report) => {
    if (isBad(report) && (found === null || report.seed < found.seed)) found = report;
    return found === null;
  }).catch((error: unknown) => {
    // A bug may also bring the worker down.
    found ??= {
      seed: 1,
      lost: 0,
      doubled: 0,
      diverged: 0,
      stuck: 1,
      destroyed: 0,
      findings: [String(error)],
      saved: 0,
      events: 0,
      healedMs: 0,
      digest: '',
    };
  });
  return found;
}
