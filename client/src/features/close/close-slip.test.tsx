import { act, cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { recordIdOf } from '#schema/ids.ts';
import { testShop, testTill } from '#schema/testing/test-counter.ts';
import { FakeWorkspace } from '../../testing/fake-workspace.ts';
import { renderScreen } from '../../testing/render-screen.tsx';
import { ClosePage } from './close-page.tsx';
import { RepeatedShortages } from './repeated-shortages.tsx';

afterEach(cleanup);

/** Closes `times` sessions of till 1, each with `countedMinor` of the 100.00 float, and starts their reconciliation. */
async function closed(countedMinor: number, times = 1) {
  const workspace = new FakeWorkspace('manager', 'Max');
  workspace.put('shop', testShop());
  workspace.put('till', testTill('till-1', 'Till 1'));
  for (let k = 0; k < times; k += 1) {
    await workspace.run('cashSession.open', {
      tillId: 'till-1',
      currency: 'EUR',
      floatMinor: 10_000,
      floatDenominations: null,
      offsetMinutes: 60,
    });
    const sessionId = recordIdOf(workspace.device.id, workspace.saved.length, 0);
    const counts = [{ methodId: 'cash', countedMinor, denominations: null }];
    await workspace.run('cashSession.close', { sessionId, tillId: 'till-1', counts });
    await workspace.run('reconciliation.start', { sessionId });
  }
  return workspace;
}

test('[C12] a provisional close shows its number and the hash of the tablet’s chain, which the paper carries', async () => {
  const workspace = await closed(10_000);
  renderScreen(<ClosePage />, workspace);
  const card = within(await screen.findByRole('region', { name: 'Till 1' }));
  expect(card.getByTestId('z-number').textContent).toContain('P-T2-2');
  await userEvent.click(card.getByText('Slip of this close'));
  expect(card.getByText('Provisional close P-T2-2')).toBeTruthy();
  expect(card.getByText(workspace.saved[1]?.hash ?? 'no act')).toBeTruthy();
});

test('[C8] a difference stands in amount, sign and word, with its heading beside it', async () => {
  renderScreen(<ClosePage />, await closed(9_500));
  const table = within(await screen.findByRole('table', { name: 'Counted and expected' }));
  const cash = within(table.getByRole('row', { name: /^Cash/ }));
  expect(cash.getAllByRole('cell').map((cell) => [cell.getAttribute('data-label'), cell.textContent])).toEqual([
    ['Expected', '€100.00'],
    ['Counted', '€95.00'],
    ['Difference', '-€5.00 missing'],
    ['Still to explain', '-€5.00'],
  ]);
});

test('[C8] three shortages of one person in 30 days are told to a manager; two are not', async () => {
  const show = async (times: number) => {
    const workspace = await closed(9_500, times);
    const [session] = await workspace.readRecords('cashSession', { descending: true });
    if (!session) throw new Error('nothing was closed');
    renderScreen(<RepeatedShortages session={session} shop={testShop()} />, workspace);
    // Everything it reads has answered by then.
    await act(async () => undefined);
    return screen.queryByText('Drawers closed by Max came out short three times or more within 30 days.');
  };
  expect(await show(2)).toBeNull();
  cleanup();
  expect(await show(3)).toBeTruthy();
});
