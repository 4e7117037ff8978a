import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stack } from './support/stack.ts';
import { SCREENS, Tablet } from './support/tablet.ts';

/**
 * Every screen of the demo pharmacy, with the parts that open on it: no violation of WCAG 2.2 A and AA that axe can find at tablet size, and
 * nothing beyond the edge of a phone.
 */

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let stack: Stack;
let tablet: Tablet;

beforeAll(async () => {
  stack = await Stack.start({ demo: true });
  tablet = await Tablet.unpack(stack.url);
});
afterAll(async () => {
  await tablet?.discard();
  await stack?.stop();
});

test('every screen can be read aloud, told apart and held in a hand', async () => {
  const page = await tablet.switchOn();
  const faults: Record<string, string[]> = {};
  const look = async (name: string) => {
    faults[name] = [...(await violationsOn(page)), ...(await beyondThePhone(page))];
  };

  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await look('sign in');
  await page.getByRole('button', { name: 'Create a pharmacy' }).click();
  await look('first run');
  await page.getByRole('button', { name: 'I already have an account' }).click();
  await page.getByLabel('E-mail').fill('manager@demo.test');
  await page.getByRole('textbox', { name: 'Password' }).fill('demo-pharmacy');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'The day so far' }).waitFor({ timeout: 60_000 });
  await look('today');

  await go(page, 'Stock');
  await page.getByRole('list', { name: 'Stock' }).getByRole('link').first().waitFor();
  await look('stock');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await look('import');
  await page.keyboard.press('Escape');
  await page.getByRole('list', { name: 'Stock' }).getByRole('link').first().click();
  await page.getByRole('region', { name: 'Lots' }).waitFor();
  await look('product');

  await go(page, 'Close & reconcile');
  await page.getByRole('table', { name: 'Counted and expected' }).first().waitFor();
  await page.getByText('Slip of this close').first().click();
  await page.getByText('Money, movement by movement').first().click();
  await page.getByText('Tickets, one by one').first().click();
  await page.getByRole('table', { name: 'Tickets, one by one' }).waitFor();
  await page.getByText('Take out, put in, send to a till').click();
  await page.getByText('Movements of the safe').click();
  await look('close');

  await go(page, 'Counts');
  await page.getByLabel('Name of the count').fill('Shelf A');
  await page.getByRole('button', { name: 'Start a count' }).click();
  await page.getByRole('heading', { name: 'Shelf A' }).waitFor();
  await search(page, 'Paramol 10');
  await page
    .getByRole('form', { name: /^Paramol 10/ })
    .getByRole('textbox')
    .first()
    .fill('7');
  await page.getByRole('button', { name: 'Record what I counted' }).click();
  await page.getByRole('table', { name: 'Lines of Shelf A' }).waitFor();
  await look('counts');

  await go(page, 'Today');
  await page.getByRole('link', { name: /(Open|Sell on) Till 1/ }).click();
  await page.getByRole('button', { name: 'Open the till' }).waitFor();
  await look('open a till');
  await page.getByText('Type the amount').click();
  await page.getByLabel('Amount counted').fill('100.00');
  await page.getByRole('button', { name: 'Open the till' }).click();
  await page.getByTestId('total').waitFor();
  await search(page, 'Paramol 10');
  await page.getByRole('button', { name: /^Change lots of/ }).click();
  await page.getByRole('dialog').getByLabel('Another lot, as printed').fill('ZZ9');
  await page.getByRole('dialog').getByLabel('Expiry').fill('10/2099');
  await look('lots');
  await page.getByRole('button', { name: 'Take this lot' }).click();
  await page.getByRole('button', { name: 'Take these' }).click();
  await page.getByRole('button', { name: 'Cash in or out' }).click();
  await look('counter');
  await page.getByRole('button', { name: 'Transfers' }).click();
  await look('transfers');

  await go(page, 'Sync centre');
  await page.getByRole('heading', { name: 'What I did' }).waitFor();
  await look('sync centre');
  await go(page, 'Audit');
  await page.getByRole('table', { name: 'Audit' }).waitFor();
  await look('audit');

  expect(faults).toEqual(Object.fromEntries(Object.keys(faults).map((name) => [name, []])));
});

async function go(page: Page, screen: string): Promise<void> {
  await page.getByRole('link', { name: screen, exact: true }).click();
}

/** Picks a product on the screen's first search field. */
async function search(page: Page, name: string): Promise<void> {
  await page
    .getByRole('combobox', { name: /^Scan, or type/ })
    .first()
    .fill(name);
  await page.getByRole('option').first().click();
}

async function violationsOn(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}

/** What lies beyond the right edge of a phone once the screen has settled there; leaves it at tablet size. */
async function beyondThePhone(page: Page): Promise<string[]> {
  await page.setViewportSize(SCREENS.phone);
  const settled = page.waitForFunction(
    (width) => [...document.querySelectorAll('main *')].every((element) => element.getBoundingClientRect().right <= width + 1),
    SCREENS.phone.width,
    { timeout: 10_000 },
  );
  const fits = await settled.then(
    () => true,
    () => false,
  );
  const found = await page.evaluate((width) => {
    const beyond = [...document.querySelectorAll('main *')].filter(
      (element) => element.getBoundingClientRect().right > width + 1,
    );
    return beyond.slice(0, 5).map((element) => `beyond the phone: ${element.outerHTML.slice(0, 120)}`);
  }, SCREENS.phone.width);
  await page.setViewportSize(SCREENS.tablet);
  return fits ? [] : found;
}
