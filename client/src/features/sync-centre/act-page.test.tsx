import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { afterEach, expect, test } from 'vitest';
import type { Json } from '#schema/canonical-json.ts';
import type { FieldConflict, Receipt } from '#schema/sync/receipt.ts';
import { anItem } from '../../testing/an-item.ts';
import { FAKE_NOW, FakeWorkspace } from '../../testing/fake-workspace.ts';
import { renderScreen } from '../../testing/render-screen.tsx';
import type { QueueEntry } from '../../workspace.ts';
import { ActPage } from './act-page.tsx';

afterEach(cleanup);

const DEVICE = 'aaaaaaaaaa02';

function tablet(): FakeWorkspace {
  const workspace = new FakeWorkspace('manager');
  workspace.put('item', anItem({ id: 'item-1', name: 'Doliro 500 mg', packPriceMinor: 250 }));
  const device = { channel: 'tablet', set: 'office', status: 'active', enrolledAt: 0, enrolledBy: 'ana' } as const;
  workspace.put('device', { ...device, id: DEVICE, name: 'Tablet 2', number: 2 });
  workspace.put('device', { ...device, id: 'aaaaaaaaaa01', name: 'Tablet 1', number: 1 });
  return workspace;
}

function open(workspace: FakeWorkspace, n: number): void {
  renderScreen(
    <Routes>
      <Route path="/sync/acts/:n" element={<ActPage />} />
    </Routes>,
    workspace,
    `/sync/acts/${n}`,
  );
}

function said(n: number, verdict: Receipt['verdict'], codes: string[], more: Partial<Receipt> = {}): Partial<QueueEntry> {
  return {
    stage: 'confirmed',
    verdict,
    needsMe: true,
    receipt: { n, verdict, seq: 9, codes, details: {}, conflicts: [], ...more } satisfies Receipt,
  };
}

const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));
const textOf = (testId: string) => screen.getByTestId(testId).textContent;

/** Ana wants 2.75; Max made it 2.60 on tablet 1 before. The replica holds what Max wrote. */
async function priceConflict(): Promise<FakeWorkspace> {
  const workspace = tablet();
  await workspace.run('item.edit', {
    itemId: 'item-1',
    changes: { packPriceMinor: { from: 250, to: 275 }, holder: { from: '', to: 'Lab' } },
  });
  const conflicts: FieldConflict[] = [{ field: 'packPriceMinor', base: 250, mine: 275, theirs: 260 }];
  workspace.setEntry(1, said(1, 'merged', ['field_conflict'], { conflicts }));
  workspace.settle();
  workspace.put('item', anItem({ id: 'item-1', name: 'Doliro 500 mg', packPriceMinor: 260, holder: 'Lab' }));
  return workspace;
}

const MAX_DID: Extract<FakeWorkspace['background'], { kind: 'known' }> = {
  kind: 'known',
  held: null,
  others: [
    {
      deviceId: 'aaaaaaaaaa01',
      n: 4,
      actorId: 'max',
      action: 'item.edit',
      at: FAKE_NOW,
      deviceAt: FAKE_NOW - 60_000,
      refs: ['item/item-1'],
      fields: ['packPriceMinor'],
    },
  ],
};

test('[SY23] merged: before, mine, now, who did that and when, the difference in money; mine can be sent again over what is there now', async () => {
  const workspace = await priceConflict();
  workspace.background = MAX_DID;
  open(workspace, 1);
  expect(await screen.findByText('Somebody else changed the same first')).toBeTruthy();
  const field = within(await screen.findByTestId('field-packPriceMinor'));
  expect(field.getByText('€2.50')).toBeTruthy();
  expect(field.getByText('€2.75')).toBeTruthy();
  expect(await field.findByText('€2.60', { exact: false })).toBeTruthy();
  expect(await field.findByText('Max, Tablet 1, 23 Nov 2026, 09:59')).toBeTruthy();
  expect(textOf('effect')).toBe('Difference, yours less theirs: +€0.15');

  await press('Use mine again');

  expect(workspace.saved.at(-1)).toMatchObject({
    name: 'item.edit',
    args: { itemId: 'item-1', changes: { packPriceMinor: { from: 260, to: 275 } } },
  });
  expect(await screen.findByText('Saved as T2-2. The earlier entry is put aside.')).toBeTruthy();
  expect([...workspace.dismissed]).toEqual([1]);
});

