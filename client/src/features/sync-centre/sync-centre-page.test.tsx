import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import type { Receipt } from '#schema/sync/receipt.ts';
import { anItem } from '../../testing/an-item.ts';
import { FakeWorkspace } from '../../testing/fake-workspace.ts';
import { renderScreen } from '../../testing/render-screen.tsx';
import type { QueueEntry } from '../../workspace.ts';
import { SyncCentrePage } from './sync-centre-page.tsx';

afterEach(cleanup);

async function workspaceWithEdits(count: number): Promise<FakeWorkspace> {
  const workspace = new FakeWorkspace();
  workspace.put('item', anItem({ id: 'item-1', packPriceMinor: 250 }));
  for (let edit = 0; edit < count; edit += 1)
    await workspace.run('item.edit', { itemId: 'item-1', changes: { packPriceMinor: { from: 250 + edit, to: 251 + edit } } });
  return workspace;
}

function refused(
  n: number,
  codes: string[],
  details: Receipt['details'] = {},
  verdict: Receipt['verdict'] = 'refused',
): Partial<QueueEntry> {
  return {
    stage: 'sent',
    verdict,
    needsMe: true,
    receipt: { n, verdict, seq: null, codes, details, conflicts: [] },
  };
}

test('[SY23] what needs somebody stands first, in plain words, and leads to its explanation', async () => {
  const workspace = await workspaceWithEdits(2);
  workspace.setEntry(1, refused(1, ['item_not_found']));
  workspace.setSync({ attention: 1 });
  renderScreen(<SyncCentrePage />, workspace, '/sync');
  const act = within(await screen.findByTestId('act-1'));
  expect(act.getByText('this product is not known here')).toBeTruthy();
  expect(act.getByRole('link', { name: 'Look at it' }).getAttribute('href')).toBe('/sync/acts/1');
  expect(screen.queryByTestId('act-2')).toBeNull();
});

test('[SY23] an act that rests on a refused one stands beneath it, not by itself', async () => {
  const workspace = await workspaceWithEdits(3);
  workspace.setEntry(1, refused(1, ['identifier_taken']));
  workspace.setEntry(2, refused(2, ['depends_on'], { n: 1, code: 'step_not_found' }));
  workspace.setEntry(3, refused(3, ['depends_on'], { n: 2, code: 'step_not_found' }));
  workspace.setSync({ attention: 3 });
  renderScreen(<SyncCentrePage />, workspace, '/sync');
  const root = (await screen.findByTestId('act-1')).parentElement;
  expect(root?.contains(screen.getByTestId('act-2'))).toBe(true);
  expect(root?.contains(screen.getByTestId('act-3'))).toBe(true);
  expect(screen.getAllByText(/rests on an earlier entry/)).toHaveLength(2);
});

test('[SY21] a queued entry that will be refused says so before it is sent', async () => {
  const workspace = await workspaceWithEdits(1);
  workspace.setEntry(1, {
    stage: 'saved',
    needsMe: true,
    expected: { n: 1, verdict: 'refused', codes: ['identifier_taken'], details: {}, conflicts: [] },
  });
  workspace.setSync({ attention: 1 });
  renderScreen(<SyncCentrePage />, workspace, '/sync');
  expect(await screen.findByText('Will need attention: another product carries this code')).toBeTruthy();
});

test('[SY9] a code without words shows itself instead of nothing', async () => {
  const workspace = await workspaceWithEdits(1);
  workspace.setEntry(1, refused(1, ['brand_new_code'], {}, 'quarantined'));
  workspace.setSync({ attention: 1 });
  renderScreen(<SyncCentrePage />, workspace, '/sync');
  expect(await screen.findByText('Reason “brand_new_code”')).toBeTruthy();
});

test('[SY23] queue and receipts are told apart, older ones come when asked for', async () => {
  const workspace = await workspaceWithEdits(57);
  for (let n = 1; n <= 5; n += 1)
    workspace.setEntry(n, {
      stage: 'confirmed',
      verdict: 'applied',
      receipt: { n, verdict: 'applied', seq: n, codes: [], details: {}, conflicts: [] },
    });
  renderScreen(<SyncCentrePage />, workspace, '/sync');
  await userEvent.click(await screen.findByText('Receipts'));
  expect(screen.getByText('Nothing here. Good.')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Show older ones' }));
  expect(within(await screen.findByTestId('act-3')).getByText('Accepted')).toBeTruthy();
  expect(screen.queryByTestId('act-6')).toBeNull();
});

test('[SY7] a tablet whose history the server knows otherwise says so, keeps all of it and offers the rescue file', async () => {
  const workspace = await workspaceWithEdits(1);
  workspace.setSync({ lastError: { code: 'forked', message: '' } });
  renderScreen(<SyncCentrePage />, workspace, '/sync');
  const alert = within(await screen.findByRole('alert'));
  expect(alert.getByText('The server holds another history of this tablet')).toBeTruthy();
  expect(alert.getByRole('button', { name: 'Save a rescue file' })).toBeTruthy();
});
