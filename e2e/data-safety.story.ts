import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainItem } from '#schema/testing/plain-item.ts';
import { createNodeEnv } from '#server/env.ts';
import { readRescueFile } from '#server/rescue/read-rescue-file.ts';
import { RescueKeys } from '#server/rescue/rescue-keys.ts';
import { loadRescueSecret } from '#server/rescue/rescue-secret.ts';
import { type OneTill, openOneTill } from './support/one-till.ts';
import type { Program } from './support/program.ts';
import { allSent, installed, prepareCash, recordCash, signIn, unsent } from './support/screen-steps.ts';
import { STORY_PASSWORD } from './support/stack.ts';

/**
 * A tablet that cannot reach the server: it says what lies only on it, exports the rescue file, which the server's secret opens, and is reset only with
 * that. And a price that two people changed: the screen explains it and mends it on the spot.
 */

const OWNER = 'owner@safety.test';

let shop: OneTill;
let itemId: string;

beforeAll(async () => {
  const prepare = async (program: Program) => {
    itemId = (await program.act('item.add', { fields: DOLIRO })).id;
  };
  shop = await openOneTill(OWNER, { prepare });
  await installed(shop.tablet.page);
});
afterAll(() => shop?.close());

test('[SY23] a price changed on two tablets is explained with who and when, and mine is sent again over it', async () => {
  const { page } = shop.tablet;
  await go(page, `/stock/${itemId}`);
  await page.getByRole('button', { name: 'Edit' }).click();
  shop.line.cut();
  await shop.program.act('item.edit', { itemId, changes: { packPriceMinor: { from: 250, to: 260 } } });
  await page.getByLabel('Price of a pack').fill('2.75');
  await page.getByRole('button', { name: 'Save' }).click();
  await unsent(page, 1);
  shop.line.restore();
  await page.keyboard.press('Escape');
  await page.getByTestId('sync-badge').click();
  await page.getByRole('button', { name: 'Sync now' }).click();

  await page.getByRole('link', { name: 'Look at it' }).first().click();

  const field = page.getByTestId('field-packPriceMinor');
  await field.getByText(/^Olga, Program, /).waitFor();
  expect(await field.innerText()).toMatch(/€2\.50[\s\S]*€2\.75[\s\S]*€2\.60/);
  expect(await page.getByTestId('effect').innerText()).toBe('Difference, yours less theirs: +€0.15');
  await page.getByRole('region', { name: 'Who changed it since' }).getByText('Edit a product').waitFor();
  await page.getByRole('button', { name: 'Use mine again' }).click();
  await page.getByText(/^Saved as T\d+-\d+/).waitFor();
  await allSent(page);
  expect((await shop.program.records('item')).map(({ packPriceMinor }) => packPriceMinor)).toEqual([275]);
});

test('[SY24] [SY25] without a network the work leaves the tablet as a rescue file, and only then a reset takes it off', async () => {
  const { page } = shop.tablet;
  shop.line.cut();
  await go(page, `/counter?till=${shop.tillId}`);
  await prepareCash(page, '17.50');
  await recordCash(page);
  await unsent(page, 1);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('dialog').getByText('1 act of this tablet has not reached the server').waitFor();
  await page.getByRole('dialog').getByText('Money in them: €17.50').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

  await go(page, '/sync');
  await page.getByRole('button', { name: 'Reset this tablet' }).click();
  const dialog = page.getByRole('dialog');
  const reset = dialog.getByRole('button', { name: 'Reset', exact: true });
  await dialog.getByText('Money in them: €17.50').waitFor();
  expect(await reset.isDisabled()).toBe(true);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save a rescue file' }).click(),
  ]);
  await dialog.getByLabel(/^Type .* to go on$/).fill('Tablet');
  await reset.click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();

  const keys = new RescueKeys(await loadRescueSecret(shop.stack.dataDir, null));
  const read = readRescueFile(await readFile(await download.path(), 'utf8'), keys, createNodeEnv().sha256);
  const inside = read.ok ? read.value.entries.map(({ mutation, receipt }) => [mutation.name, receipt === null]) : read.error;
  expect(inside).toEqual([
    ['cashSession.open', false],
    ['item.edit', false],
    ['item.edit', false],
    ['cashMovement.record', true],
  ]);
  await expect
    .poll(() => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? '')))
    .toSatisfy((names: string[]) => names.every((name) => !/-outbox|-r\d+-/.test(name)));

  shop.line.restore();
  await signIn(page, OWNER, STORY_PASSWORD);
  await allSent(page);
  expect(await page.getByTestId('who').innerText()).toContain('(T3)');
});

async function go(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path, page.url()).href);
}

const DOLIRO = plainItem({ name: 'Doliro 500 mg', packLabel: '16 tablets', unitsPerPack: 16, packPriceMinor: 250 });
