import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { NetworkLine } from './support/network.ts';
import { Program } from './support/program.ts';
import { allSent, installed, openCounter, openTill, signIn } from './support/screen-steps.ts';
import { STORY_PASSWORD, Stack } from './support/stack.ts';
import { Tablet } from './support/tablet.ts';

/**
 * A pharmacy's day: two tablets on two tills, the network cut, forty tickets from the same ten lots, a count of thirty products while the other
 * tablet sells, one browser and the server killed −9, everything joined again, closed, reconciled and approved.
 */

const MINUTE_MS = 60_000;
/** Further apart than two clocks may err together (I7). */
const APART_MS = 10 * MINUTE_MS;
const PRICE_MINOR = 250;
const PRODUCTS = Array.from({ length: 30 }, (_, i) => String(i + 1).padStart(2, '0'));
const SOLD = PRODUCTS.slice(0, 10);
/** Opening stock: ten of each, but only three of the tenth, which is sold four times. */
const openingUnits = (product: string) => (product === '10' ? 3 : 10);
/** What lies on the shelf when tablet 1 counts, after ten tickets of each tablet: two sold of the first ten; one pack of the eleventh is missing. */
const shelfUnits = (product: string) => openingUnits(product) - (SOLD.includes(product) ? 2 : 0) - (product === '11' ? 1 : 0);
/** What must be on hand in the evening: the shelf at the count, less what both sold after it. */
const EVENING_UNITS: Readonly<Record<string, number>> = Object.fromEntries(
  PRODUCTS.map((product) => [product, product === '10' ? -1 : SOLD.includes(product) ? 6 : product === '11' ? 9 : 10]),
);
const FLOAT_MINOR = 10_000;
const OWNER = 'owner@story.test';
const PHARMACIST = 'pharmacist@story.test';
const MANAGER = 'manager@story.test';

let stack: Stack;
let lines: NetworkLine[];
let tablets: Tablet[];
let program: Program;

beforeAll(async () => {
  stack = await Stack.start();
  lines = [await NetworkLine.open(stack.port), await NetworkLine.open(stack.port), await NetworkLine.open(stack.port)];
  tablets = await Promise.all(lines.map((line) => Tablet.unpack(line.url)));
  program = await Program.createPharmacy(stack, OWNER);
});
afterAll(async () => {
  await Promise.all((tablets ?? []).map((tablet) => tablet.discard()));
  await Promise.all((lines ?? []).map((line) => line.close()));
  await stack?.stop();
});

