import { readConfig } from '#server/config.ts';
import { createNodeEnv } from '#server/env.ts';
import { run } from '#server/run.ts';

/** The product as `npm start` runs it, under a clock that the story moves: `CLOCK_OFFSET_MS` at start, a message `{offsetMs}` later. `DIST_FOLDER` is another built app. */
let offsetMs = Number(process.env.CLOCK_OFFSET_MS ?? '0');
process.on('message', (message: { offsetMs: number }) => {
  offsetMs = message.offsetMs;
});

const config = readConfig(process.env);
if (!config.ok) throw new Error(config.error.join('\n'));
const node = createNodeEnv();
const running = await run(config.value, { ...node, now: () => node.now() + offsetMs }, (line) => console.log(line), {
  distFolder: process.env.DIST_FOLDER,
});
process.on('SIGTERM', () => {
  running.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