test('[SY23] who and when are known without the network where the record remembers its edits, or the receipt says so', async () => {
  const workspace = await priceConflict();
  workspace.setEntry(
    1,
    said(1, 'merged', ['field_conflict'], {
      conflicts: [{ field: 'packPriceMinor', base: 250, mine: 275, theirs: 260 }],
      details: { theirs: { packPriceMinor: { by: 'max', at: FAKE_NOW } }, standing: {} },
    }),
  );
  open(workspace, 1);
  expect(await within(await screen.findByTestId('field-packPriceMinor')).findByText('Max, 23 Nov 2026, 10:00')).toBeTruthy();
  cleanup();

  const edits = [{ field: 'packPriceMinor', by: 'max', at: FAKE_NOW - 60_000, act: 'aaaaaaaaaa01-4' }];
  workspace.put('item', anItem({ id: 'item-1', packPriceMinor: 260, edits }));
  open(workspace, 1);
  const field = within(await screen.findByTestId('field-packPriceMinor'));
  expect(await field.findByText('Max, Tablet 1, 23 Nov 2026, 09:59')).toBeTruthy();
});

test('[SY23] who and when are said to be unknown without the network', async () => {
  open(await priceConflict(), 1);
  expect(
    await within(await screen.findByTestId('field-packPriceMinor')).findByText(/not known without the network/),
  ).toBeTruthy();
});

test('[SY23] merged: keeping theirs changes nothing and puts it aside; what was entered stays to be read', async () => {
  const workspace = await priceConflict();
  open(workspace, 1);
  await screen.findByTestId('field-packPriceMinor');
  await press('Keep what is there now');
  expect(await screen.findByText('You have put this aside.')).toBeTruthy();
  expect(workspace.saved).toHaveLength(1);
  expect(screen.getByText('€2.50 → €2.75')).toBeTruthy();
});

test('[SY23] merged: a third value can be typed and sent over what is there now', async () => {
  const workspace = await priceConflict();
  open(workspace, 1);
  await screen.findByTestId('field-packPriceMinor');
  await press('Edit and send again');
  const price = screen.getByLabelText('Price of a pack');
  await userEvent.clear(price);
  await userEvent.type(price, '2.70');
  await press('Send this');
  expect(workspace.saved.at(-1)?.args).toEqual({ itemId: 'item-1', changes: { packPriceMinor: { from: 260, to: 270 } } });
});

test('[SY23] a safety field whose safer value was taken says that it stands', async () => {
  const workspace = tablet();
  await workspace.run('item.edit', { itemId: 'item-1', changes: { coldChain: { from: false, to: true } } });
  const conflicts: FieldConflict[] = [{ field: 'coldChain', base: false, mine: true, theirs: false }];
  const details = { theirs: {}, standing: { coldChain: true } };
  workspace.setEntry(1, said(1, 'merged', ['field_conflict'], { conflicts, details }));
  open(workspace, 1);
  expect(await screen.findByText(/The safer of the two values stands/)).toBeTruthy();
});

test('[SY23] refused: nothing was changed, what I entered is kept, and it can be sent with other values', async () => {
  const workspace = tablet();
  const wanted: Json = [{ scheme: 'local', value: 'A1' }];
  await workspace.run('item.edit', {
    itemId: 'item-1',
    changes: { identifiers: { from: [], to: [{ scheme: 'local', value: 'A1' }] } },
  });
  workspace.setEntry(
    1,
    said(1, 'refused', ['identifier_taken'], { details: { identifier: wanted[0] ?? null, heldBy: 'item-2' } }),
  );
  workspace.put('item', anItem({ id: 'item-2', name: 'Paramol' }));
  open(workspace, 1);
  expect(await screen.findByText('another product carries this code')).toBeTruthy();
  expect(await screen.findByText('Paramol')).toBeTruthy();
  expect(screen.getByText('Nothing was changed. What you entered is kept here.')).toBeTruthy();
  await press('Edit and send again');
  const code = screen.getByDisplayValue('A1');
  await userEvent.clear(code);
  await userEvent.type(code, 'B2');
  await press('Send this');
  expect(workspace.saved.at(-1)?.args).toMatchObject({ changes: { identifiers: { to: [{ scheme: 'local', value: 'B2' }] } } });
});

