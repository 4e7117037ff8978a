import { openPostgresTier } from './postgres-tier.ts';
import { runSeed } from './run-seed.ts';
import { reportOf, reportOfFailure } from './seed-report.ts';

/** Runs the seeds it is told on standard input, one number a line, and answers each with one line of JSON. `worker.mjs memory|postgres`. */
const tier = process.argv[2] === 'postgres' ? await openPostgresTier() : null;
/** Promises that nobody took care of when they failed. */
const unhandled: unknown[] = [];
process.on('unhandledRejection', (error) => unhandled.push(error));

let rest = '';
for await (const chunk of process.stdin.setEncoding('utf8')) {
  const lines = `${rest}${String(chunk)}`.split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    unhandled.length = 0;
    const seed = Number(line);
    const report = await runSeed(seed, tier ? { tier } : {}).then(reportOf, (error: unknown) => reportOfFailure(seed, error));
    const failure = unhandled[0];
    process.stdout.write(`${JSON.stringify(failure === undefined ? report : reportOfFailure(seed, failure))}\n`);
  }
}
await tier?.close();
