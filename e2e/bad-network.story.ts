import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LoadedPharmacy } from './kill/loaded-pharmacy.ts';
import { BadLine } from './support/bad-line.ts';
import { Random } from './support/random.ts';
import { Stack } from './support/stack.ts';

/** Three tablets (the client's own code over real HTTP and Socket.IO) behind one bad line to the real server. */

const WEATHER = { rttMs: 40, bitsPerS: 2_000_000, doubled: 0.2, torn: 0.05, silent: 0.1 };
const CUTS = 8;

test('[SY7] [SY11] through a slow line that tears, doubles, swallows and is cut, each act arrives once and every tablet shows the same', async () => {
  const random = new Random(7);
  const stack = await Stack.start({ clock: 'real' });
  const line = await BadLine.open(stack.port, () => random.next());
  try {
    const pharmacy = await LoadedPharmacy.open(stack, 'bad-line', 3, random, { url: line.url, patienceMs: 1_500 });
    line.weather = WEATHER;
    pharmacy.start();
    for (let cuts = 0; cuts < CUTS; cuts += 1) {
      await delay(200 + random.next() * 1_000);
      line.cutAll();
      pharmacy.syncNow();
    }
    await pharmacy.pause();
    line.weather = {};
    line.cutAll();
    await pharmacy.drain();
    expect(await pharmacy.check(true)).toEqual({ receiptedLost: [], savedLost: [], doubled: [] });
    expect(await pharmacy.differences()).toEqual([]);
    expect(Object.entries(line.met).filter(([, times]) => times === 0)).toEqual([]);
    await pharmacy.close();
  } finally {
    await line.close();
    await stack.stop();
  }
});