test('forty tickets, once each; every lot, drawer and link of the chain adds up', { timeout: 600_000 }, async () => {
  onTestFailed(async () => {
    mkdirSync('test-results', { recursive: true });
    for (const [i, tablet] of tablets.entries()) await tablet.picture(`test-results/tablet-${i + 1}.png`);
  });
  const [line1, line2, line3] = lines;
  const [tablet1, tablet2, tablet3] = tablets;
  if (!line1 || !line2 || !line3 || !tablet1 || !tablet2 || !tablet3) throw new Error('the story needs three tablets');
  const passwords = {
    [OWNER]: STORY_PASSWORD,
    [PHARMACIST]: await program.addMember(PHARMACIST, 'Paul', 'pharmacist'),
    [MANAGER]: await program.addMember(MANAGER, 'Maria', 'manager'),
  };
  for (const name of ['Till 1', 'Till 2']) await program.act('till.add', { name });
  const tills = (await program.records('till')).toSorted((a, b) => a.name.localeCompare(b.name));
  const [till1, till2] = tills;
  if (!till1 || !till2) throw new Error('the story needs two tills');

  // Morning, online: both sign in; the owner imports the catalogue and the opening stock; both open their till.
  await signIn(await tablet1.switchOn({ clock: stack.now }), PHARMACIST, passwords[PHARMACIST]);
  await signIn(await tablet2.switchOn({ clock: stack.now }), OWNER, passwords[OWNER]);
  await importFiles(tablet2.page);
  // The count of the opening stock lies certainly before the first sale.
  await later(tablet1, tablet2);
  await openTill(tablet1.page, till1.id);
  await openTill(tablet2.page, till2.id);
  await allSent(tablet1.page);
  await allSent(tablet2.page);
  await installed(tablet1.page);

  // The network goes. Ten tickets each.
  line1.cut();
  line2.cut();
  for (const product of SOLD) await sell(tablet1, product);
  for (const product of SOLD) await sell(tablet2, product);

  // Tablet 1 counts thirty products; then both go on selling.
  await later(tablet1, tablet2);
  await count(tablet1.page);
  await later(tablet1, tablet2);
  await openCounter(tablet1.page, till1.id);
  for (const product of SOLD.slice(0, 5)) await sell(tablet1, product);

  // Its browser is killed; switched on again without a network it goes on where it was.
  await tablet1.kill();
  await tablet1.switchOn({ clock: stack.now });
  // Killed before it wrote its cookie, as it may be within half a minute of the sign-in: the server will ask who it is.
  await tablet1.page.context().clearCookies();
  await openCounter(tablet1.page, till1.id);
  for (const product of SOLD.slice(5)) await sell(tablet1, product);
  for (const product of SOLD) await sell(tablet2, product);

  // Both close without a network: provisional.
  await close(tablet1.page, 'Till 1', '150.00');
  await close(tablet2.page, 'Till 2', '145.00');
  expect(await tablet1.page.getByRole('region', { name: 'Till 1' }).getByTestId('z-number').innerText()).toMatch(/P-T\d+-\d+/);

  // The server dies and comes back; so does the network.
  await stack.kill();
  await stack.restart();
  line1.restore();
  line2.restore();
  for (const tablet of [tablet1, tablet2]) {
    await tablet.page.goto(new URL('/sync', tablet.page.url()).href);
    await tablet.page.getByRole('button', { name: 'Sync now' }).click();
  }
  await signInAgain(tablet1.page, PHARMACIST, passwords[PHARMACIST]);
  for (const tablet of [tablet1, tablet2]) await allSent(tablet.page);

  // A manager who neither sold nor counted approves the count and both closes.
  await signIn(await tablet3.switchOn({ clock: stack.now }), MANAGER, passwords[MANAGER]);
  const evening = tablet3.page;
  await evening.getByRole('link', { name: 'Counts', exact: true }).click();
  await evening.getByRole('button', { name: 'Approve 30 lines' }).click();
  await evening.getByText('booked').first().waitFor();
  await reconcile(tablet1.page, 'Till 1');
  await reconcile(tablet2.page, 'Till 2');
  await allSent(tablet1.page);
  await allSent(tablet2.page);
  await evening.getByRole('link', { name: 'Close & reconcile' }).click();
  const approve = evening.getByRole('button', { name: 'Approve', exact: true });
  await expect.poll(() => approve.count(), { timeout: 60_000 }).toBe(2);
  await approve.first().click();
  await expect.poll(() => approve.count(), { timeout: 60_000 }).toBe(1);
  await approve.first().click();
  await expect.poll(() => approve.count(), { timeout: 60_000 }).toBe(0);
  await allSent(evening);

  // The books.
  const sales = await program.records('sale');
  expect(sales).toHaveLength(40);
  expect(new Set(sales.map(({ ticketNo }) => ticketNo)).size).toBe(40);
  const items = new Map((await program.records('item')).map((item) => [item.id, item.name]));
  const onHand = (await program.records('lot')).flatMap(({ itemId, onHandUnits }) => {
    const product = /^Storyol (\d\d)$/.exec(items.get(itemId) ?? '')?.[1];
    return product === undefined ? [] : [[product, onHandUnits] as const];
  });
  expect(Object.fromEntries(onHand)).toEqual(EVENING_UNITS);
  const movements = await program.records('cashMovement');
  for (const till of [till1, till2]) {
    const drawer = movements
      .filter(({ tillId, methodId }) => tillId === till.id && methodId === 'cash')
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    expect(drawer).toBe(FLOAT_MINOR + 20 * PRICE_MINOR);
  }
  const reports = await program.records('zReport');
  expect(reports.map(({ tillId, number }) => `${tillId} ${number}`).toSorted()).toEqual(
    [`${till1.id} 1`, `${till2.id} 1`].toSorted(),
  );
  expect((await program.records('reconciliation')).map(({ status }) => status)).toEqual(['approved', 'approved']);
  expect((await program.records('cashSession')).map(({ status }) => status)).toEqual(['reconciled', 'reconciled']);
  expect(await program.verifyAudit()).toBeGreaterThan(80);
});

/** Products, checked first, and opening stock, through the screen; one row of the products is wrong and is reported. */
async function importFiles(page: Page): Promise<void> {
  const items = [
    'code,name,units_per_pack,price',
    ...PRODUCTS.map((product) => `STORY-${product},Storyol ${product},1,2.50`),
    'STORY-99,Wrong,-1,2.50',
  ];
  const lots = [
    'code,lot,expiry,units',
    ...PRODUCTS.map((product) => `STORY-${product},L${product},2028-06-30,${openingUnits(product)}`),
  ];
  await page.getByRole('link', { name: 'Stock', exact: true }).click();
  await page.getByRole('button', { name: 'Import', exact: true }).first().click();
  const files = page.locator('input[type=file]');
  await files.nth(0).setInputFiles({ name: 'items.csv', mimeType: 'text/csv', buffer: Buffer.from(items.join('\n')) });
  await page.getByRole('button', { name: 'Check only' }).first().click();
  await page.getByText('Checked, nothing was changed: 30 would be new, 0 updated, 1 refused.').waitFor();
  const runs = page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true });
  await runs.first().click();
  await page.getByText('Imported: 30 new, 0 updated, 1 refused.').waitFor();
  await files.nth(1).setInputFiles({ name: 'stock.csv', mimeType: 'text/csv', buffer: Buffer.from(lots.join('\n')) });
  await runs.last().click();
  await page.getByText('Imported: 30 new, 0 updated, 0 refused.').waitFor();
}

