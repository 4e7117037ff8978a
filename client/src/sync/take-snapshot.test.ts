import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Digest, subtractSums } from '#schema/sync/digest.ts';
import { TABLET_1 } from '#schema/testing/test-tenant.ts';
import type { HttpAnswer } from '../env.ts';
import type { Checkpoint } from '../store/replica.ts';
import { ReplicaSlots } from '../store/replica-slots.ts';
import { FakeBrowser } from '../testing/fake-env.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { type Gathered, takeSnapshot } from './take-snapshot.ts';
import { Transport } from './transport.ts';

/** A tablet's snapshot over a network that cuts: after so many lines of an answer, when told so. */
class SnapshotWorld {
  readonly browser: FakeBrowser = new FakeBrowser((request) => this.#answer(request));
  readonly server = new FakeServer(() => this.browser.now());
  /** Lines of the next snapshot that arrive. */
  cutAfter = Number.POSITIVE_INFINITY;
  arePullsLost = false;
  /** Lines of records that arrived so far. */
  recordsSent = 0;

  put(id: string, holderId: string | null): void {
    this.server.put('claim', { id, holderId });
  }

  /** One attempt of a new page: answers what went wrong, or null. */
  async attempt(): Promise<unknown> {
    const env = this.browser.tab();
    const slots = await ReplicaSlots.open(env, 'w');
    const transport = new Transport(env, TABLET_1);
    try {
      const options = { transport, slots, isLeading: () => true, onProgress: () => undefined, rowsAtOnce: 2 };
      await takeSnapshot({ ...options, gather: (built) => gather(transport, built) });
      return null;
    } catch (error) {
      return error;
    }
  }

  /** What the tablet has: the replica's claims, and whether its digest is that of its rows. */
  async replica() {
    const replica = (await ReplicaSlots.open(this.browser.tab(), 'w')).current();
    const digest = new Digest();
    const found = await replica.query({ kind: 'claim', limit: 1_000 });
    for (const stored of found) digest.add(stored);
    for (const sums of [await replica.sums(), await replica.countSums(() => true)])
      if (!sums || Object.keys(subtractSums(sums, digest.sums())).length > 0)
        throw new Error('the digest is not that of the rows');
    const checkpoint = await replica.checkpoint();
    return { seq: checkpoint?.seq, claims: found.map(({ body }) => body).sort((a, b) => (a.id < b.id ? -1 : 1)) };
  }

  async #answer(request: Parameters<FakeBrowser['request']>[0]): Promise<HttpAnswer> {
    if (this.arePullsLost && request.path === '/api/sync/pull') throw new TypeError('the network is gone');
    const answer = await this.server.request(request);
    if (!request.path.startsWith('/api/sync/snapshot') || answer.status !== 200) return answer;
    const cutAfter = this.cutAfter;
    const count = () => (this.recordsSent += 1);
    return {
      ...answer,
      lines: async function* () {
        let arrived = 0;
        for await (const line of answer.lines()) {
          if (arrived >= cutAfter) throw new TypeError('the connection was cut');
          arrived += 1;
          if (line.startsWith('[')) count();
          yield line;
        }
      },
    };
  }
}

async function gather(transport: Transport, from: Omit<Checkpoint, 'ackedN' | 'contactAt' | 'skewMs'>): Promise<Gathered> {
  const records: Gathered['records'][number][] = [];
  for (let since = from.seq; ; ) {
    const request = { epoch: from.epoch, since, receiptsAfter: 0, head: from.head };
    const { answer } = await transport.pull(request);
    records.push(...answer.records);
    since = answer.next;
    const { next: seq, ackedN, head, holds } = answer;
    if (!answer.more)
      return { records, holds, heardIn: null, checkpoint: { ...rest(from), seq, ackedN, head, contactAt: 0, skewMs: 0 } };
  }
}

function rest({ epoch, set, ledgersFrom }: Parameters<typeof gather>[1]) {
  return { epoch, set, ledgersFrom };
}

const claimIds = fc.constantFrom(...'abcdefghijklmnop'.split(''));
const changes = fc.array(fc.tuple(claimIds, fc.option(fc.constantFrom('x', 'y'))), { maxLength: 6 });

test('[SY17] cut wherever, again and again, while others write, it comes out as the one state of the server', async () => {
  await fc.assert(
    fc.asyncProperty(
      changes,
      fc.array(fc.record({ cutAfter: fc.nat({ max: 30 }), changes }), { maxLength: 6 }),
      async (first, cuts) => {
        const world = new SnapshotWorld();
        const write = (list: readonly [string, string | null][]) => {
          for (const [id, holderId] of list) world.put(id, holderId);
        };
        for (const id of 'bdfhjln') world.put(id, null);
        write(first);
        for (const cut of cuts) {
          world.cutAfter = cut.cutAfter;
          await world.attempt();
          write(cut.changes);
        }
        world.cutAfter = Number.POSITIVE_INFINITY;
        expect(await world.attempt()).toBeNull();
        expect(await world.replica()).toEqual({
          seq: world.server.seq,
          claims: world.server.all('claim').sort((a, b) => (a.id < b.id ? -1 : 1)),
        });
      },
    ),
    { numRuns: 100 },
  );
});

