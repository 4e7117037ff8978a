import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import type { Item } from '#schema/records/item.ts';
import { FAKE_NOW, FakeWorkspace } from '../../testing/fake-workspace.ts';
import { renderScreen } from '../../testing/render-screen.tsx';
import { SyncCentrePage } from './sync-centre-page.tsx';

afterEach(cleanup);

const DOLIRO: Item = {
  id: 'item-1',
  name: 'Doliro 500 mg',
  form: 'tablet',
  route: 'oral',
  substances: 'paracetamol',
  strength: '500 mg',
  packLabel: '16 tablets',
  unitsPerPack: 16,
  atc: '',
  schedule: 'none',
  coldChain: false,
  identifiers: [],
  packPriceMinor: 250,
  packCostMinor: null,
  vatRateBp: null,
  holder: '',
  status: 'active',
  createdAt: FAKE_NOW,
  priceSetAt: FAKE_NOW,
  edits: [],
};

async function workspaceWithPriceEdit(): Promise<FakeWorkspace> {
  const workspace = new FakeWorkspace();
  workspace.put('item', DOLIRO);
  await workspace.run('item.edit', { itemId: 'item-1', changes: { packPriceMinor: { from: 250, to: 275 } } });
  return workspace;
}

test('[SY23] a price somebody else changed first shows before, mine and now, and mine can be sent again', async () => {
  const workspace = await workspaceWithPriceEdit();
  workspace.setEntry(1, {
    stage: 'confirmed',
    verdict: 'merged',
    needsMe: true,
    receipt: {
      n: 1,
      verdict: 'merged',
      seq: 9,
      codes: ['field_conflict'],
      details: {},
      conflicts: [{ field: 'packPriceMinor', base: 250, mine: 275, theirs: 260 }],
    },
  });
  workspace.setSync({ attention: 1 });
  // The replica now holds what the other one saved; the fake's own fold is put aside for it.
  const fresh = new FakeWorkspace();
  fresh.put('item', { ...DOLIRO, packPriceMinor: 260 });
  workspace.run = fresh.run;
  renderScreen(<SyncCentrePage />, workspace);
  const row = (await screen.findByText('Price of a pack', { selector: 'td' })).closest('tr');
  expect([...(row?.querySelectorAll('td') ?? [])].map(({ textContent }) => textContent)).toEqual([
    'Price of a pack',
    '€2.50',
    '€2.75',
    '€2.60',
  ]);

  await userEvent.click(screen.getByRole('button', { name: 'Use mine again' }));

  expect(fresh.saved.map(({ args }) => args)).toEqual([
    { itemId: 'item-1', changes: { packPriceMinor: { from: 260, to: 275 } } },
  ]);
  expect([...workspace.dismissed]).toEqual([1]);
});

test('[SY23] what was refused keeps what I entered, and reading it puts it aside', async () => {
  const workspace = await workspaceWithPriceEdit();
  workspace.setEntry(1, {
    stage: 'sent',
    verdict: 'refused',
    needsMe: true,
    receipt: { n: 1, verdict: 'refused', seq: null, codes: ['item_not_found'], details: {}, conflicts: [] },
  });
  workspace.setSync({ attention: 1 });
  renderScreen(<SyncCentrePage />, workspace);
  const act = within(await screen.findByTestId('act-1'));
  expect(act.getByText('this product is not known here')).toBeTruthy();
  expect(act.getByText('€2.50 → €2.75', { exact: false })).toBeTruthy();

  await userEvent.click(act.getByRole('button', { name: 'I have read this' }));

  expect(await screen.findByText('Nothing here. Good.')).toBeTruthy();
});

test('[SY21] a queued entry that will be refused says so before it is sent', async () => {
  const workspace = await workspaceWithPriceEdit();
  workspace.setEntry(1, {
    stage: 'saved',
    needsMe: true,
    expected: { n: 1, verdict: 'refused', codes: ['identifier_taken'], details: {}, conflicts: [] },
  });
  renderScreen(<SyncCentrePage />, workspace);
  expect(await screen.findByText('Will need attention: another product carries this code')).toBeTruthy();
});

test('[SY9] a code without words shows itself instead of nothing', async () => {
  const workspace = await workspaceWithPriceEdit();
  workspace.setEntry(1, {
    stage: 'sent',
    verdict: 'quarantined',
    needsMe: true,
    receipt: { n: 1, verdict: 'quarantined', seq: 3, codes: ['brand_new_code'], details: {}, conflicts: [] },
  });
  renderScreen(<SyncCentrePage />, workspace);
  expect(await screen.findByText('Reason “brand_new_code”')).toBeTruthy();
});

test('a pharmacist sees the pharmacy’s tasks but leaves them to a manager, who says what was found', async () => {
  const task = {
    id: 'aaaaaaaaaa01-5-x',
    type: 'flag' as const,
    codes: ['below_zero'],
    deviceId: 'aaaaaaaaaa01',
    n: 5,
    mutationName: 'sale.record',
    actorId: 'max',
    aboutKind: 'lot',
    aboutId: 'item-1~20270131~abc',
    details: {},
    amountMinor: null,
    units: -2,
    status: 'open' as const,
    raisedAt: FAKE_NOW,
    resolvedBy: null,
    resolvedAt: null,
    resolution: null,
  };
  const pharmacist = new FakeWorkspace('pharmacist');
  pharmacist.put('exception', task);
  renderScreen(<SyncCentrePage />, pharmacist);
  expect(await screen.findByText('A manager deals with this.')).toBeTruthy();
  cleanup();

  const manager = new FakeWorkspace('manager');
  manager.put('exception', task);
  renderScreen(<SyncCentrePage />, manager);
  await userEvent.type(await screen.findByLabelText('What was found or done'), 'Counted, two boxes behind the till');
  await userEvent.click(screen.getByRole('button', { name: 'Done' }));
  expect(manager.saved).toMatchObject([{ name: 'exception.resolve', args: { exceptionId: task.id } }]);
});
