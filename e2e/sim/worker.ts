import { openPostgresTier } from './postgres-tier.ts';
import { runSeed } from './run-seed.ts';
import { reportOf } from './seed-report.ts';

/** Runs the seeds it is told on standard input, one number a line, and answers each with one line of JSON. `worker.mjs memory|postgres`. */
const tier = process.argv[2] === 'postgres' ? await openPostgresTier() : null;
let rest = '';
for await (const chunk of process.stdin.setEncoding('utf8')) {
  const lines = `${rest}${String(chunk)}`.split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const result = await runSeed(Number(line), tier ? { tier } : {});
    process.stdout.write(`${JSON.stringify(reportOf(result))}\n`);
  }
}
await tier?.close();
