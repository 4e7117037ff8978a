import { describe, expect, test } from 'vitest';
import { CHAIN_START, mutationText, toWire } from '#schema/sync/mutation.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import { TABLET_1, testSha256 } from '#schema/testing/test-tenant.ts';
import { DAY_MS } from '#schema/time.ts';
import { FakeBrowser } from '../testing/fake-env.ts';
import { StorageFull } from './keyed-store.ts';
import { Outbox } from './outbox.ts';

const browser = () => new FakeBrowser(() => Promise.reject(new Error('no network here')));

function act(env: { now: () => number }, name = 'till.add') {
  const args = { name: 'Till' };
  return { name, version: 1, actorId: 'ana', madeAt: env.now(), madeAtSkewMs: null, businessOn: '2026-11-23', basis: 0, args };
}

async function open(world: FakeBrowser) {
  const env = world.tab();
  return { env, outbox: new Outbox(env, await env.openStore('outbox'), TABLET_1) };
}

function receipt(n: number): Receipt {
  return { n, verdict: 'applied', seq: n, codes: [], details: {}, conflicts: [] };
}

test('[SY1] two tabs that number at once never share a number, and the chain holds', async () => {
  const world = browser();
  const [one, two] = [await open(world), await open(world)];
  await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? one : two).outbox.append(act(one.env))));
  const all = (await one.outbox.from(1)).map(({ mutation }) => mutation);
  expect(all.map(({ n }) => n)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  let prev = CHAIN_START;
  for (const mutation of all) {
    expect(mutation.prev).toBe(prev);
    expect(mutation.hash).toBe(testSha256(mutationText(toWire(mutation), prev)));
    prev = mutation.hash;
  }
});

test('[SY1] a number taken behind the lock is seen by the insert, which chains again', async () => {
  const world = browser();
  const [one, two] = [await open(world), await open(world)];
  // A tab whose lock does not exclude anybody, as a frozen one whose lock was stolen.
  const lawless = new Outbox(
    { ...one.env, locks: { ...one.env.locks, withLock: (_, work) => work() } },
    await world.tab().openStore('outbox'),
    TABLET_1,
  );
  await Promise.all([
    ...Array.from({ length: 5 }, () => lawless.append(act(one.env))),
    ...Array.from({ length: 5 }, () => two.outbox.append(act(one.env))),
  ]);
  const all = (await one.outbox.from(1)).map(({ mutation }) => mutation);
  expect(all.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(all.slice(1).map(({ prev }) => prev)).toEqual(all.slice(0, -1).map(({ hash }) => hash));
});

test('[SY2] a storage that is full is told, and takes no number', async () => {
  const world = browser();
  const { env, outbox } = await open(world);
  world.disk.onWrite = () => {
    throw new StorageFull(new Error('QuotaExceededError'));
  };
  await expect(outbox.append(act(env))).rejects.toBeInstanceOf(StorageFull);
  world.disk.onWrite = () => undefined;
  expect((await outbox.append(act(env)))?.n).toBe(1);
});

describe('[SY11] only a receipt retires', () => {
  test('a receipt twice, or for what is not here, changes nothing', async () => {
    const { env, outbox } = await open(browser());
    await outbox.append(act(env));
    await outbox.append(act(env));
    expect(await outbox.keepReceipts([receipt(1), receipt(9)], outbox.doubted.generation())).toBe(true);
    expect(await outbox.keepReceipts([receipt(1)], outbox.doubted.generation())).toBe(false);
    expect((await outbox.pending()).map(({ n }) => n)).toEqual([2]);
    expect((await outbox.from(1)).map((entry) => entry.receipt?.verdict ?? null)).toEqual(['applied', null]);
  });

  test('[SY8] an answer asked for before its receipts came into doubt is not stored, even when that happens while it is', async () => {
    const world = browser();
    const { env, outbox } = await open(world);
    await outbox.append(act(env));
    const storing = outbox.keepReceipts([receipt(1)], outbox.doubted.generation());
    outbox.doubted.raise(1);
    await storing;
    expect((await outbox.pending()).map(({ n }) => n)).toEqual([1]);
  });

  test('[SY8] a receipt that says otherwise than the one here is not stored, brings it into doubt, and replaces it when it is heard again', async () => {
    const { env, outbox } = await open(browser());
    await outbox.append(act(env));
    const flagged: Receipt = { ...receipt(1), verdict: 'flagged', codes: ['unverified'] };
    const verdict = async () => (await outbox.from(1))[0]?.receipt?.verdict;
    const keep = (one: Receipt) => outbox.keepReceipts([one], outbox.doubted.generation());
    await keep(receipt(1));
    expect(await keep(flagged)).toBe(false);
    expect(await verdict()).toBe('applied');
    expect(outbox.doubted.sureN(1)).toBe(0);
    expect(await keep(flagged)).toBe(true);
    expect(await verdict()).toBe('flagged');
  });

  test('[SY8] receipted acts go after 30 days, unreceipted ones never, the tail stays', async () => {
    const world = browser();
    const { env, outbox } = await open(world);
    for (let i = 0; i < 4; i += 1) await outbox.append(act(env));
    await outbox.keepReceipts([receipt(1), receipt(2), receipt(4)], outbox.doubted.generation());
    await outbox.forgetOld();
    expect((await outbox.from(1)).length).toBe(4);
    await world.advance(31 * DAY_MS);
    await outbox.forgetOld();
    expect((await outbox.from(1)).map(({ mutation }) => mutation.n)).toEqual([3, 4]);
    expect((await outbox.append(act(env)))?.n).toBe(5);
  });
});
