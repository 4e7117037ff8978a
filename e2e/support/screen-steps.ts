import type { Page } from 'playwright-core';
import { fillAmount } from './fill-amount.ts';

/** Steps that several stories take through the screens. */

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByTestId('sync-badge').waitFor({ timeout: 60_000 });
}

/** The service worker has taken over and the app will open without a network. */
export async function installed(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    await navigator.serviceWorker.ready;
    return navigator.serviceWorker.controller !== null;
  });
}

export async function openCounter(page: Page, tillId: string): Promise<void> {
  await page.goto(new URL(`/counter?till=${tillId}`, page.url()).href);
}

/** Opens a till with a float of 100.00. */
export async function openTill(page: Page, tillId: string): Promise<void> {
  await openCounter(page, tillId);
  await page.getByText('Type the amount').click();
  await page.getByLabel('Amount counted').fill('100.00');
  await page.getByRole('button', { name: 'Open the till' }).click();
  await page.getByTestId('total').waitFor();
}

/** Opens the form for cash in and out on the counter of an open till and types an amount; `recordCash` saves it. */
export async function prepareCash(page: Page, amount: string): Promise<void> {
  const form = page.getByLabel('Amount', { exact: true });
  if (!(await form.isVisible())) await page.getByRole('button', { name: 'Cash in or out' }).click();
  await form.fill(amount);
}

/** Taps "Record", and again with the same amount as soon as the form takes it, as fast as the page can, also in a tab behind another. */
export async function recordCash(page: Page, times = 1): Promise<void> {
  const amount = await page.getByLabel('Amount', { exact: true }).inputValue();
  await page.evaluate(`(async () => {
    [...document.querySelectorAll('button')].find((one) => one.textContent === 'Record').click();
    for (let time = 1; time < ${times}; time += 1) (await ${fillAmount(amount)}).click();
  })()`);
}

/** The badge says that so many acts wait. */
export async function unsent(page: Page, count: number): Promise<void> {
  await badgeSays(page, `[data-unsent="${count}"]`, 60_000);
}

export async function allSent(page: Page): Promise<void> {
  await badgeSays(page, '[data-unsent="0"][data-connection="online"]', 120_000);
}

/** Waits for the badge to say something; a failure tells what the page showed instead. */
async function badgeSays(page: Page, what: string, timeout: number): Promise<void> {
  const badge = page.locator(`[data-testid="sync-badge"]${what}`);
  await badge.waitFor({ timeout }).catch(async (cause: unknown) => {
    const shown = await page.evaluate(() => document.body.innerText).catch(String);
    throw new Error(`the badge never said ${what}; the page shows: ${shown.slice(0, 500)}`, { cause });
  });
}
