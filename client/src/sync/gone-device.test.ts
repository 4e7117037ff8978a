import { expect, test } from 'vitest';
import { TABLET_1 } from '#schema/testing/test-tenant.ts';
import { problem } from '../testing/fake-server.ts';
import { aTablet, TEST_SESSION } from '../testing/tablet.ts';
import { addTills } from '../testing/workspace-steps.ts';

/** A tablet that cannot go on as the one it was (SY25). */

const OUTBOX = `pharmasaas-${TEST_SESSION.tenant.id}-${TABLET_1}-outbox`;

test('[SY25] gives no number twice when the browser cleared its outbox, sends nothing, and says so', async () => {
  const { server, browser, openTab } = await aTablet();
  let gone = 0;
  const { workspace } = await openTab(undefined, { onEnd: () => (gone += 1) });
  await browser.advance(0);
  await addTills(workspace, ['A', 'B']);
  await browser.advance(0);
  browser.disk.clear(OUTBOX);
  expect(await workspace.run('till.add', { name: 'C' })).toMatchObject({ kind: 'not_saved', reason: 'cleared' });
  const before = server.requests.length;
  workspace.syncNow();
  await browser.advance(0);
  expect(gone).toBe(1);
  expect(server.requests.length).toBe(before);
  expect(server.receiptsOf(TABLET_1).length).toBe(2);
});

test('[SY25] is told by the server what it had made when it remembers nothing itself', async () => {
  const { browser, openTab } = await aTablet();
  let gone = 0;
  const first = await openTab();
  await browser.advance(0);
  await addTills(first.workspace, ['A', 'B']);
  await browser.advance(0);
  await first.workspace.close();
  for (const name of browser.disk.names()) browser.disk.clear(name);
  first.env.local.remove(`pharmasaas-made-${TABLET_1}`);
  await openTab(undefined, { onEnd: () => (gone += 1) });
  await browser.advance(0);
  expect(gone).toBe(1);
  expect(browser.reported).toEqual([]);
});

test('[SY25] does not mistake a server that knows less for a cleared outbox', async () => {
  const { server, browser, openTab } = await aTablet();
  let gone = 0;
  const { workspace } = await openTab(undefined, { onEnd: () => (gone += 1) });
  await browser.advance(0);
  const restore = server.backup();
  await addTills(workspace, ['A']);
  await browser.advance(0);
  restore();
  await addTills(workspace, ['B']);
  await browser.advance(60_000);
  expect(gone).toBe(0);
  expect(server.receiptsOf(TABLET_1).length).toBe(2);
});

test('[SY25] sends what it holds when the server has closed it, then says so', async () => {
  const { server, browser, openTab } = await aTablet();
  let gone = 0;
  server.fault = () => 'lost';
  const { workspace } = await openTab(undefined, { onEnd: () => (gone += 1) });
  await addTills(workspace, ['A']);
  server.fault = ({ path }) => (path === '/api/sync/push' ? null : problem(401, 'device_lost'));
  await browser.advance(60_000);
  expect(server.receiptsOf(TABLET_1).length).toBe(1);
  expect(gone).toBeGreaterThan(0);
});
