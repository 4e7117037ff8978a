import { expect, test } from 'vitest';
import { recordIdOf } from '#schema/ids.ts';
import type { RecordBody } from '#schema/records/registry.ts';
import { TABLET_1 } from '#schema/testing/test-tenant.ts';
import { DAY_MS, MINUTE_MS } from '#schema/time.ts';
import type { FakeBrowser } from '../testing/fake-env.ts';
import type { FakeServer } from '../testing/fake-server.ts';
import { aTablet, openingOf, TILL_1 } from '../testing/tablet.ts';
import type { Workspace } from '../workspace.ts';

const snapshotsOf = (server: FakeServer) => server.requests.filter((path) => path.startsWith('/api/sync/snapshot')).length;
const tillNames = async (workspace: Workspace) => (await workspace.readRecords('till', {})).map(({ name }) => name).sort();

/** Changes a till in the tablet's store behind everybody's back: one that pulls do not touch. */
function spoilTill(browser: FakeBrowser, name: string): void {
  for (const rows of browser.disk.stores().values()) {
    const row = rows.get(`till/${TILL_1}`);
    if (row) rows.set(row.id, { ...row, body: { ...(row.body as RecordBody<'till'>), name } });
  }
}

function renameAtServer(server: FakeServer, id: string, name: string): void {
  const till = server.get('till', id);
  if (till) server.put('till', { ...till, name });
}

test('[SY18] a tablet that adds up to what the server says goes on without a snapshot', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  for (let i = 0; i < 5; i += 1) {
    renameAtServer(server, TILL_1, `name ${i}`);
    expect((await workspace.run('till.add', { name: `own ${i}` })).kind).toBe('saved');
    await browser.advance(30_000);
  }
  await workspace.close();
  await browser.advance(2 * DAY_MS);
  await openTab();
  await browser.advance(60_000);
  expect(snapshotsOf(server)).toBe(1);
  expect(server.reports).toEqual([]);
});

test('[SY18] a row that went bad shows when it is replaced: reported, built anew, and the outbox untouched', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  spoilTill(browser, 'bad');
  server.fault = ({ path }) => (path === '/api/sync/push' ? 'lost' : null);
  expect((await workspace.run('till.add', { name: 'unsent' })).kind).toBe('saved');
  server.fault = () => null;
  renameAtServer(server, TILL_1, 'replaced');
  await browser.advance(60_000);
  expect(server.reports).toMatchObject([{ kind: 'digest_mismatch', afterSnapshot: false }]);
  expect(snapshotsOf(server)).toBe(2);
  expect(await tillNames(workspace)).toEqual(['replaced', 'till-2', 'unsent']);
  expect(server.receiptsOf(TABLET_1).map(({ n }) => n)).toEqual([1]);
});

test('[SY18] a byte that flipped at rest is found by the daily count, and mended while acts wait', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace: first } = await openTab();
  await browser.advance(60_000);
  spoilTill(browser, 'bad');
  await browser.advance(60_000);
  expect(server.reports).toEqual([]);
  await first.close();
  await browser.advance(DAY_MS);
  const { workspace } = await openTab();
  await browser.advance(60_000);
  expect(server.reports).toMatchObject([{ kind: 'digest_mismatch', afterSnapshot: false }]);
  expect(await tillNames(workspace)).toEqual(['till-1', 'till-2']);
  expect((await workspace.run('cashSession.open', openingOf())).kind).toBe('saved');
  await browser.advance(60_000);
  expect(server.all('cashSession')).toHaveLength(1);
});

test('[SY18] a tab that finds it and ends before the repair leaves the next one to find it again, not the next day', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace: first } = await openTab();
  await browser.advance(60_000);
  spoilTill(browser, 'bad');
  await first.close();
  await browser.advance(DAY_MS);
  let pulls = 0;
  server.fault = ({ path }) => (path === '/api/sync/pull' && (pulls += 1) > 1 ? 'lost' : null);
  const { workspace: second } = await openTab();
  await browser.advance(10_000);
  expect(pulls).toBeGreaterThan(1);
  await second.close();
  server.fault = () => null;
  const { workspace } = await openTab();
  await browser.advance(60_000);
  expect(server.reports).toMatchObject([{ kind: 'digest_mismatch', afterSnapshot: false }]);
  expect(await tillNames(workspace)).toEqual(['till-1', 'till-2']);
});

test('[SY18] a server whose own digest is wrong is told once, and the tablet does not build anew again and again', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  server.digest = () => 'ffffffffffffffff';
  await browser.advance(10 * MINUTE_MS);
  expect(snapshotsOf(server)).toBe(2);
  expect(server.reports).toMatchObject([{ afterSnapshot: false }, { afterSnapshot: true }]);
  renameAtServer(server, TILL_1, 'still pulled');
  await browser.advance(60_000);
  expect(await tillNames(workspace)).toEqual(['still pulled', 'till-2']);
  expect(snapshotsOf(server)).toBe(2);
});

test('[SY14] a device whose set was changed takes a snapshot of the new one, and knows what it does not hold', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  expect((await workspace.run('stockCount.start', { name: 'Shelf', mode: 'cycle', itemIds: [] })).kind).toBe('saved');
  await browser.advance(30_000);
  expect(await workspace.readRecords('stockCount', {})).toHaveLength(1);
  server.set = 'counter';
  await browser.advance(60_000);
  expect(snapshotsOf(server)).toBe(2);
  expect(server.reports).toEqual([]);
  expect(await workspace.readRecords('stockCount', {})).toEqual([]);
  expect(await tillNames(workspace)).toEqual(['till-1', 'till-2']);
  // Of a count that is elsewhere nothing can be said here; the fact is kept, and flagged as not checked.
  const lot = server.all('lot')[0];
  const line = { itemId: lot?.itemId ?? '', lotId: lot?.id ?? '', countedUnits: 1 };
  const counted = await workspace.run('stockCount.countLines', { countId: 'elsewhere', lines: [line] });
  expect(counted).toMatchObject({
    kind: 'saved',
    expected: { verdict: 'flagged', codes: expect.arrayContaining(['unverified']) },
  });
});

test('[SY19] a server that was set back without saying so is found out, and gets back what the tablet holds', async () => {
  const { server, browser, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(0);
  const restore = server.backup({ isSilent: true });
  const till = server.get('till', TILL_1);
  if (till) server.put('till', { ...till, id: recordIdOf('bbbbbbbbbb02', 7, 0), name: 'another tablet' });
  for (const name of ['A', 'B']) expect((await workspace.run('till.add', { name })).kind).toBe('saved');
  await browser.advance(30_000);
  restore();
  // Others go on before the tablet asks: the old numbers are overtaken.
  for (let i = 0; i < 10; i += 1) renameAtServer(server, TILL_1, `other ${i}`);
  await browser.advance(60_000);
  expect(
    server
      .all('till')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['A', 'B', 'other 9', 'till-2']);
  expect(await tillNames(workspace)).toEqual(['A', 'B', 'other 9', 'till-2']);
  // What it saw of the history that is gone, own acts and those of another device.
  const seen = [
    { deviceId: TABLET_1, n: 2 },
    { deviceId: 'bbbbbbbbbb02', n: 7 },
  ];
  expect(server.reports).toMatchObject([{ kind: 'set_back', epoch: 1, seen: expect.arrayContaining(seen) }]);
});
