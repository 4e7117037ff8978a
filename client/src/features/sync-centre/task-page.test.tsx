import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { afterEach, expect, test } from 'vitest';
import type { Exception } from '#schema/records/exception.ts';
import { anItem } from '../../testing/an-item.ts';
import { FAKE_NOW, FakeWorkspace } from '../../testing/fake-workspace.ts';
import { renderScreen } from '../../testing/render-screen.tsx';
import { SyncCentrePage } from './sync-centre-page.tsx';
import { TaskPage } from './task-page.tsx';

afterEach(cleanup);

const TASK: Exception = {
  id: 'aaaaaaaaaa01-5-x',
  type: 'flag',
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
  status: 'open',
  raisedAt: FAKE_NOW,
  resolvedBy: null,
  resolvedAt: null,
  resolution: null,
};
const CONFLICT: Exception = {
  ...TASK,
  type: 'conflict',
  codes: ['field_conflict'],
  mutationName: 'item.edit',
  units: null,
  details: { conflicts: [{ field: 'packPriceMinor', base: 250, mine: 275, theirs: 260 }] },
};

function officeWith(task: Exception, role: 'manager' | 'pharmacist' = 'manager'): FakeWorkspace {
  const workspace = new FakeWorkspace(role);
  workspace.put('item', anItem({ id: 'item-1', name: 'Doliro 500 mg', packPriceMinor: 260 }));
  const device = { channel: 'tablet', set: 'office', status: 'active', enrolledAt: 0, enrolledBy: 'ana' } as const;
  workspace.put('device', { ...device, id: 'aaaaaaaaaa01', name: 'Tablet 1', number: 1 });
  workspace.put('exception', task);
  return workspace;
}

function open(workspace: FakeWorkspace): void {
  renderScreen(
    <Routes>
      <Route path="/sync" element={<SyncCentrePage />} />
      <Route path="/sync/tasks/:taskId" element={<TaskPage />} />
    </Routes>,
    workspace,
    '/sync',
  );
}

test('[SY23] a task says whose act it is, on which tablet, its number on paper and its effect; a manager says what was found', async () => {
  const workspace = officeWith(TASK);
  open(workspace);
  await userEvent.click(await screen.findByRole('link', { name: 'Look at it' }));
  expect(await screen.findByText('the book went below zero: count this lot')).toBeTruthy();
  expect(screen.getByText(/Max · Tablet 1 · 23 Nov 2026, 10:00 · Number T1-5/)).toBeTruthy();
  expect(screen.getByTestId('effect').textContent).toBe('Effect: -2 units');
  await userEvent.type(screen.getByLabelText('What was found or done'), 'Counted, two boxes behind the till');
  await userEvent.click(screen.getByRole('button', { name: 'Done' }));
  expect(workspace.saved).toMatchObject([{ name: 'exception.resolve', args: { exceptionId: TASK.id } }]);
  expect(await screen.findByText(/Dealt with by Ana/)).toBeTruthy();
});

test('[SY23] a pharmacist sees the task and leaves it to a manager', async () => {
  open(officeWith(TASK, 'pharmacist'));
  await userEvent.click(await screen.findByRole('link', { name: 'Look at it' }));
  expect(await screen.findByText('A manager deals with this.')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Done' })).toBeNull();
});

test('[SY23] a conflict is decided on the spot: what was entered is taken over what is there now', async () => {
  const workspace = officeWith(CONFLICT);
  workspace.background = {
    kind: 'known',
    others: [],
    held: {
      name: 'item.edit',
      actorId: 'max',
      madeAt: FAKE_NOW,
      args: { itemId: 'item-1', changes: { packPriceMinor: { from: 250, to: 275 }, holder: { from: '', to: 'Lab' } } },
    },
  };
  open(workspace);
  await userEvent.click(await screen.findByRole('link', { name: 'Look at it' }));
  expect(within(await screen.findByTestId('field-packPriceMinor')).getByText('€2.75')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Take what was entered' }));
  expect(workspace.saved).toMatchObject([
    { name: 'item.edit', args: { itemId: 'item-1', changes: { packPriceMinor: { from: 260, to: 275 } } } },
    { name: 'exception.resolve', args: { resolution: 'Took what was entered' } },
  ]);
});

test('[SY23] a conflict can be kept as it is, also without the network; what was entered is then not known here', async () => {
  const workspace = officeWith(CONFLICT);
  open(workspace);
  await userEvent.click(await screen.findByRole('link', { name: 'Look at it' }));
  expect(await screen.findByText('What was entered lies at the server; it needs the network.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Take what was entered' })).toHaveProperty('disabled', true);
  await userEvent.click(screen.getByRole('button', { name: 'Keep what is there now' }));
  expect(workspace.saved).toMatchObject([{ name: 'exception.resolve', args: { resolution: 'Kept what is there' } }]);
});

test('[SY7] a fork shows both entries of the one number', async () => {
  const fork: Exception = {
    ...TASK,
    type: 'quarantine',
    codes: ['forked'],
    mutationName: 'till.add',
    units: null,
    details: { received: { name: 'Till 9' } },
  };
  const workspace = officeWith({ ...fork, aboutKind: null, aboutId: null });
  workspace.background = {
    kind: 'known',
    others: [],
    held: { name: 'till.add', actorId: 'max', madeAt: FAKE_NOW, args: { name: 'Till 3' } },
  };
  open(workspace);
  await userEvent.click(await screen.findByRole('link', { name: 'Look at it' }));
  expect(within(await screen.findByRole('region', { name: 'What was entered' })).getByText('Till 9')).toBeTruthy();
  expect(
    await within(screen.getByRole('region', { name: 'What the server has under this number' })).findByText('Till 3'),
  ).toBeTruthy();
});
