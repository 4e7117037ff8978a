import { expect, test } from 'vitest';
import { testSha256 } from '#schema/testing/test-tenant.ts';
import { readRescueFile } from '#server/rescue/read-rescue-file.ts';
import { aTablet, openingOf, TEST_RESCUE_KEYS } from '../testing/tablet.ts';

test('[SY24] a tablet without a network says what lies only on it and exports all of it', async () => {
  const { browser, server, openTab } = await aTablet();
  const { workspace } = await openTab();
  await browser.advance(1_000);
  await workspace.run('till.add', { name: 'Sent' });
  await browser.advance(5_000);
  server.fault = () => 'lost';
  const opened = await workspace.run('cashSession.open', openingOf());
  const sessionId = opened.kind === 'saved' ? `${opened.mutation.deviceId}-${opened.mutation.n}-0` : '';
  for (const amountMinor of [1_500, 250]) {
    await browser.advance(1_000);
    await workspace.run('cashMovement.record', {
      sessionId,
      tillId: 'till-1',
      type: 'CASH_IN',
      methodId: 'cash',
      amountMinor,
      note: 'change from the bank',
      reference: 'B-1',
      witnessId: null,
    });
  }
  expect(await workspace.safety.readUnsent()).toEqual({
    acts: 3,
    oldestAt: opened.kind === 'saved' ? opened.mutation.madeAt : 0,
    amountMinor: 1_750,
    byAct: [
      { name: 'cashSession.open', acts: 1, amountMinor: null },
      { name: 'cashMovement.record', acts: 2, amountMinor: 1_750 },
    ],
  });

  const made = await workspace.safety.makeRescueFile();
  const read = readRescueFile(made.kind === 'ready' ? made.text : '', TEST_RESCUE_KEYS, testSha256);

  expect(made).toMatchObject({ kind: 'ready', acts: 4, unsent: 3 });
  const inside = read.ok ? read.value.entries.map(({ mutation, receipt }) => [mutation.n, mutation.name, receipt?.verdict]) : [];
  expect(inside).toEqual([
    [1, 'till.add', 'applied'],
    [2, 'cashSession.open', undefined],
    [3, 'cashMovement.record', undefined],
    [4, 'cashMovement.record', undefined],
  ]);
  await workspace.close();
});
