import { expect, test } from 'vitest';
import { TABLET_1 } from '#schema/testing/test-tenant.ts';
import { REPLICA_SHAPE } from '../store/replica-slots.ts';
import { settle } from '../testing/fake-env.ts';
import { answer, problem } from '../testing/fake-server.ts';
import { aTablet } from '../testing/tablet.ts';
import { addTills, follow, tillNames } from '../testing/workspace-steps.ts';
import type { SyncStatus } from '../workspace.ts';

/** Exchanges of a tablet with its server, when something on the way fails. */

test('[SY11] a lost request or a lost answer doubles nothing and loses nothing', async () => {
  for (const fault of ['lost', 'unheard'] as const) {
    const { server, browser, openTab } = await aTablet();
    const { workspace } = await openTab();
    await browser.advance(0);
    let left = 3;
    server.fault = (request) => (request.path === '/api/sync/push' && (left -= 1) >= 0 ? fault : null);
    await addTills(workspace, ['A', 'B']);
    const queue = follow<readonly { stage: string }[]>((on) => workspace.watchQueue(10, on));
    await settle();
    expect(queue.last()?.map(({ stage }) => stage)).toEqual(['saved', 'saved']);
    await browser.advance(60_000);
    expect(server.receiptsOf(TABLET_1).map(({ n }) => n)).toEqual([1, 2]);
    expect(tillNames(server.all('till'))).toEqual(['A', 'B', 'till-1', 'till-2']);
    expect(queue.last()?.map(({ stage }) => stage)).toEqual(['confirmed', 'confirmed']);
  }
});

test('[SY15] a write that fails repeats the pull; the checkpoint is never ahead of the records', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  const till = server.all('till')[0];
  if (!till) throw new Error('no till');
  for (const name of ['C', 'D', 'E', 'F']) server.put('till', { ...till, id: name, name });
  let failures = 3;
  browser.disk.onWrite = (store) => {
    if (store.includes(`-r${REPLICA_SHAPE}-`) && (failures -= 1) >= 0) throw new Error('the disk hiccuped');
  };
  workspace.syncNow();
  await settle();
  expect(tillNames(await workspace.readRecords('till', {}))).toEqual(['till-1', 'till-2']);
  await browser.advance(60_000);
  expect(tillNames(await workspace.readRecords('till', {}))).toEqual(['C', 'D', 'E', 'F', 'till-1', 'till-2']);
  expect(browser.reported.length).toBe(3);
});

test('[SY16] without any poke a visible tablet converges within 30 seconds; a hidden one does not ask', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  const till = server.all('till')[0];
  if (!till) throw new Error('no till');
  server.put('till', { ...till, id: 'C', name: 'C' });
  browser.isVisible = false;
  const before = server.requests.length;
  await browser.advance(120_000);
  expect(server.requests.length).toBe(before);
  browser.isVisible = true;
  await browser.advance(30_000);
  expect(tillNames(await workspace.readRecords('till', {}))).toContain('C');
});

test('[SY11] a server that answers without receipts is asked again later, not at once for ever', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  server.fault = ({ path }) =>
    path === '/api/sync/push' ? answer({ epoch: 1, seq: server.seq, serverTime: browser.now(), receipts: [] }) : null;
  await addTills(workspace, ['A']);
  await browser.advance(10_000);
  expect(server.requests.filter((path) => path === '/api/sync/push').length).toBeLessThan(10);
  server.fault = () => null;
  await browser.advance(60_000);
  expect(server.receiptsOf(TABLET_1).length).toBe(1);
});

test('a sign-in the server wants is shown, keeps the queue, and is over once it answers again', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  const status = follow<SyncStatus>((on) => workspace.watchSync(on));
  await browser.advance(0);
  server.fault = () => problem(401, 'sign_in_required');
  await addTills(workspace, ['A']);
  await browser.advance(0);
  expect(status.last()).toMatchObject({ connection: 'sign_in', unsent: 1 });
  server.fault = () => null;
  workspace.syncNow();
  await browser.advance(0);
  expect(status.last()).toMatchObject({ connection: 'online', unsent: 0, lastError: null });
});

test('[SY13] a client too old for pulls still pushes, and says that an update is needed', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  const status = follow<SyncStatus>((on) => workspace.watchSync(on));
  await browser.advance(0);
  server.fault = (request) => (request.path === '/api/sync/pull' ? problem(426, 'update_required') : null);
  await addTills(workspace, ['A']);
  await browser.advance(30_000);
  expect(status.last()).toMatchObject({ connection: 'update_required', unsent: 0 });
  expect(server.receiptsOf(TABLET_1).length).toBe(1);
});

test('[SY11] Retry-After is honoured although acts and taps go on', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  server.fault = () => problem(503, 'busy', {}, { 'retry-after': '20' });
  await addTills(workspace, ['A']);
  await browser.advance(0);
  const before = server.requests.length;
  workspace.syncNow();
  await addTills(workspace, ['B']);
  await browser.advance(19_000);
  expect(server.requests.length).toBe(before);
  server.fault = () => null;
  await browser.advance(1_000);
  expect(server.receiptsOf(TABLET_1).length).toBe(2);
});