/** The server wants a new sign-in before it takes anything; what is unsent waits for it. */
async function signInAgain(page: Page, email: string, password: string): Promise<void> {
  await page.locator('[data-testid="sync-badge"][data-connection="sign_in"]').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await signIn(page, email, password);
}

/** One pack, paid with three euros; the first product is scanned, the others are typed. */
async function sell(tablet: Tablet, product: string): Promise<void> {
  const { page } = tablet;
  await page.getByTestId('total').waitFor();
  if (product === SOLD[0]) {
    await tablet.scan(`STORY-${product}`);
    await page.getByRole('button', { name: `Remove Storyol ${product}` }).waitFor();
    if ((await page.getByRole('combobox', { name: /^Scan, or type/ }).inputValue()) !== '') throw new Error('the scan was typed');
  } else {
    // Nobody taps into the field first.
    await page.keyboard.type(`Storyol ${product}`);
    await page.getByRole('option', { name: `Storyol ${product}` }).click();
  }
  await page.getByLabel('Cash received').fill('3.00');
  const before = await page.getByText(/^Ticket .* saved/).allInnerTexts();
  await page.getByRole('button', { name: 'Finish the sale' }).click();
  await expect
    .poll(
      async () =>
        (await page.getByText(/Ticket T\d+-\d+ saved|Saved\. A manager/).allInnerTexts()).join() !== before.join() &&
        (await page.getByTestId('total').innerText()).includes('0.00'),
      { timeout: 30_000 },
    )
    .toBe(true);
}

/** Counts all thirty products as they lie on the shelf. */
async function count(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Counts', exact: true }).click();
  await page.getByLabel('Name of the count').fill('Shelf A');
  await page.getByRole('button', { name: 'Start a count' }).click();
  await page.getByRole('heading', { name: 'Shelf A' }).waitFor();
  for (const product of PRODUCTS) {
    await page.getByRole('combobox', { name: /^Scan, or type/ }).fill(`Storyol ${product}`);
    await page.getByRole('option', { name: `Storyol ${product}` }).click();
    const form = page.getByRole('form', { name: `Storyol ${product}` });
    await form.getByLabel(new RegExp(`^L${product}`)).fill(String(shelfUnits(product)));
    await form.getByRole('button', { name: 'Record what I counted' }).click();
    await form.getByRole('status').waitFor();
  }
}

async function close(page: Page, till: string, cash: string): Promise<void> {
  await page.getByRole('link', { name: 'Close & reconcile' }).click();
  const card = page.getByRole('region', { name: till });
  await card.getByRole('button', { name: `Count ${till}` }).click();
  await card.getByText('Type the amount').click();
  await card.getByLabel('Amount counted').fill(cash);
  await card.getByLabel(/^Card by its own slip/).fill('0.00');
  await card.getByRole('button', { name: 'Seal the count and close' }).click();
  await card.getByTestId('z-number').waitFor();
}

/** Explains what is open and submits. */
async function reconcile(page: Page, till: string): Promise<void> {
  await page.getByRole('link', { name: 'Close & reconcile' }).click();
  const card = page.getByRole('region', { name: till });
  await card.getByText(`Z 1 of ${till}`).waitFor({ timeout: 60_000 });
  await card.getByRole('button', { name: 'Start the reconciliation' }).click();
  await card.getByRole('button', { name: 'Submit for approval' }).waitFor();
  if ((await card.getByText('€5.00 missing').count()) > 0) {
    await card.getByLabel('Amount (minus for missing)').fill('-5.00');
    await card.getByLabel('Note', { exact: true }).fill('receipt of the plumber was not entered');
    await card.getByRole('button', { name: 'Add a step' }).click();
    await card.getByText('receipt of the plumber was not entered').waitFor();
  }
  await card.getByRole('button', { name: 'Submit for approval' }).click();
  await card.getByText('Submitted').waitFor();
}

/** Everybody's clock moves on far enough that before and after are certain. */
async function later(...all: readonly Tablet[]): Promise<void> {
  stack.advance(APART_MS);
  for (const tablet of all) await tablet.setClock(stack.now);
}
