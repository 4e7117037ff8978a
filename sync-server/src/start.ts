import { readConfig } from './config.ts';
import { createNodeEnv } from './env.ts';
import { run } from './run.ts';

/** `npm start`. */

/** A stop that takes longer is cut; whatever was receipted is on disk anyway. */
const STOP_MS_MAX = 10_000;

const config = readConfig(process.env);
if (!config.ok) {
  console.error(['The environment is not right:', ...config.error].join('\n  '));
  process.exit(1);
}

const running = await run(config.value, createNodeEnv(), (line) => console.log(line)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});

let stopping = false;
const stop = () => {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
  running.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
