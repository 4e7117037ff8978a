/**
 * `npm run kill -- server|postgres|browser COUNT [SEED]`: kill −9 of real processes at random moments under load. The last line is
 * `kill TARGET COUNT receipted-lost 0 saved-lost 0 doubled 0`; exits non-zero when anything was lost or doubled, or the run broke off.
 */
import { killBrowser } from './kill-browser.ts';
import { killUnderLoad } from './kill-loop.ts';

const [target, countText, seedText] = process.argv.slice(2);
const count = Number(countText);
const seed = seedText === undefined ? Date.now() % 1_000_000 : Number(seedText);
if (!(target === 'server' || target === 'postgres' || target === 'browser') || !(count >= 1) || !Number.isSafeInteger(seed)) {
  console.error('usage: npm run kill -- server|postgres|browser COUNT [SEED]');
  process.exit(2);
}
console.log(`seed ${seed}`);
const say = (line: string) => console.log(line);
const run = target === 'browser' ? killBrowser(count, seed, say) : killUnderLoad(target, count, seed, say);
const { kills, receiptedLost, savedLost, doubled } = await run;
console.log(`kill ${target} ${kills} receipted-lost ${receiptedLost} saved-lost ${savedLost} doubled ${doubled}`);
process.exit(receiptedLost + savedLost + doubled === 0 ? 0 : 1);
