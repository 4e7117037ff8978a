import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { GS } from '#schema/domain/gs1.ts';
import { testShop, testTill } from '#schema/testing/test-counter.ts';
import { aLot, anItem } from '../../testing/an-item.ts';
import { FakeWorkspace } from '../../testing/fake-workspace.ts';
import { renderScreen } from '../../testing/render-screen.tsx';
import { scan } from '../../testing/scan.ts';
import { CounterPage } from './counter-page.tsx';

afterEach(cleanup);

const SOON = aLot({ id: 'soon', lotText: 'SOON', expiryOn: '2027-01-31', onHandUnits: 16 });
const LATE = aLot({ id: 'late', lotText: 'LATE', expiryOn: '2028-01-31', onHandUnits: 32 });

/** An open till, one product with two lots. */
async function openCounter(lots = [SOON, LATE]) {
  const workspace = new FakeWorkspace();
  workspace.put('shop', testShop());
  workspace.put('till', testTill('till-1', 'Till 1'));
  workspace.put('item', anItem());
  for (const lot of lots) workspace.put('lot', lot);
  await workspace.run('cashSession.open', {
    tillId: 'till-1',
    currency: 'EUR',
    floatMinor: 10_000,
    floatDenominations: null,
    offsetMinutes: 60,
  });
  renderScreen(<CounterPage />, workspace);
  await screen.findByTestId('total');
  return workspace;
}

const dataMatrix = (lot: string, expiry?: string) =>
  `]d20103400930000120${expiry === undefined ? '' : `17${expiry}`}10${lot}${GS}`;
const lots = () => screen.findByRole('list', { name: 'Lots' });
const finish = () => screen.getByRole('button', { name: 'Finish the sale' });

async function pay() {
  await userEvent.type(screen.getByLabelText('Cash received'), '100.00');
  await userEvent.click(finish());
}

/** What the last sale says of its first line. */
function soldLine(workspace: FakeWorkspace) {
  const sale = workspace.saved.findLast(({ name }) => name === 'sale.record');
  return (sale?.args.lines as Record<string, unknown>[] | undefined)?.[0];
}

test('[I4] a scan without a lot proposes the lot that expires first', async () => {
  const workspace = await openCounter();
  scan('3400930000120');
  expect((await lots()).textContent).toBe('SOON, expires 01/2027: 16');
  await pay();
  await waitFor(() => expect(soldLine(workspace)).toMatchObject({ lots: [{ lotId: 'soon', units: 16 }], fefoSkipped: false }));
});

test('[G1][I3][I4] a DataMatrix gives the lot in the hand; the earlier one stays on the shelf only with a reason', async () => {
  const workspace = await openCounter();
  scan(dataMatrix('LATE', '280131'));
  expect((await lots()).textContent).toBe('LATE, expires 01/2028: 16');
  await userEvent.type(screen.getByLabelText('Cash received'), '2.50');
  expect(finish()).toHaveProperty('disabled', true);
  expect(screen.getByText('An earlier expiry stays on the shelf: say why.')).toBeTruthy();
  await userEvent.click(screen.getByText('damaged'));
  await userEvent.click(finish());
  await waitFor(() =>
    expect(soldLine(workspace)).toMatchObject({
      lots: [{ lotId: 'late', lotText: null, units: 16 }],
      fefoSkipped: true,
      fefoReason: 'damaged',
    }),
  );
});

test('[I3][I6] a scanned lot the book does not know is told, asked for, and sold as printed', async () => {
  const workspace = await openCounter([]);
  scan(dataMatrix('Xy9', '270600'));
  expect((await lots()).textContent).toBe('Xy9, expires 06/2027: 16');
  expect(screen.getByText(/^The book does not know lot Xy9/)).toBeTruthy();
  await pay();
  const dialog = within(await screen.findByRole('dialog', { name: 'Is it in your hand?' }));
  expect(workspace.saved).toHaveLength(1);
  await userEvent.click(dialog.getByRole('button', { name: 'Yes, finish the sale' }));
  await waitFor(() =>
    expect(soldLine(workspace)).toMatchObject({ lots: [{ lotId: null, lotText: 'Xy9', expiryOn: '2027-06-30', units: 16 }] }),
  );
});

test('[G4] a scan with a lot and no expiry warns and takes the proposed lot', async () => {
  await openCounter();
  scan(dataMatrix('LATE17280131'));
  expect((await screen.findByRole('alert')).textContent).toMatch(/carries the lot “LATE17280131” but no expiry/);
  expect((await lots()).textContent).toBe('SOON, expires 01/2027: 16');
});

test('[I10] a recalled lot cannot be sold from this screen', async () => {
  await openCounter([{ ...SOON, status: 'recalled' }]);
  scan(dataMatrix('SOON', '270131'));
  expect((await screen.findAllByText(/^Lot SOON, expires 01\/2027 is recalled/)).length).toBe(1);
  await userEvent.type(screen.getByLabelText('Cash received'), '2.50');
  expect(finish()).toHaveProperty('disabled', true);
});

