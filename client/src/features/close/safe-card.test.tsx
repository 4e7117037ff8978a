import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { testShop } from '#schema/testing/test-counter.ts';
import { FAKE_NOW, FakeWorkspace } from '../../testing/fake-workspace.ts';
import { renderScreen } from '../../testing/render-screen.tsx';
import { SafeCard } from './safe-card.tsx';

afterEach(cleanup);

const drop = (amountMinor: number) =>
  ({
    sessionId: 'none',
    tillId: 'till-1',
    type: 'SAFE_DROP',
    methodId: 'cash',
    amountMinor,
    note: '',
    reference: 'B-7',
    witnessId: null,
  }) as const;

test('[C1][C4] the safe shows what was dropped into it and what is on its way, and takes a deposit', async () => {
  const workspace = new FakeWorkspace();
  workspace.put('shop', testShop());
  workspace.put('cashTransfer', {
    id: 'T1-9',
    status: 'differs',
    methodId: 'cash',
    fromTillId: 'safe',
    toTillId: 'till-1',
    outMinor: 2_000,
    outAt: FAKE_NOW,
    outBy: 'max',
    inMinor: 1_900,
    inAt: FAKE_NOW,
    inBy: 'ana',
  });
  await workspace.run('cashMovement.record', drop(4_000));
  renderScreen(<SafeCard shop={testShop()} tills={[]} />, workspace);
  const safe = within(await screen.findByRole('region', { name: 'Safe' }));
  expect(await safe.findByText('€40.00')).toBeTruthy();
  expect(safe.getByText('+€1.00 amounts differ')).toBeTruthy();

  await userEvent.click(safe.getByText('Take out, put in, send to a till'));
  await userEvent.type(safe.getByLabelText('Amount'), '30.00');
  await userEvent.type(safe.getByLabelText('Deposit slip or receipt number'), 'S-1');
  await userEvent.click(safe.getByRole('button', { name: 'Record' }));
  expect(await safe.findByText('€10.00')).toBeTruthy();
  expect(workspace.saved.at(-1)).toMatchObject({ name: 'safe.record', args: { type: 'BANK_DEPOSIT', amountMinor: 3_000 } });
  await userEvent.click(safe.getByText('Movements of the safe'));
  expect(await safe.findByText('+€40.00')).toBeTruthy();
  expect(safe.getByText('-€30.00')).toBeTruthy();
});
