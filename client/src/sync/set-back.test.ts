import { expect, test } from 'vitest';
import { TABLET_1 } from '#schema/testing/test-tenant.ts';
import type { WorkspaceEnd } from '../create-workspace.ts';
import { keptSession } from '../session.ts';
import { REPLICA_SHAPE } from '../store/replica-slots.ts';
import { answer, problem } from '../testing/fake-server.ts';
import { aTablet, type TabletWorld, TEST_SESSION, TILL_1 } from '../testing/tablet.ts';
import { addTills, follow, tillNames } from '../testing/workspace-steps.ts';
import type { QueueEntry, SyncStatus } from '../workspace.ts';

/** A server that was put back to an earlier copy of its data gets from the tablet what it lost, and what it says of that is what counts (SY8). */

test('[SY8] a server restored from a backup gets back what it lost, once', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  await addTills(workspace, ['A']);
  await browser.advance(30_000);
  const restore = server.backup();
  await addTills(workspace, ['B', 'C']);
  await browser.advance(30_000);
  expect(server.receiptsOf(TABLET_1).length).toBe(3);
  restore();
  expect(tillNames(server.all('till'))).toEqual(['A', 'till-1', 'till-2']);
  await browser.advance(60_000);
  expect(tillNames(server.all('till'))).toEqual(['A', 'B', 'C', 'till-1', 'till-2']);
  expect(tillNames(await workspace.readRecords('till', {}))).toEqual(['A', 'B', 'C', 'till-1', 'till-2']);
});

test('[SY8] a gap is answered from the outbox', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  const restore = server.backup();
  await addTills(workspace, ['A', 'B']);
  await browser.advance(30_000);
  restore();
  server.epoch = 1;
  await addTills(workspace, ['C']);
  await browser.advance(60_000);
  expect(server.receiptsOf(TABLET_1).map(({ n }) => n)).toEqual([1, 2, 3]);
  expect(tillNames(server.all('till'))).toEqual(['A', 'B', 'C', 'till-1', 'till-2']);
});

const SET_BACK = [
  { how: 'in a new epoch', isSaid: true, pulls: true },
  { how: 'in the same epoch, to where this tablet had pulled to', isSaid: false, pulls: false },
];

test.for(SET_BACK)(
  '[SY8] set back $how: what it says of acts sent again replaces what it said before, also when its answer is lost',
  async ({ isSaid, pulls }) => {
    const { server, browser, openTab } = await aTablet();
    const { workspace } = await openTab();
    await browser.advance(0);
    const restore = server.backup();
    if (!pulls) server.fault = ({ path }) => (path === '/api/sync/pull' ? 'lost' : null);
    await addTills(workspace, ['A', 'B']);
    await browser.advance(10_000);
    expect(server.receiptsOf(TABLET_1).length).toBe(2);
    restore();
    if (!isSaid) server.epoch = 1;
    anotherIsFirst(server);
    server.fault = losingAnAnswer();
    await browser.advance(120_000);
    const queue = follow<readonly QueueEntry[]>((on) => workspace.watchQueue(10, on));
    await browser.advance(0);
    expect(queue.last()?.map(({ receipt }) => receipt)).toEqual(server.receiptsOf(TABLET_1).toReversed());
  },
);

test('[SY8] a tab that dies before it heard the new receipts leaves the next one to hear them', async () => {
  const { server, browser, openTab } = await aTablet();
  const first = await openTab();
  await browser.advance(0);
  const restore = server.backup();
  server.fault = ({ path }) => (path === '/api/sync/pull' ? 'lost' : null);
  await addTills(first.workspace, ['A', 'B']);
  await browser.advance(10_000);
  restore();
  server.epoch = 1;
  anotherIsFirst(server);
  // A new act meets the gap; what is sent again arrives, its answer does not, and the tab is gone.
  let pushes = 0;
  server.fault = ({ path }) => {
    if (path === '/api/sync/push') pushes += 1;
    if (path === '/api/sync/push' && pushes === 1) return null;
    return path === '/api/sync/push' && pushes === 2 ? 'unheard' : 'lost';
  };
  await addTills(first.workspace, ['C']);
  first.workspace.syncNow();
  await browser.advance(0);
  first.env.isFrozen = true;
  expect(pushes).toBe(2);
  server.fault = () => null;
  const { workspace } = await openTab();
  await browser.advance(60_000);
  const queue = follow<readonly QueueEntry[]>((on) => workspace.watchQueue(10, on));
  await browser.advance(0);
  expect(queue.last()?.map(({ receipt }) => receipt)).toEqual(server.receiptsOf(TABLET_1).toReversed());
});

test('[SY8] what was heard in a history of which nothing could be stored is doubted when the one before comes back', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  const beforeAll = server.backup({ isSilent: true });
  server.fault = ({ path }) => (path === '/api/sync/pull' ? 'lost' : null);
  await addTills(workspace, ['A', 'B']);
  await browser.advance(10_000);
  const withBoth = server.backup({ isSilent: true });
  beforeAll();
  anotherIsFirst(server);
  server.fault = () => null;
  browser.disk.onWrite = (store) => {
    if (store.includes(`-r${REPLICA_SHAPE}-`)) throw new Error('the disk hiccuped');
  };
  await addTills(workspace, ['C']);
  workspace.syncNow();
  await browser.advance(0);
  expect(server.receiptsOf(TABLET_1).length).toBe(3);
  withBoth();
  browser.disk.onWrite = () => undefined;
  await browser.advance(60_000);
  const queue = follow<readonly QueueEntry[]>((on) => workspace.watchQueue(10, on));
  await browser.advance(0);
  expect(queue.last()?.map(({ receipt }) => receipt)).toEqual(server.receiptsOf(TABLET_1).toReversed());
});