test('[SY23] refused because somebody else dealt with it: no sending again, but what is there now and who did it', async () => {
  const workspace = tablet();
  workspace.put('exception', { ...TASK, status: 'resolved', resolvedBy: 'max', resolvedAt: FAKE_NOW, resolution: 'Counted' });
  const bo = new FakeWorkspace('manager');
  bo.put('exception', TASK);
  const act = await bo.run('exception.resolve', { exceptionId: TASK.id, resolution: 'Two boxes found' });
  if (act.kind === 'saved') workspace.saved.push(act.mutation);
  workspace.setEntry(1, said(1, 'refused', ['exception_already_resolved'], { details: { resolvedBy: 'max' } }));
  open(workspace, 1);
  expect(await screen.findByText('somebody has dealt with it already')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Use mine again' })).toBeNull();
  const now = within(screen.getByRole('region', { name: 'What is there now' }));
  expect(await now.findByText('dealt with')).toBeTruthy();
  expect(now.getByText('Max')).toBeTruthy();
  expect(screen.getByText('Two boxes found')).toBeTruthy();
});

test('[SY23] depends_on: it leads to the one it rests on, and goes along with it under its new number', async () => {
  const workspace = tablet();
  const add = (n: number, name: string, args: Record<string, Json>) => {
    workspace.saved.push({ ...BASE, n, name, args });
  };
  add(1, 'item.restore', { itemId: 'item-1' });
  add(2, 'item.archive', { itemId: `${DEVICE}-1-0` });
  workspace.setEntry(1, said(1, 'refused', ['item_not_archived']));
  workspace.setEntry(2, said(2, 'refused', ['depends_on'], { details: { n: 1, code: 'item_not_found' } }));
  const runs: unknown[] = [];
  workspace.run = async (name, args) => {
    runs.push([name, args]);
    const mutation = { ...BASE, n: 6 + runs.length, name, args: JSON.parse(JSON.stringify(args)) };
    return { kind: 'saved', mutation, expected: { n: 7, verdict: 'applied', codes: [], details: {}, conflicts: [] } };
  };
  open(workspace, 2);
  expect(await screen.findByText('Refused, because it rests on another entry that was refused')).toBeTruthy();
  await userEvent.click(screen.getByRole('link', { name: 'Look at T2-1' }));
  expect(await screen.findByRole('region', { name: 'Entries that rest on it' })).toBeTruthy();

  await press('Use mine again');

  await waitFor(() => expect(runs).toHaveLength(2));
  expect(runs).toEqual([
    ['item.restore', { itemId: 'item-1' }],
    ['item.archive', { itemId: `${DEVICE}-7-0` }],
  ]);
  expect([...workspace.dismissed]).toEqual([1, 2]);
});

test('[SY23] flagged: it is in the books, so it is never offered to be sent again; its effect in units is shown', async () => {
  const workspace = tablet();
  await workspace.run('till.add', { name: 'Till 3' });
  const exception = { ...TASK, n: 1, deviceId: DEVICE, units: -2 };
  workspace.put('item', anItem({ id: `${DEVICE}-9-0`, name: 'Ibulor 200 mg' }));
  const details = { below_zero: [`${DEVICE}-9-0`] };
  workspace.setEntry(1, { ...said(1, 'flagged', ['below_zero'], { details }), exception });
  open(workspace, 1);
  expect(await screen.findByText(/Do not enter it again/)).toBeTruthy();
  expect(await screen.findByText('Ibulor 200 mg')).toBeTruthy();
  expect(textOf('effect')).toBe('Effect: -2 units');
  expect(screen.queryByRole('button', { name: /again/ })).toBeNull();
  await press('I have read this');
  expect([...workspace.dismissed]).toEqual([1]);
});

test('[SY23] quarantined: kept as it was sent; entering it anew warns about booking it twice', async () => {
  const workspace = tablet();
  await workspace.run('till.add', { name: 'Till 3' });
  workspace.setEntry(1, said(1, 'quarantined', ['invalid_args'], { details: { field: 'name', problem: 'too long' } }));
  open(workspace, 1);
  expect(await screen.findByText(/not in the books/)).toBeTruthy();
  expect(screen.getByText(/not booked twice/)).toBeTruthy();
  expect(screen.getByText('too long')).toBeTruthy();
  await press('Edit and send again');
  await userEvent.type(screen.getByLabelText('Name'), ' B');
  await press('Send this');
  expect(workspace.saved.at(-1)?.args).toEqual({ name: 'Till 3 B' });
});

test('[SY21] not sent yet and standing against what came in: will need attention, with both sides', async () => {
  const workspace = tablet();
  await workspace.run('item.edit', { itemId: 'item-1', changes: { packPriceMinor: { from: 250, to: 275 } } });
  const conflicts: FieldConflict[] = [{ field: 'packPriceMinor', base: 250, mine: 275, theirs: 260 }];
  workspace.setEntry(1, {
    needsMe: true,
    expected: { n: 1, verdict: 'merged', codes: ['field_conflict'], details: {}, conflicts },
  });
  workspace.settle();
  workspace.put('item', anItem({ id: 'item-1', packPriceMinor: 260 }));
  open(workspace, 1);
  expect(await screen.findByText('Will need attention: somebody else changed the same')).toBeTruthy();
  expect(await within(screen.getByTestId('field-packPriceMinor')).findByText('€2.60', { exact: false })).toBeTruthy();
  await press('Use mine again');
  expect(workspace.saved.at(-1)?.args).toMatchObject({ changes: { packPriceMinor: { from: 260, to: 275 } } });
});

test('[SY21] not sent yet and going to be refused: says that nothing will change', async () => {
  const workspace = tablet();
  await workspace.run('item.archive', { itemId: 'item-1' });
  workspace.setEntry(1, {
    needsMe: true,
    expected: { n: 1, verdict: 'refused', codes: ['item_already_archived'], details: { itemId: 'item-1' }, conflicts: [] },
  });
  open(workspace, 1);
  expect(await screen.findByText(/the server will refuse it and nothing will change/)).toBeTruthy();
  expect(screen.getByText('this product is archived already')).toBeTruthy();
});

test('[SY23] forked: this entry and what the server has under its number stand beside each other', async () => {
  const workspace = tablet();
  await workspace.run('till.add', { name: 'Till 3' });
  workspace.setEntry(1, said(1, 'quarantined', ['forked']));
  workspace.background = {
    kind: 'known',
    others: [],
    held: { name: 'till.add', actorId: 'max', madeAt: FAKE_NOW, args: { name: 'Till 9' } },
  };
  open(workspace, 1);
  expect(await screen.findByText('Two different entries under one number')).toBeTruthy();
  expect(within(screen.getByRole('region', { name: 'You entered' })).getByText('Till 3')).toBeTruthy();
});

test('[SY23] a manager is asked on the spot, and the answer appears on the act', async () => {
  const workspace = await priceConflict();
  open(workspace, 1);
  await screen.findByTestId('field-packPriceMinor');
  await press('Ask a manager');
  await userEvent.type(screen.getByLabelText('Your question'), 'Which price is right?');
  await press('Ask');
  expect(workspace.saved.at(-1)).toMatchObject({ name: 'exception.ask', args: { n: 1, question: 'Which price is right?' } });
  expect(await screen.findByText('A manager was asked: Which price is right?')).toBeTruthy();
  expect([...workspace.dismissed]).toEqual([1]);
  await workspace.run('exception.resolve', { exceptionId: `${DEVICE}-2-0`, resolution: 'Yours' });
  expect(await screen.findByText(/Ana answered, .*: Yours/)).toBeTruthy();
});

test('an act this tablet no longer keeps says where it still is', async () => {
  open(tablet(), 77);
  expect(await screen.findByText(/does not keep entry 77 any more/)).toBeTruthy();
});

const TASK = {
  id: 'aaaaaaaaaa01-5-x',
  type: 'flag' as const,
  codes: ['below_zero'],
  deviceId: 'aaaaaaaaaa01',
  n: 5,
  mutationName: 'sale.record',
  actorId: 'max',
  aboutKind: 'item',
  aboutId: 'item-1',
  details: {},
  amountMinor: null,
  units: -2,
  status: 'open' as const,
  raisedAt: FAKE_NOW,
  resolvedBy: null,
  resolvedAt: null,
  resolution: null,
};
const BASE = {
  deviceId: DEVICE,
  version: 1,
  actorId: 'ana',
  madeAt: FAKE_NOW,
  madeAtSkewMs: 0,
  businessOn: '2026-11-23',
  basis: 1,
  prev: '0'.repeat(64),
  hash: '0'.repeat(64),
};
