import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ClientEnv } from '../env.ts';
import { DigestWatch } from '../sync/digest-watch.ts';
import { FakeBrowser } from '../testing/fake-env.ts';
import type { Checkpoint } from './replica.ts';
import type { BuildProgress, ReplicaBuild } from './replica-build.ts';
import { ReplicaSlots } from './replica-slots.ts';

const STATE: Checkpoint = {
  epoch: 1,
  seq: 7,
  ackedN: 0,
  contactAt: 0,
  skewMs: null,
  head: null,
  set: 'office',
  ledgersFrom: '2026-08-01',
};

const PROGRESS: BuildProgress = {
  epoch: 1,
  seq: 7,
  head: { size: 0, hash: '0'.repeat(64) },
  set: 'office',
  ledgersFrom: '2026-08',
  after: '',
  received: 0,
  isWhole: true,
};

const aBrowser = () => new FakeBrowser(() => Promise.reject(new Error('no network here')));

/** Builds a replica in that state and makes it that of every tab. */
async function swapIn(slots: ReplicaSlots): Promise<void> {
  const build = await slots.build();
  await build.finish([], STATE);
  await slots.swapIn(build);
}

/** The same tab, but before its stores answer for the `n`-th time, something happens. */
function happensAtRead(env: ClientEnv, n: number, happen: () => Promise<unknown>): ClientEnv {
  let reads = 0;
  const andThen = async <Value>(value: Value): Promise<Value> => {
    reads += 1;
    if (reads === n) await happen();
    return value;
  };
  return {
    ...env,
    openStore: async (name) => {
      const store = await env.openStore(name);
      return {
        ...store,
        load: (ids) => store.load(ids).then(andThen),
        scan: (after, limit) => store.scan(after, limit).then(andThen),
      };
    },
  };
}

test('[SY17] a swapped replica is opened once, however many look for it at the same time (seed 96 of the simulation)', async () => {
  const browser = aBrowser();
  const building = await ReplicaSlots.open(browser.tab(), 'tablet');
  const following = await ReplicaSlots.open(browser.tab(), 'tablet');
  await swapIn(building);
  await Promise.all([following.follow(), following.follow()]);
  expect((await following.current().checkpoint())?.seq).toBe(7);
});

test('[SY17] a replica that another tab replaces while it is read is not read after it was closed (seeds 8909 and 11069 of the simulation)', async () => {
  for (let n = 1; n <= 6; n += 1) {
    const browser = aBrowser();
    const building = await ReplicaSlots.open(browser.tab(), 'tablet');
    await swapIn(building);
    await building.follow();
    let reading: ReplicaSlots | null = null;
    const env = happensAtRead(browser.tab(), n, async () => {
      await swapIn(building);
      await reading?.follow();
    });
    reading = await ReplicaSlots.open(env, 'tablet');
    expect(await reading.sumsAt(STATE)).toEqual(n === 1 ? null : {});
    expect(await new DigestWatch(env, reading).count(() => true)).toBe(false);
  }
});

test('[SY5] a build is taken over behind what its tab is in the middle of writing (seed 3373 of the simulation)', async () => {
  const browser = aBrowser();
  const other = await ReplicaSlots.open(browser.tab(), 'tablet');
  const taking: Promise<ReplicaBuild>[] = [];
  const env = happensAtRead(browser.tab(), 1, async () => {
    const take = other.build();
    taking.push(take);
    // As far as it comes while this one writes.
    await Promise.race([take, setImmediate()]);
  });
  const slots = await ReplicaSlots.open(env, 'tablet');
  const build = await slots.build();
  await build.add([], PROGRESS);
  await build.finish([], STATE);
  await expect(slots.swapIn(build)).rejects.toThrow('another tab');
  const taken = await taking[0];
  // What was finished meanwhile is not finished a second time.
  expect(taken?.progress()).toBeNull();
  await taken?.finish([], STATE);
});

test('[SY17] a build that another tab finishes while this one opens it is opened once (seed 28835 of the simulation)', async () => {
  const browser = aBrowser();
  const other = await ReplicaSlots.open(browser.tab(), 'tablet');
  const cut = await other.build();
  await cut.add([], PROGRESS);
  await cut.leave();
  const following: Promise<unknown>[] = [];
  const tab = browser.tab();
  const env: ClientEnv = {
    ...tab,
    openStore: async (name) => {
      const store = await tab.openStore(name);
      if (name === cut.store && following.length === 0) {
        await swapIn(other);
        following.push(slots.follow());
        // As far as that comes while this one opens it.
        await setImmediate();
      }
      return store;
    },
  };
  const slots = await ReplicaSlots.open(env, 'tablet');
  await slots.build();
  await Promise.all(following);
  expect((await slots.current().checkpoint())?.seq).toBe(7);
});
