import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { reconciliationIdOf } from '#schema/records/reconciliation.ts';
import { TestCounter } from '#schema/testing/test-counter.ts';
import { TABLET_1 } from '#schema/testing/test-tenant.ts';
import { FakeWorkspace } from '../../testing/fake-workspace.ts';
import { renderScreen } from '../../testing/render-screen.tsx';
import { ClosePage } from './close-page.tsx';

afterEach(cleanup);

/** The Close screen of somebody over what a pharmacy holds. */
function show(counter: TestCounter, role: 'manager' | 'pharmacist' = 'manager'): FakeWorkspace {
  const workspace = new FakeWorkspace(role, 'Mia');
  const kinds = [
    'shop',
    'till',
    'cashSession',
    'cashTotals',
    'cashMovement',
    'sale',
    'drawerCount',
    'reconciliation',
    'zReport',
  ] as const;
  for (const kind of kinds) for (const body of counter.all(kind)) workspace.put(kind, body);
  for (const id of ['pia', 'max'])
    workspace.put('member', { id, name: id === 'pia' ? 'Pia' : 'Max', roles: [{ role: 'manager', fromAt: 0 }] });
  renderScreen(<ClosePage />, workspace);
  return workspace;
}

const argsOf = (workspace: FakeWorkspace) => workspace.saved.map(({ name, args }) => ({ name, args }));

async function openedTwice(): Promise<{ counter: TestCounter; own: string; unowned: string }> {
  const counter = new TestCounter();
  const own = await counter.open(counter.till1, 10_000, { actorId: 'max' });
  const unowned = await counter.open(counter.till1, 5_000, { deviceId: 'aaaaaaaaaa03', actorId: 'pia' });
  return { counter, own, unowned };
}

test('[SY23] case 3: a manager reads who opened the till twice, and joins the two', async () => {
  const { counter, own, unowned } = await openedTwice();
  const workspace = show(counter);
  const card = await screen.findByRole('region', { name: /opened twice/ });
  expect(within(card).getByText(/Max opened it first/)).toBeTruthy();
  expect(within(card).getByText(/Pia opened it again.*€50\.00/)).toBeTruthy();
  fireEvent.click(within(card).getByText('It was one drawer: join the two'));
  await waitFor(() => expect(workspace.saved).toHaveLength(1));
  expect(argsOf(workspace)).toEqual([
    { name: 'cashSession.join', args: { sessionId: unowned, intoSessionId: own, isFloatShared: true } },
  ]);
  await waitFor(() => expect(screen.queryByRole('region', { name: /opened twice/ })).toBeNull());
});

test('[SY23] case 3: a pharmacist is told that a manager decides; another drawer goes to a till that is closed', async () => {
  const { counter, unowned } = await openedTwice();
  show(counter, 'pharmacist');
  expect(await screen.findByText('A manager says whether it was one drawer or two.')).toBeTruthy();
  expect(screen.queryByText('Move it there')).toBeNull();
  cleanup();
  const workspace = show(counter);
  fireEvent.click(await screen.findByText('Move it there'));
  await waitFor(() => expect(workspace.saved).toHaveLength(1));
  expect(argsOf(workspace)).toEqual([{ name: 'cashSession.moveToTill', args: { sessionId: unowned, tillId: counter.till2 } }]);
});

async function closed(cashMinor = 9_000): Promise<{ counter: TestCounter; sessionId: string }> {
  const counter = new TestCounter();
  const sessionId = await counter.open();
  await counter.close(sessionId, { cash: cashMinor }, { actorId: 'pia' });
  await counter.act('reconciliation.start', { sessionId });
  return { counter, sessionId };
}

test('[SY23] case 6: every count is shown with who made it; taking one names what it counted', async () => {
  const { counter, sessionId } = await closed();
  await counter.recount(sessionId, { cash: 9_900 }, { actorId: 'max' });
  const workspace = show(counter);
  expect(await screen.findByText(/Count 1: €90\.00 · Pia/)).toBeTruthy();
  const second = screen.getByTestId('attempt-2');
  expect(second.textContent).toMatch(/Count 2: €99\.00 · Max/);
  fireEvent.click(within(second).getByText('Take this count'));
  await waitFor(() => expect(workspace.saved).toHaveLength(1));
  expect(workspace.saved[0]?.args).toMatchObject({
    type: 'RECOUNT',
    attempt: 2,
    counts: [{ methodId: 'cash', countedMinor: 9_900 }],
  });
  await waitFor(() => expect(within(screen.getByTestId('attempt-2')).getByText('this one stands')).toBeTruthy());
});

test('[SY23] case 8: who sent a close back, and why, is read where the work goes on', async () => {
  const { counter, sessionId } = await closed(10_000);
  const known = () => counter.get('reconciliation', reconciliationIdOf(sessionId));
  await counter.act('reconciliation.submit', { sessionId, revision: known()?.revision, steps: [] }, { version: 2 });
  const seen = { sessionId, attempt: 1, revision: known()?.revision, steps: [] };
  await counter.act(
    'reconciliation.reject',
    { ...seen, note: 'count the coins' },
    { actorId: 'max', version: 2, deviceId: TABLET_1 },
  );
  show(counter);
  expect(await screen.findByText(/Sent back by Max.*count the coins/)).toBeTruthy();
  expect(screen.getByText('Submit for approval')).toBeTruthy();
});

test('[SY17] a closed session opens to the movements and tickets its expected amounts are made of, old ones from the server', async () => {
  const counter = new TestCounter({ createdOn: '2020-01-01' });
  const sessionId = await counter.open();
  await counter.sell(sessionId);
  await counter.close(sessionId, { cash: 11_000 }, { actorId: 'pia' });
  await counter.act('reconciliation.start', { sessionId });
  const workspace = show(counter);
  const movedAt = Date.UTC(2026, 6, 1);
  const [sale] = counter.all('sale');
  if (!sale) throw new Error('nothing was sold');
  workspace.setSync({ keeps: { epoch: 1, set: 'office', ledgersFrom: '2026-12' } });
  workspace.olderLines = async () => ({
    kind: 'page',
    lines: [{ ...sale, id: 'old', ticketNo: 'T1-0', occurredAt: movedAt }],
    next: null,
  });
  const card = within(await screen.findByRole('region', { name: counter.till1 }));
  expect(card.queryByRole('table', { name: 'Money, movement by movement' })).toBeNull();

  await userEvent.click(card.getByText('Money, movement by movement'));
  const movements = within(await card.findByRole('table', { name: 'Money, movement by movement' }));
  expect(movements.getByText('+€100.00')).toBeTruthy();
  expect(movements.getByText('+€10.00')).toBeTruthy();

  await userEvent.click(card.getByText('Tickets, one by one'));
  const tickets = within(await card.findByRole('table', { name: 'Tickets, one by one' }));
  expect(tickets.getByText(sale.ticketNo)).toBeTruthy();
  await userEvent.click(card.getAllByRole('button', { name: 'Show older' })[1] as HTMLElement);
  expect(await tickets.findByText('T1-0')).toBeTruthy();
});
