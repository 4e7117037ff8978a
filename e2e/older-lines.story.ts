import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainItem } from '#schema/testing/plain-item.ts';
import { NetworkLine } from './support/network.ts';
import { Program } from './support/program.ts';
import { allSent, installed, signIn } from './support/screen-steps.ts';
import { STORY_PASSWORD, Stack } from './support/stack.ts';
import { Tablet } from './support/tablet.ts';

/** A tablet that is new in a pharmacy of half a year: what lies before the months it keeps is fetched where somebody looks at it, and nowhere else. */

const OWNER = 'owner@older.test';
const HALF_A_YEAR_MS = 200 * 86_400_000;
const DELIVERIES = 35;

let stack: Stack;
let line: NetworkLine;
let tablet: Tablet;
let itemId: string;

beforeAll(async () => {
  stack = await Stack.start();
  line = await NetworkLine.open(stack.port);
  const program = await Program.createPharmacy(stack, OWNER);
  itemId = (await program.act('item.add', { fields: plainItem({ name: 'Doliro 500 mg', packPriceMinor: 250 }) })).id;
  const lot = { itemId, lotText: 'A1', expiryOn: '2030-01-31', units: 1, packCostMinor: null };
  // All of one instant: the pages are cut between lines that nothing but their ids orders.
  await program.act('stock.receive', { reference: 'DN-1', lines: Array.from({ length: DELIVERIES }, () => lot) });
  await closeADay(program);
  stack.advance(HALF_A_YEAR_MS);
  tablet = await Tablet.unpack(line.url);
  const page = await tablet.switchOn({ clock: stack.now });
  await signIn(page, OWNER, STORY_PASSWORD);
  await installed(page);
  await allSent(page);
});
afterAll(async () => {
  await tablet?.discard();
  await line?.close();
  await stack?.stop();
});

test('[SY17] the movements of a lot go on at the server: page by page, and not without a network', async () => {
  const { page } = tablet;
  await go(page, `/stock/${itemId}`);
  const lot = page.getByRole('region', { name: 'Lots' });
  await lot.getByText('Movements').click();
  await lot.getByText(/^No entries since /).waitFor();

  line.cut();
  // The tablet finds out in its own time that it is offline, and that it no longer is.
  const older = lot.getByRole('button', { name: /^(Show older|Try again)$/ });
  await older.click();
  await lot.getByText(/check the network and try again|connect to the network to see them/).waitFor();
  line.restore();
  await older.click();
  await lot.getByText(/^30 entries shown/).waitFor();
  await older.click();
  await lot.getByText(`${DELIVERIES + 1} entries shown. There are no older entries.`).waitFor();
  expect(await lot.getByRole('table', { name: 'Movements' }).getByText('Goods in · DN-1').count()).toBe(DELIVERIES);
});

test('[SY17] what was fetched is not kept: the tablet goes on with the replica it had', async () => {
  const { page } = tablet;
  await page.reload();
  const lot = page.getByRole('region', { name: 'Lots' });
  await lot.getByText('Movements').click();
  await lot.getByText(/^No entries since /).waitFor();
  await allSent(page);
  expect(await lot.getByRole('table', { name: 'Movements' }).count()).toBe(0);
});

test('[SY17] a session that was closed half a year ago opens to its money and its ticket', async () => {
  const { page } = tablet;
  await go(page, '/close');
  const session = page.getByRole('region', { name: 'Till 1' });
  await session.getByText('Money, movement by movement').click();
  await session.getByRole('button', { name: 'Show older' }).click();
  const money = session.getByRole('table', { name: 'Money, movement by movement' });
  await session.getByText('2 entries shown. There are no older entries.').waitFor();
  expect(await money.innerText()).toMatch(/Sale[\s\S]*\+€2\.50[\s\S]*Float[\s\S]*\+€100\.00/);
  await session.getByText('Tickets, one by one').click();
  await session.getByRole('button', { name: 'Show older' }).click();
  await session.getByRole('table', { name: 'Tickets, one by one' }).getByText('Doliro 500 mg, 1 unit').waitFor();
});

/** A till is opened, a pack is sold, and the day is closed and its reconciliation begun. */
async function closeADay(program: Program): Promise<void> {
  const { id: tillId } = await program.act('till.add', { name: 'Till 1' });
  const opening = { tillId, currency: 'EUR', floatMinor: 10_000, floatDenominations: null, offsetMinutes: 60 } as const;
  const { id: sessionId } = await program.act('cashSession.open', opening);
  await program.act('sale.record', {
    sessionId,
    tillId,
    lines: [
      {
        itemId,
        name: 'Doliro 500 mg',
        units: 1,
        unitsPerPack: 1,
        packPriceMinor: 250,
        vatRateBp: 0,
        lots: [{ lotId: null, lotText: 'A1', expiryOn: '2030-01-31', units: 1 }],
        fefoSkipped: false,
        fefoReason: null,
      },
    ],
    payments: [{ methodId: 'cash', tenderedMinor: 250, amountMinor: 250 }],
    totalMinor: 250,
    roundingMinor: 0,
    changeMinor: 0,
  });
  await program.act('cashSession.startCount', { sessionId });
  const counts = [{ methodId: 'cash', countedMinor: 10_250, denominations: null }];
  await program.act('cashSession.close', { sessionId, tillId, counts });
  await program.act('reconciliation.start', { sessionId });
}

async function go(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path, page.url()).href);
}
