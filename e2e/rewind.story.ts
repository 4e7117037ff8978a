import { expect, test } from 'vitest';
import { rewindServer } from './rewind/rewind.ts';

/** Two turns of `npm run rewind`, one said and one unsaid; `docs/proof.md` records the long run. */
test('[SY8] [SY19] a server that is set back an hour gets back from its tablets what it lost, each act once', async () => {
  expect(await rewindServer(2, 1, (line) => console.log(line))).toEqual({ restores: 2, lost: 0, doubled: 0, wrong: 0 });
});
