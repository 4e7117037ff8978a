import { describe, expect, test } from 'vitest';
import { key } from '#schema/mutations/define.ts';
import { testShop } from '#schema/testing/test-counter.ts';
import { MemoryDisk } from '../testing/memory-store.ts';
import { PrefetchingLoader } from './overlay-loader.ts';
import { type Checkpoint, Replica } from './replica.ts';

const BASE: Checkpoint = {
  epoch: 1,
  seq: 7,
  ackedN: 3,
  contactAt: 0,
  skewMs: null,
  head: null,
  set: 'office',
  ledgersFrom: '2026-01',
};
const SHOP = [key('shop', 'shop')];

async function aReplica() {
  const store = new MemoryDisk().open('r');
  const replica = new Replica(store);
  await replica.apply([{ kind: 'shop', id: 'shop', seq: 7, body: testShop() }], BASE);
  return { replica, store };
}

describe('[SY20] what an act is judged on', () => {
  test('fetched where the fold was made, it is sure, and is not asked for again', async () => {
    const { replica, store } = await aReplica();
    const loader = new PrefetchingLoader(replica, BASE);
    expect(await loader.load(SHOP)).toHaveLength(1);
    await store.close();
    expect(await loader.load(SHOP)).toHaveLength(1);
    expect(loader.isUnsure).toBe(false);
  });

  test('fetched after another tab moved the replica, it is not', async () => {
    const { replica } = await aReplica();
    const loader = new PrefetchingLoader(replica, BASE);
    await replica.apply([], { ...BASE, seq: 8 });
    await loader.load(SHOP);
    expect(loader.isUnsure).toBe(true);
  });

  test('after a fetch that failed, it is not', async () => {
    const { replica, store } = await aReplica();
    const loader = new PrefetchingLoader(replica, BASE);
    await store.close();
    await expect(loader.load(SHOP)).rejects.toThrow();
    expect(loader.isUnsure).toBe(true);
  });
});
