import { expect, test } from 'vitest';
import { aTablet } from '../testing/tablet.ts';
import type { QueueEntry, SyncStatus } from '../workspace.ts';

/** A tablet without a network that archived a product which somebody else had archived first. */
async function refusedTablet() {
  const { browser, server, openTab } = await aTablet();
  const [item] = server.all('item');
  if (!item) throw new Error('the test pharmacy has no product');
  const { workspace } = await openTab();
  await browser.advance(1_000);
  server.fault = () => 'lost';
  await workspace.run('item.archive', { itemId: item.id });
  server.put('item', { ...item, status: 'archived' });
  const seen: { trouble: readonly QueueEntry[]; status: SyncStatus | null } = { trouble: [], status: null };
  workspace.watchTrouble((entries) => {
    seen.trouble = entries;
  });
  workspace.watchSync((status) => {
    seen.status = status;
  });
  return { browser, server, workspace, seen };
}

test('[SY23] a refused act needs somebody however many acts came after it, until it is put aside', async () => {
  const { browser, server, workspace, seen } = await refusedTablet();
  for (let count = 0; count < 210; count += 1) await workspace.run('till.add', { name: `Till ${count}` });
  server.fault = () => null;
  workspace.syncNow();
  await browser.advance(10_000);
  expect(seen.status).toMatchObject({ unsent: 0, attention: 1 });
  expect(seen.trouble.map(({ mutation, verdict }) => [mutation.n, verdict])).toEqual([[1, 'refused']]);

  workspace.dismiss(1);
  await browser.advance(0);
  expect(seen.status).toMatchObject({ attention: 0 });
  expect(seen.trouble).toEqual([]);
  await workspace.close();
});

test('[SY23] a tablet opened again without the network still says when it last heard of the server', async () => {
  const { browser, server, openTab } = await aTablet();
  const { workspace, env } = await openTab();
  await browser.advance(1_000);
  const heardAt = browser.now();
  await workspace.close();
  server.fault = () => 'lost';
  await browser.advance(3_600_000);
  const { workspace: again } = await openTab(env);
  let last: number | null = null;
  again.watchSync(({ lastSuccessAt }) => {
    last = lastSuccessAt;
  });
  await browser.advance(1_000);
  expect(Math.abs(heardAt - Number(last))).toBeLessThanOrEqual(1_000);
  await again.close();
});

test('[SY21] an act made while a pull was on its way needs somebody as soon as what came in stands against it, before it is sent', async () => {
  const { browser, server, openTab } = await aTablet();
  const [item] = server.all('item');
  if (!item) throw new Error('the test pharmacy has no product');
  const { workspace } = await openTab();
  await browser.advance(1_000);
  const found: QueueEntry[][] = [];
  workspace.watchTrouble((entries) => found.push([...entries]));
  server.put('item', { ...item, status: 'archived' });
  let isMade = false;
  browser.request = async (request) => {
    if (isMade && request.path === '/api/sync/push') throw new TypeError('failed to fetch');
    if (!isMade && request.path === '/api/sync/pull') {
      isMade = true;
      await workspace.run('item.archive', { itemId: item.id });
    }
    return server.request(request);
  };

  workspace.syncNow();
  await browser.advance(5_000);

  expect(found.at(-1)).toMatchObject([{ stage: 'saved', expected: { verdict: 'refused', codes: ['item_already_archived'] } }]);
  await workspace.close();
});
