import { expect, test } from 'vitest';
import { problem } from '../testing/fake-server.ts';
import { aTablet } from '../testing/tablet.ts';
import type { SyncStatus } from '../workspace.ts';

test('[SY13] too old for the server: what is unsent still goes out, nothing new is taken, also while the network is away, until an exchange works again', async () => {
  const { browser, server, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(1_000);
  server.fault = () => 'lost';
  await workspace.run('till.add', { name: 'Made offline' });
  let status: SyncStatus | null = null;
  workspace.watchSync((next) => {
    status = next;
  });

  server.fault = ({ path }) => (path === '/api/sync/pull' ? problem(426, 'update_required') : null);
  workspace.syncNow();
  await browser.advance(5_000);
  expect(status).toMatchObject({ connection: 'update_required', isOutdated: true, unsent: 0 });
  expect(server.all('till').map(({ name }) => name)).toContain('Made offline');
  expect(await workspace.run('till.add', { name: 'Refused' })).toMatchObject({ kind: 'refused', code: 'update_required' });

  server.fault = () => 'lost';
  workspace.syncNow();
  await browser.advance(5_000);
  expect(status).toMatchObject({ connection: 'offline', isOutdated: true });
  expect(await workspace.run('till.add', { name: 'Refused too' })).toMatchObject({ kind: 'refused' });

  server.fault = () => null;
  workspace.syncNow();
  await browser.advance(5_000);
  expect(status).toMatchObject({ connection: 'online', isOutdated: false });
  expect(await workspace.run('till.add', { name: 'Taken' })).toMatchObject({ kind: 'saved' });
  await workspace.close();
});
