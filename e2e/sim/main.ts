import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleWorker } from './bundle.ts';
import { openPostgresTier } from './postgres-tier.ts';
import { runSeed } from './run-seed.ts';
import { runSeeds } from './run-seeds.ts';
import { isBad, reportOf } from './seed-report.ts';

/**
 * `npm run sim -- --seeds N [--from S] [--minutes M] [--tier memory|postgres] [--jobs J]` runs seeds and says last `seeds N lost 0 doubled 0 diverged 0
 * stuck 0`; it exits non-zero when anything else is true. With `--minutes` it goes on beyond N as long as there is time. `--replay S` prints what
 * happened in one seed.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '0' },
    tier: { type: 'string', default: 'memory' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    replay: { type: 'string' },
  },
});
const tier = values.tier === 'postgres' ? 'postgres' : 'memory';
process.exitCode = values.replay === undefined ? await run() : await replay(Number(values.replay));

async function run(): Promise<number> {
  const [from, count] = [Number(values.from), Number(values.seeds)];
  const until = performance.now() + Number(values.minutes) * 60_000;
  const sums = { lost: 0, doubled: 0, diverged: 0, stuck: 0 };
  let [done, saved, destroyed, healedMs] = [0, 0, 0, 0];
  const start = performance.now();
  // Bundled it starts at once; the database's files are found from the source alone.
  const worker =
    tier === 'memory' ? [await bundleWorker('sim')] : ['--import', 'tsx', fileURLToPath(new URL('worker.ts', import.meta.url))];
  const seeds = function* () {
    for (let seed = from; seed < from + count || performance.now() < until; seed += 1) yield seed;
  };
  await runSeeds(worker, seeds(), { jobs: Number(values.jobs), tier }, (report) => {
    for (const kind of ['lost', 'doubled', 'diverged', 'stuck'] as const) sums[kind] += report[kind];
    done += 1;
    saved += report.saved;
    destroyed += report.destroyed;
    healedMs = Math.max(healedMs, report.healedMs);
    if (isBad(report)) {
      console.log(`seed ${report.seed}: npm run sim -- --replay ${report.seed}${tier === 'memory' ? '' : ' --tier postgres'}`);
      for (const finding of report.findings) console.log(`  ${finding.slice(0, 500)}`);
    } else if (done % 500 === 0) console.log(`${done} seeds …`);
    return true;
  });
  const seconds = (performance.now() - start) / 1_000;
  console.log(
    `${tier} tier, ${saved} acts saved, ${destroyed} of them on tablets whose stores were cleared before they were sent (each named), ${(seconds / done).toFixed(2)} s a seed, healed within ${healedMs / 1_000} virtual s`,
  );
  console.log(`seeds ${done} lost ${sums.lost} doubled ${sums.doubled} diverged ${sums.diverged} stuck ${sums.stuck}`);
  return Object.values(sums).every((sum) => sum === 0) ? 0 : 1;
}

async function replay(seed: number): Promise<number> {
  const opened = tier === 'postgres' ? await openPostgresTier() : null;
  const result = await runSeed(seed, { keepTrace: true, ...(opened ? { tier: opened } : {}) });
  await opened?.close();
  console.log(result.trace.join('\n'));
  const report = reportOf(result);
  for (const all of Object.values(result.findings)) for (const finding of all) console.log(finding);
  console.log(
    `digest ${report.digest}, ${report.saved} acts saved, ${report.events} events, healed within ${report.healedMs / 1_000} virtual s`,
  );
  return isBad(report) ? 1 : 0;
}