test('[SY8] what a push heard in a history that never was pulled is not kept when the one before comes back', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  const beforeAll = server.backup({ isSilent: true });
  // Both arrive, and nobody hears of it.
  server.fault = ({ path }) => (path === '/api/sync/push' ? 'unheard' : 'lost');
  await addTills(workspace, ['A', 'B']);
  await browser.advance(10_000);
  expect(server.receiptsOf(TABLET_1).length).toBe(2);
  const withBoth = server.backup({ isSilent: true });
  beforeAll();
  anotherIsFirst(server);
  server.fault = ({ path }) => (path === '/api/sync/push' ? null : 'lost');
  workspace.syncNow();
  await browser.advance(10_000);
  expect(server.receiptsOf(TABLET_1).length).toBe(2);
  withBoth();
  server.fault = () => null;
  await browser.advance(120_000);
  const queue = follow<readonly QueueEntry[]>((on) => workspace.watchQueue(10, on));
  await browser.advance(0);
  expect(queue.last()?.map(({ receipt }) => receipt)).toEqual(server.receiptsOf(TABLET_1).toReversed());
});

test('[SY8] a close that comes again brings the Z number it had, and the server hears how far each till had come', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  const restore = server.backup();
  const opening = { tillId: TILL_1, currency: 'EUR' as const, floatMinor: 0, floatDenominations: null, offsetMinutes: 60 };
  await workspace.run('cashSession.open', opening);
  const sessionId = `${TABLET_1}-1-0`;
  await workspace.run('cashSession.close', {
    sessionId,
    tillId: TILL_1,
    counts: [{ methodId: 'cash', countedMinor: 0, denominations: null }],
  });
  await browser.advance(30_000);
  expect(server.get('zReport', sessionId)?.number).toBe(1);
  restore();
  const till = server.get('till', TILL_1);
  if (till) server.put('till', { ...till, lastZNumber: 4, skippedZNumbers: [1, 2] });
  await browser.advance(60_000);
  expect(server.get('zReport', sessionId)?.number).toBe(1);
  expect(server.reports).toMatchObject([{ kind: 'set_back', zNumbers: [{ tillId: TILL_1, zNumber: 1 }] }]);
});

test('[SY8] a tablet that the server has forgotten is enrolled again as the one it was, and sends everything', async () => {
  const { server, browser, openTab } = await aTablet();
  const ends: WorkspaceEnd[] = [];
  const restore = server.backup();
  const { workspace } = await openTab(undefined, { onEnd: (why) => ends.push(why) });
  await browser.advance(0);
  await addTills(workspace, ['A']);
  await browser.advance(30_000);
  restore();
  const asked = forgetting(server, 1);
  await browser.advance(60_000);
  expect(asked).toMatchObject([{ name: 'Tablet 1', returns: { deviceId: TABLET_1, deviceToken: TABLET_1, number: 1 } }]);
  expect(tillNames(server.all('till'))).toEqual(['A', 'till-1', 'till-2']);
  expect(ends).toEqual([]);
});

test('[SY8] one that gets another number says so and keeps it', async () => {
  const { server, browser, openTab } = await aTablet();
  const ends: WorkspaceEnd[] = [];
  forgetting(server, 7);
  const { env } = await openTab(undefined, { onEnd: (why) => ends.push(why) });
  env.local.set('pharmasaas-session', JSON.stringify(TEST_SESSION));
  await browser.advance(60_000);
  expect(ends).toEqual(['renumbered']);
  expect(keptSession(env)?.device).toEqual({ ...TEST_SESSION.device, number: 7 });
});

test('[SY8] a revoked tablet does not come back that way, and nobody signed in is asked to sign in', async () => {
  for (const code of ['device_not_enrolled', 'sign_in_required']) {
    const { server, browser, openTab } = await aTablet();
    server.fault = ({ path }) => (path === '/api/devices' ? problem(401, code) : problem(401, 'device_not_enrolled'));
    const { workspace } = await openTab();
    const status = follow<SyncStatus>((on) => workspace.watchSync(on));
    await browser.advance(60_000);
    expect(status.last()).toMatchObject({ connection: 'sign_in', lastError: { code } });
  }
});

/** The server does not know the tablet until it is enrolled again, with this number; answers what was asked for then. */
function forgetting(server: TabletWorld['server'], number: number): unknown[] {
  const asked: unknown[] = [];
  server.fault = ({ path, body }) => {
    if (path !== '/api/devices') return asked.length > 0 ? null : problem(401, 'device_not_enrolled');
    asked.push(JSON.parse(body ?? 'null'));
    const device = { deviceId: TABLET_1, deviceToken: TABLET_1, number, name: 'Tablet 1', set: 'office', replaced: null };
    return answer(device, 201);
  };
  return asked;
}

/** Another tablet acts before this one is heard again, so the same acts get other receipts. */
function anotherIsFirst(server: TabletWorld['server']): void {
  const till = server.get('till', TILL_1);
  if (!till) throw new Error('the test pharmacy has a till');
  server.put('till', { ...till, id: 'till-9', name: 'till-9' });
}

/** The first push arrives, and its answer does not. */
function losingAnAnswer(): TabletWorld['server']['fault'] {
  let lost = 1;
  return ({ path }) => {
    if (path !== '/api/sync/push' || lost === 0) return null;
    lost -= 1;
    return 'unheard';
  };
}
