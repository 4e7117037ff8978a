import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { afterEach, expect, test } from 'vitest';
import { testShop } from '#schema/testing/test-counter.ts';
import { aLot, aMovement, anItem } from '../../testing/an-item.ts';
import { FakeWorkspace } from '../../testing/fake-workspace.ts';
import { renderScreen } from '../../testing/render-screen.tsx';
import { scan } from '../../testing/scan.ts';
import { ItemPage } from './item-page.tsx';
import { StockPage } from './stock-page.tsx';

afterEach(cleanup);

function renderStock(workspace: FakeWorkspace, path = '/stock') {
  return renderScreen(
    <Routes>
      <Route path="/stock" element={<StockPage />} />
      <Route path="/stock/:itemId" element={<ItemPage />} />
    </Routes>,
    workspace,
    path,
  );
}

test('of a thousand products only the rows in sight exist, and a word narrows them', async () => {
  const workspace = new FakeWorkspace();
  for (let k = 0; k < 1_000; k += 1)
    workspace.put('item', anItem({ id: `item-${k}`, name: `Product ${String(k).padStart(4, '0')}`, identifiers: [] }));
  renderStock(workspace);
  const list = await screen.findByRole('list', { name: 'Stock' });
  expect((await within(list).findAllByRole('listitem')).length).toBeLessThan(60);

  await userEvent.type(screen.getByLabelText('Search by name, substance or code'), '0777');

  await waitFor(() => expect(within(screen.getByRole('list', { name: 'Stock' })).getAllByRole('listitem')).toHaveLength(1));
});

test('a scan opens the product from anywhere on the screen and leaves the search field as it was', async () => {
  const workspace = new FakeWorkspace();
  workspace.put('item', anItem());
  workspace.put('lot', aLot());
  renderStock(workspace);
  await screen.findByRole('list', { name: 'Stock' });
  scan('3400930000120');
  expect(await screen.findByRole('heading', { level: 1, name: 'Doliro 500 mg' })).toBeTruthy();
  expect(await screen.findByText('48 units · 3 packs')).toBeTruthy();
});

test('a scan nobody knows offers to add the product with that code', async () => {
  const workspace = new FakeWorkspace();
  workspace.put('item', anItem());
  renderStock(workspace);
  await screen.findByRole('list', { name: 'Stock' });
  scan('3400935955838');
  expect(await screen.findByDisplayValue('3400935955838')).toBeTruthy();
});

test('[I4] lots stand in the order they are handed over, expired and empty ones named as such', async () => {
  const workspace = new FakeWorkspace();
  workspace.put('item', anItem());
  workspace.put('lot', aLot({ id: 'l1', lotText: 'LATE', expiryOn: '2028-01-31' }));
  workspace.put('lot', aLot({ id: 'l2', lotText: 'SOON', expiryOn: '2026-12-31' }));
  workspace.put('lot', aLot({ id: 'l3', lotText: 'OLD', expiryOn: '2026-10-31', onHandUnits: -2 }));
  workspace.put('lot', aLot({ id: 'l4', lotText: 'GONE', onHandUnits: 0 }));
  renderStock(workspace, '/stock/item-1');
  const lots = within(await screen.findByRole('region', { name: 'Lots' }));
  expect(lots.getAllByText(/^(LATE|SOON|OLD|GONE)$/).map(({ textContent }) => textContent)).toEqual([
    'OLD',
    'SOON',
    'LATE',
    'GONE',
  ]);
  expect(lots.getByText('expired 10/2026')).toBeTruthy();
  expect(lots.getByText('expires soon: 12/2026')).toBeTruthy();
  expect(lots.getByText('-2 units · below zero: count this lot')).toBeTruthy();
  expect(lots.getByText('1 lot with nothing left')).toBeTruthy();
});

