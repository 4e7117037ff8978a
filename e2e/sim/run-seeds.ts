import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type SeedReport, seedReportSchema } from './seed-report.ts';

/** Runs seeds in worker processes, each handed its next one when it has answered; `onReport` may end the run by answering false. */
export async function runSeeds(
  worker: readonly string[],
  seeds: Iterable<number>,
  options: { readonly jobs: number; readonly tier: 'memory' | 'postgres' },
  onReport: (report: SeedReport) => boolean,
): Promise<void> {
  const waiting = seeds[Symbol.iterator]();
  let isOver = false;
  const runOne = async () => {
    const child = spawn(process.execPath, [...worker, options.tier], { stdio: ['pipe', 'pipe', 'inherit'] });
    const next = () => {
      const { value, done } = isOver ? { value: undefined, done: true } : waiting.next();
      if (done) child.stdin.end();
      else child.stdin.write(`${String(value)}\n`);
    };
    const ended = exitOf(child);
    next();
    for await (const line of createInterface(child.stdout)) {
      if (!onReport(seedReportSchema.parse(JSON.parse(line)))) isOver = true;
      next();
    }
    await ended;
  };
  await Promise.all(Array.from({ length: options.jobs }, runOne));
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code ?? signal}`))));
  });
}