test('[I4] lots are chosen by hand: all from one, or split by number', async () => {
  const workspace = await openCounter();
  scan('3400930000120');
  await userEvent.click(await screen.findByRole('button', { name: 'Change lots of Doliro 500 mg' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Lots of Doliro 500 mg' }));
  await userEvent.click(dialog.getByRole('button', { name: /^LATE/ }));
  await userEvent.type(dialog.getByLabelText('Units from SOON, expires 01/2027'), '16');
  expect(dialog.getByText('32 units in all')).toBeTruthy();
  await userEvent.click(dialog.getByRole('button', { name: 'Take these' }));
  expect((await lots()).textContent).toBe('LATE, expires 01/2028: 16SOON, expires 01/2027: 16');
  await pay();
  await waitFor(() =>
    expect(soldLine(workspace)).toMatchObject({
      units: 32,
      fefoSkipped: false,
      lots: [
        { lotId: 'late', units: 16 },
        { lotId: 'soon', units: 16 },
      ],
    }),
  );
});

test('[I2][M0] three tablets of a pack of sixteen are sold as three base units at their share of the price', async () => {
  const workspace = await openCounter();
  scan('3400930000120');
  const units = await screen.findByLabelText('Units');
  await userEvent.clear(units);
  await userEvent.type(units, '3');
  expect(screen.getByText('3 of the 16 in a pack · opens a pack')).toBeTruthy();
  expect(screen.getByTestId('total').textContent).toBe('€0.47');
  await pay();
  await waitFor(() => expect(soldLine(workspace)).toMatchObject({ units: 3, packPriceMinor: 250, unitsPerPack: 16 }));
});

test('[I6] more than the book holds is asked before it is sold; no leaves the ticket as it is', async () => {
  const workspace = await openCounter([SOON]);
  scan('3400930000120');
  await userEvent.click(await screen.findByRole('button', { name: 'One pack more of Doliro 500 mg' }));
  await pay();
  const dialog = within(await screen.findByRole('dialog', { name: 'Is it in your hand?' }));
  expect(dialog.getByText('Doliro 500 mg: the book holds 16 fewer than you take.')).toBeTruthy();
  await userEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
  expect(workspace.saved.map(({ name }) => name)).toEqual(['cashSession.open']);
  expect((await lots()).textContent).toBe('SOON, expires 01/2027: 32');
});

/** Holds the next act until it is let go, as a slow tablet does. */
function holdNextAct(workspace: FakeWorkspace): () => void {
  const run = workspace.run;
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  workspace.run = async (name, args) => {
    workspace.run = run;
    await held;
    return run(name, args);
  };
  return () => letGo();
}

test('[M0] a second tap while a sale is being saved does not sell it again', async () => {
  const workspace = await openCounter();
  scan('3400930000120');
  await lots();
  const letGo = holdNextAct(workspace);
  await userEvent.type(screen.getByLabelText('Cash received'), '2.50');
  await userEvent.dblClick(finish());
  letGo();
  expect(await screen.findByText(/^Ticket T2-2 saved/)).toBeTruthy();
  await screen.findByText('Scan a pack, or type a name.');
  expect(workspace.saved.filter(({ name }) => name === 'sale.record')).toHaveLength(1);
});

test('a pack scanned while a sale is being saved is on the next ticket', async () => {
  const workspace = await openCounter();
  scan('3400930000120');
  await lots();
  const letGo = holdNextAct(workspace);
  // Typed keys would run into the scan that follows at once.
  fireEvent.change(screen.getByLabelText('Cash received'), { target: { value: '2.50' } });
  await userEvent.click(finish());
  scan('3400930000120');
  await waitFor(() => expect(screen.getByTestId('total').textContent).toBe('€5.00'));
  letGo();
  await screen.findByText(/^Ticket T2-2 saved/);
  await waitFor(() => expect(screen.getByTestId('total').textContent).toBe('€2.50'));
  expect(soldLine(workspace)).toMatchObject({ units: 16 });
});

test('a sale that a manager will look at still says its ticket and the change', async () => {
  await openCounter([]);
  scan(dataMatrix('Xy9', '270600'));
  await lots();
  await userEvent.type(screen.getByLabelText('Cash received'), '5.00');
  await userEvent.click(finish());
  const dialog = within(await screen.findByRole('dialog', { name: 'Is it in your hand?' }));
  await userEvent.click(dialog.getByRole('button', { name: 'Yes, finish the sale' }));
  const said = (await screen.findByText(/A manager will look at it/)).textContent;
  expect(said).toMatch(/^Ticket T2-2 saved.*€2\.50/);
});

test('typing finds a product without a tap into the field, and a scan leaves no letter there', async () => {
  await openCounter();
  const search = screen.getByRole('combobox');
  await userEvent.keyboard('par');
  expect(search).toHaveProperty('value', 'par');
  await userEvent.keyboard('{Escape}');
  search.blur();
  scan('3400930000120');
  await lots();
  expect(search).toHaveProperty('value', '');
});
