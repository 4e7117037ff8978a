import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { Stack } from './support/stack.ts';
import { Tablet } from './support/tablet.ts';

/** `npm run pictures`: the pictures of the README, taken from the running demo pharmacy. */

const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const PASSWORD = 'demo-pharmacy';

mkdirSync(folder, { recursive: true });
const stack = await Stack.start({ demo: true });
const tablet = await Tablet.unpack(stack.url);
try {
  const page = await tablet.switchOn();
  await page.getByLabel('E-mail').fill('manager@demo.test');
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Today' }).waitFor({ timeout: 60_000 });
  await page.locator('[data-testid="sync-badge"][data-connection="online"]').waitFor();
  await shoot(page, 'today');
  await page.getByRole('link', { name: /(Open|Sell on) Till 1/ }).click();
  await page.getByText('Type the amount').click();
  await page.getByLabel('Amount counted').fill('100.00');
  await page.getByRole('button', { name: 'Open the till' }).click();
  for (const text of ['Paramol 10', 'Ibulor 20']) {
    await page.getByRole('combobox', { name: /^Scan, or type/ }).fill(text);
    await page.getByRole('option').first().click();
  }
  await page.getByLabel('Cash received').fill('100.00');
  await shoot(page, 'counter');
  await page.getByRole('link', { name: 'Close & reconcile' }).click();
  await page.getByTestId('z-number').first().waitFor();
  await shoot(page, 'close');
  await page.getByRole('link', { name: 'Stock', exact: true }).click();
  await page.getByRole('heading', { name: 'Stock' }).waitFor();
  await shoot(page, 'stock');
  await page.getByRole('link', { name: 'Audit' }).click();
  await page.getByRole('button', { name: 'Verify the whole log' }).click();
  await page.getByText(/^All .* entries fit together/).waitFor();
  await shoot(page, 'audit');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${stack.url}/counter`);
  await page.getByRole('heading').first().waitFor();
  await shoot(page, 'phone');
} finally {
  await tablet.discard();
  await stack.stop();
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${folder}${name}.png` });
}
