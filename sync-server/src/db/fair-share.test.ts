import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FairShare } from './fair-share.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A share in which `storm` has wanted thirty things for a while, and `quiet` one now and then. */
async function stormy(): Promise<FairShare> {
  const share = new FairShare();
  for (let i = 0; i < 30; i += 1) share.want('storm');
  for (let i = 0; i < 10; i += 1) {
    const done = share.want('quiet');
    await vi.advanceTimersByTimeAsync(20);
    done();
    await vi.advanceTimersByTimeAsync(80);
  }
  return share;
}

/** Work at the database that ends when it is told to. */
function openWork(share: FairShare, tenantId: string): () => void {
  let end: () => void = () => undefined;
  void share.work(
    tenantId,
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
  );
  return () => end();
}

/** What is to be done at this very moment is done. */
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i += 1)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}

/** How many ms somebody waited. */
async function waited(promise: Promise<void>): Promise<number> {
  let isOver = false;
  void promise.then(() => {
    isOver = true;
  });
  let ms = 0;
  for (await settled(); !isOver; ms += 1) {
    await vi.advanceTimersByTimeAsync(1);
    await settled();
  }
  return ms;
}

describe('[SY12] who wants least goes first', () => {
  test('a tenant that storms waits while a quiet one is at work, and goes on when it is done', async () => {
    const share = await stormy();
    const end = openWork(share, 'quiet');
    setTimeout(end, 7);
    expect(await waited(share.giveWay('storm'))).toBe(7);
    expect(await waited(share.giveWay('storm'))).toBe(0);
  });

  test('it waits no longer than its patience, however long the quiet one is at work', async () => {
    const share = await stormy();
    openWork(share, 'quiet');
    expect(await waited(share.giveWay('storm'))).toBe(20);
    expect(await waited(share.giveWay('storm'))).toBe(20);
  });

  test('one that goes on with the next question of its request is still at work', async () => {
    const share = await stormy();
    const end = openWork(share, 'quiet');
    const goOn = async () => {
      end();
      // From one transaction of a request to the next there are promises, and nothing else to wait for.
      for (let i = 0; i < 20; i += 1) await Promise.resolve();
      setTimeout(openWork(share, 'quiet'), 5);
    };
    setTimeout(() => void goOn(), 5);
    expect(await waited(share.giveWay('storm'))).toBe(10);
  });

  test('the quiet one never waits for the storm, also in the moment in which that begins', async () => {
    const share = await stormy();
    openWork(share, 'storm');
    expect(await waited(share.giveWay('quiet'))).toBe(0);
    const busy = share.want('quiet');
    await vi.advanceTimersByTimeAsync(5_000);
    for (let i = 0; i < 50; i += 1) share.want('new storm');
    openWork(share, 'new storm');
    await vi.advanceTimersByTimeAsync(40);
    expect(await waited(share.giveWay('quiet'))).toBe(0);
    busy();
  });

  test('tenants that want about as much wait for nobody', async () => {
    const share = new FairShare();
    for (let i = 0; i < 10; i += 1) share.want('a');
    for (let i = 0; i < 12; i += 1) share.want('b');
    await vi.advanceTimersByTimeAsync(3_000);
    for (const tenant of ['a', 'b']) openWork(share, tenant);
    for (const tenant of ['a', 'b']) expect(await waited(share.giveWay(tenant))).toBe(0);
  });

  test('a storm that is over is soon forgotten', async () => {
    const share = new FairShare();
    const done = Array.from({ length: 30 }, () => share.want('storm'));
    share.want('quiet');
    await vi.advanceTimersByTimeAsync(2_000);
    for (const one of done) one();
    openWork(share, 'quiet');
    expect(await waited(share.giveWay('storm'))).toBe(20);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await waited(share.giveWay('storm'))).toBe(0);
  });
});

describe('[SY12] work that goes on and on', () => {
  test('has its turn for a millisecond of its own, whatever others did before', async () => {
    const share = new FairShare();
    await vi.advanceTimersByTimeAsync(50);
    const giveWay = share.takeTurn('a');
    expect(giveWay()).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    const turn = giveWay();
    expect(turn).not.toBeNull();
    await turn;
    expect(giveWay()).toBeNull();
  });

  test('waits in its turn for who wants less', async () => {
    const share = await stormy();
    const giveWay = share.takeTurn('storm');
    await vi.advanceTimersByTimeAsync(1);
    setTimeout(openWork(share, 'quiet'), 9);
    const turn = giveWay();
    expect(turn && (await waited(turn))).toBe(9);
  });
});
