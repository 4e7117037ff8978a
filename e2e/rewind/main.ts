/**
 * `npm run rewind -- COUNT [SEED]`: puts hour-old copies of the stopped server's data back while tablets work, and lets the tablets heal it. The last line is
 * `rewind COUNT lost 0 doubled 0 wrong 0`; exits non-zero when anything was lost, doubled or does not add up.
 */
import { rewindServer } from './rewind.ts';

const [countText, seedText] = process.argv.slice(2);
const count = Number(countText);
const seed = seedText === undefined ? Date.now() % 1_000_000 : Number(seedText);
if (!(count >= 1) || !Number.isSafeInteger(seed)) {
  console.error('usage: npm run rewind -- COUNT [SEED]');
  process.exit(2);
}
console.log(`seed ${seed}`);
const { restores, lost, doubled, wrong } = await rewindServer(count, seed, (line) => console.log(line));
console.log(`rewind ${restores} lost ${lost} doubled ${doubled} wrong ${wrong}`);
process.exit(lost + doubled + wrong === 0 ? 0 : 1);
