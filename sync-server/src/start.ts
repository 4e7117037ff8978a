import { readConfig } from './config.ts';
import { createNodeEnv } from './env.ts';
import { type Run, run } from './run.ts';

/** `npm start`. */

/** A stop that takes longer is cut; whatever was receipted is on disk anyway. */
const STOP_MS_MAX = 10_000;

const config = readConfig(process.env);
if (!config.ok) {
  console.error(['The environment is not right:', ...config.error].join('\n  '));
  process.exit(1);
}

let running: Run | null = null;
let isStopping = false;

/** Stops in order, the database last; asked for during the start, as soon as that is through. A second request stops at once. */
const stop = (exitCode: number) => {
  if (isStopping) process.exit(1);
  isStopping = true;
  setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
  if (running) finish(running, exitCode);
};
const finish = (run: Run, exitCode: number) => {
  run.stop().then(
    () => process.exit(exitCode),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
};
process.on('SIGINT', () => stop(0));
process.on('SIGTERM', () => stop(0));

running = await run(config.value, createNodeEnv(), (line) => console.log(line)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
if (isStopping) finish(running, 0);
await running.databaseEnded;
if (!isStopping) {
  console.error('The database has ended.');
  stop(1);
}