test('[I2] goods in are typed as packs and booked as units', async () => {
  const workspace = new FakeWorkspace();
  workspace.put('item', anItem());
  renderStock(workspace, '/stock/item-1');
  await userEvent.click(await screen.findByRole('button', { name: 'Goods in' }));
  const form = within(await screen.findByRole('dialog'));
  await userEvent.type(form.getByLabelText(/^Lot/), 'CD34');
  await userEvent.type(form.getByLabelText(/^Expiry/), '08/2027');
  await userEvent.type(form.getByLabelText(/^Packs of 16/), '5');
  expect(form.getByText('80 units, expire 08/2027')).toBeTruthy();
  await userEvent.click(form.getByRole('button', { name: 'Goods in' }));
  expect(await form.findByText('Booked.')).toBeTruthy();
  expect(workspace.saved.at(-1)?.args).toEqual({
    reference: null,
    lines: [{ itemId: 'item-1', lotText: 'CD34', expiryOn: '2027-08-31', units: 80, packCostMinor: null }],
  });
});

test('units missing are typed without a sign and need a reason', async () => {
  const workspace = new FakeWorkspace();
  workspace.put('item', anItem());
  workspace.put('lot', aLot());
  renderStock(workspace, '/stock/item-1');
  await userEvent.click(await screen.findByRole('button', { name: 'Adjust' }));
  await userEvent.type(screen.getByLabelText(/^Units/), '3');
  expect(screen.getByRole('button', { name: 'Save' })).toHaveProperty('disabled', true);
  await userEvent.type(screen.getByLabelText(/^Reason/), 'Broken blister');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('Saved on this tablet.')).toBeTruthy();
  expect(workspace.saved.at(-1)?.args).toMatchObject({ type: 'ADJUST', units: -3, reason: 'Broken blister' });
});

test('[case 15] a price edited while somebody else edited it says so, and names the value its editor saw', async () => {
  const workspace = new FakeWorkspace();
  workspace.put('item', anItem());
  renderStock(workspace, '/stock/item-1');
  await userEvent.click(await screen.findByRole('button', { name: 'Edit' }));
  workspace.put('item', anItem({ packPriceMinor: 260 }));
  expect(await screen.findByText(/Somebody else just changed: Price of a pack/)).toBeTruthy();
  const price = screen.getByLabelText(/^Price of a pack/);
  await userEvent.clear(price);
  await userEvent.type(price, '2.75');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(workspace.saved).toHaveLength(1));
  expect(workspace.saved[0]?.args).toEqual({ itemId: 'item-1', changes: { packPriceMinor: { from: 250, to: 275 } } });
});

test('[SY2] when the disk is full nothing is called saved and what was typed stays', async () => {
  const workspace = new FakeWorkspace();
  workspace.put('item', anItem());
  workspace.put('lot', aLot());
  workspace.failNext('quota');
  renderStock(workspace, '/stock/item-1');
  await userEvent.click(await screen.findByRole('button', { name: 'Adjust' }));
  await userEvent.type(screen.getByLabelText(/^Units/), '3');
  await userEvent.type(screen.getByLabelText(/^Reason/), 'Broken');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText(/storage of this device is full/)).toBeTruthy();
  expect(screen.getByDisplayValue('Broken')).toBeTruthy();
});

test('[SY17] a lot whose movements all lie before the months kept here does not look as if it had none', async () => {
  const workspace = new FakeWorkspace();
  workspace.put('shop', { ...testShop(), createdOn: '2024-01-01' });
  workspace.put('item', anItem());
  workspace.put('lot', aLot({ firstReceivedAt: Date.UTC(2026, 5, 1) }));
  workspace.olderLines = async () => ({
    kind: 'page',
    lines: [aMovement({ type: 'RECEIPT', units: 48, occurredAt: Date.UTC(2026, 5, 1) })],
    next: null,
  });
  renderStock(workspace, '/stock/item-1');
  await userEvent.click(await screen.findByText('Movements'));
  expect(await screen.findByText(/^No entries since 1 Aug 2026/)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Show older' }));
  expect(within(await screen.findByRole('table', { name: 'Movements' })).getByText('+48')).toBeTruthy();
});
