import { expect, test } from 'vitest';
import { killBrowser } from './kill/kill-browser.ts';
import { killUnderLoad } from './kill/kill-loop.ts';

/** A few turns of `npm run kill`; `docs/proof.md` records the long runs. */

const SEED = 1;
const NOTHING_LOST = { receiptedLost: 0, savedLost: 0, doubled: 0 };

test('[SY6] the server killed −9 under load loses no receipted act and doubles none', async () => {
  expect(await killUnderLoad('server', 3, SEED, noteFault)).toEqual({ kills: 3, ...NOTHING_LOST });
});

test('[SY6] the database killed −9 under load, as a power cut does, loses no receipted act and doubles none', async () => {
  expect(await killUnderLoad('postgres', 2, SEED, noteFault)).toEqual({ kills: 2, ...NOTHING_LOST });
});

test('[SY2] [SY22] a browser killed −9 soon after its first sign-in keeps every ticket that showed saved, and sends each once', async () => {
  expect(await killBrowser(2, SEED, noteFault)).toEqual({ kills: 2, ...NOTHING_LOST });
});

/** Said with the failure. */
function noteFault(line: string): void {
  console.log(line);
}
