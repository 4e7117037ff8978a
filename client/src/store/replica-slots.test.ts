import { expect, test } from 'vitest';
import { FakeBrowser } from '../testing/fake-env.ts';
import { ReplicaSlots } from './replica-slots.ts';

test('[SY17] a swapped replica is opened once, however many look for it at the same time (seed 96 of the simulation)', async () => {
  const browser = new FakeBrowser(() => Promise.reject(new Error('no network here')));
  const building = await ReplicaSlots.open(browser.tab(), 'tablet');
  const following = await ReplicaSlots.open(browser.tab(), 'tablet');
  const build = await building.build();
  await build.finish([], {
    epoch: 1,
    seq: 7,
    ackedN: 0,
    contactAt: 0,
    skewMs: null,
    head: null,
    set: 'office',
    ledgersFrom: '2026-08-01',
  });
  await building.swapIn(build);
  await Promise.all([following.follow(), following.follow()]);
  expect((await following.current().checkpoint())?.seq).toBe(7);
});