test('[SY17] what was kept before a cut is not sent again, whichever tab goes on', async () => {
  const world = new SnapshotWorld();
  for (const id of 'abcdefghij') world.put(id, null);
  // Header, ten kinds' lines at most, then a record and a mark each.
  world.cutAfter = 21;
  expect(await world.attempt()).not.toBeNull();
  const before = world.recordsSent;
  expect(before).toBeGreaterThan(3);
  world.cutAfter = Number.POSITIVE_INFINITY;
  expect(await world.attempt()).toBeNull();
  // At most the part that was not full yet comes twice.
  expect(world.recordsSent).toBeLessThanOrEqual(10 + 2);
  expect(world.server.requests.filter((path) => path.includes('after='))).toHaveLength(1);
});

test('[SY17] [SY19] a snapshot that was begun before the server was set back is begun anew', async () => {
  for (const isSilent of [true, false]) {
    const world = new SnapshotWorld();
    for (const id of 'abcde') world.put(id, null);
    const restore = world.server.backup({ isSilent });
    for (const id of 'fghij') world.put(id, 'lost');
    world.cutAfter = 25;
    expect(await world.attempt()).not.toBeNull();
    restore();
    for (const id of 'klmno') world.put(id, null);
    world.cutAfter = Number.POSITIVE_INFINITY;
    await world.attempt();
    expect(await world.attempt()).toBeNull();
    expect((await world.replica()).claims.map(({ id }) => id)).toEqual('abcdeklmno'.split(''));
  }
});

test('[SY17] [SY19] a snapshot that was gone on with before the server was set back is begun anew, though it was begun before the copy', async () => {
  const world = new SnapshotWorld();
  for (const id of 'abcdefghij') world.put(id, null);
  world.cutAfter = 21;
  expect(await world.attempt()).not.toBeNull();
  const restore = world.server.backup({ isSilent: true });
  for (const id of 'ij') world.put(id, 'lost');
  world.cutAfter = Number.POSITIVE_INFINITY;
  world.arePullsLost = true;
  expect(await world.attempt()).not.toBeNull();
  restore();
  world.arePullsLost = false;
  expect(await world.attempt()).toMatchObject({ code: 'rebuild' });
  expect(await world.attempt()).toBeNull();
  expect((await world.replica()).claims).toEqual('abcdefghij'.split('').map((id) => ({ id, holderId: null })));
});

test('[SY18] parts that do not add up are thrown away and the whole is fetched once more', async () => {
  const world = new SnapshotWorld();
  for (const id of 'abcdefghij') world.put(id, null);
  world.cutAfter = 21;
  await world.attempt();
  for (const [name, rows] of world.browser.disk.stores())
    if (name !== 'w')
      for (const [id, row] of rows) if (row.kind === 'claim') rows.set(id, { ...row, body: { id: 'a', holderId: 'bad' } });
  // The sums were right when the rows came; a bad row shows when all are counted, or here when it is replaced.
  world.put('a', 'new');
  world.cutAfter = Number.POSITIVE_INFINITY;
  expect(await world.attempt()).toMatchObject({ name: 'SnapshotBroken' });
  expect(await world.attempt()).toBeNull();
  expect((await world.replica()).claims).toHaveLength(10);
});

test('[SY5] a tab that thaws in the middle of its build changes nothing in the one that another goes on with', async () => {
  const world = new SnapshotWorld();
  for (const id of 'abcdefghij') world.put(id, null);
  const [one, two] = [world.browser.tab(), world.browser.tab()];
  const frozen = await (await ReplicaSlots.open(one, 'w')).build();
  const progress = {
    epoch: 1,
    seq: 1,
    head: { size: 0, hash: '' },
    set: 'office',
    ledgersFrom: '2026-08',
    after: '',
    received: 0,
    isWhole: false,
  } as const;
  await frozen.add([], progress);
  await frozen.leave();
  const slots = await ReplicaSlots.open(two, 'w');
  await slots.build();
  await frozen.add([], { ...progress, received: 9 });
  await expect(frozen.finish([], { ...progress, ackedN: 0, contactAt: 0, skewMs: 0 })).rejects.toThrow('another tab');
});

test('[SY5] a build that another tab took over and finished is followed, whether this one still holds it or has put it down', async () => {
  for (const isPutDown of [true, false]) {
    const world = new SnapshotWorld();
    for (const id of 'abcdefghij'.split('')) world.put(id, null);
    const slots = await ReplicaSlots.open(world.browser.tab(), 'w');
    const build = await slots.build();
    const head = { size: 0, hash: '0'.repeat(64) };
    const progress = { epoch: 1, seq: 0, head, set: 'office', ledgersFrom: '2026-08', after: '', received: 0 } as const;
    await build.add([], { ...progress, isWhole: false });
    await build.add([], { ...progress, received: 1, isWhole: false });
    if (isPutDown) await build.leave();
    expect(await world.attempt()).toBeNull();
    expect(await slots.follow()).toBe(true);
    await slots.abandon(build).catch(() => undefined);
    expect(await slots.current().query({ kind: 'claim', limit: 20 })).toHaveLength(10);
  }
});
