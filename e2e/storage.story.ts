import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OneTill, openOneTill } from './support/one-till.ts';
import { allSent, openCounter, prepareCash, recordCash, signIn, unsent } from './support/screen-steps.ts';
import { STORY_PASSWORD } from './support/stack.ts';

/** The browser has no room, then clears what the tablet had stored: first the databases alone, under an open page, then everything. */

const OWNER = 'owner@cleared.test';

let shop: OneTill;

beforeAll(async () => {
  shop = await openOneTill(OWNER);
});
afterAll(() => shop?.close());

test('[SY2] without room the person is told before anything is said to be saved, and can try again', async () => {
  await shop.tablet.switchOff();
  const page = await shop.tablet.switchOn({ storageBytes: 1 });
  await openCounter(page, shop.tillId);
  await prepareCash(page, '10.00');
  await page.getByLabel('Note').fill('change from the bank');
  await recordCash(page);
  await page.getByText('Not saved: the storage of this device is full.').waitFor();
  expect(await page.getByLabel('Amount', { exact: true }).inputValue()).toBe('10.00');
  expect(await page.getByLabel('Note').inputValue()).toBe('change from the bank');
  await unsent(page, 0);
  await shop.tablet.limitStorage(null);
  await recordCash(page);
  await expect.poll(cashIn, { timeout: 60_000 }).toEqual(['T2-2 1000']);
});

test('[SY25] a tablet whose databases were cleared goes on as another, and says which tickets are missing', async () => {
  const { page } = shop.tablet;
  // T2-1 opened the till, T2-2 is received; T2-3 and T2-4 will not be.
  shop.line.cut();
  // The form is empty again after each act that was saved.
  await prepareCash(page, '10.00');
  await recordCash(page, 2);
  await unsent(page, 2);
  await prepareCash(page, '10.00');

  await shop.tablet.clearStored('indexeddb');
  await recordCash(page);
  shop.line.restore();
  await page.evaluate("dispatchEvent(new Event('online'))");
  const notice = page.getByTestId('renewed');
  await notice.waitFor({ timeout: 60_000 });
  expect(await notice.innerText()).toContain('T2-3 to T2-4 had not been sent and are missing');
  expect(await page.getByTestId('who').innerText()).toContain('(T3)');

  // It goes on under its new number, and nothing was numbered twice.
  await openCounter(page, shop.tillId);
  await prepareCash(page, '20.00');
  await recordCash(page);
  await expect.poll(cashIn, { timeout: 60_000 }).toEqual(['T2-2 1000', 'T3-1 2000']);
  expect(await tablets()).toEqual(['T2 lost, received to 2', 'T3 active, received to 1']);
  const told = (await shop.program.records('exception')).map(({ codes, details }) => ({ codes, details }));
  expect(told).toMatchObject([{ codes: ['device_evicted'], details: { number: 2, receivedN: 2, madeN: 4 } }]);
  await page.getByRole('link', { name: 'Today' }).click();
  await page.getByText('Tablet (T2) is gone. It was received up to T2-2; T2-3 to T2-4 are missing.').waitFor();
});

test('[SY25] a tablet that lost everything is a new one, and the old one is declared lost by hand', async () => {
  const { page } = shop.tablet;
  await page.goto('about:blank');
  await shop.tablet.clearStored('all');
  await page.goto(shop.line.url);
  await signIn(page, OWNER, STORY_PASSWORD);
  await allSent(page);
  expect(await page.getByTestId('who').innerText()).toContain('(T4)');
  await page.getByRole('row', { name: /T3/ }).getByRole('button', { name: 'Declare lost' }).click();
  await page.getByRole('dialog').getByLabel('What happened').fill('cleared by the browser');
  await page.getByRole('dialog').getByRole('button', { name: 'Declare lost' }).click();
  await expect
    .poll(tablets, { timeout: 60_000 })
    .toEqual(['T2 lost, received to 2', 'T3 lost, received to 1', 'T4 active, received to 1']);
});

/** Cash put in, by ticket and amount. */
async function cashIn(): Promise<string[]> {
  const numbers = new Map((await shop.program.records('device')).map(({ id, number }) => [id, number]));
  return (await shop.program.records('cashMovement'))
    .filter(({ type }) => type === 'CASH_IN')
    .map(({ deviceId, n, amountMinor }) => `T${numbers.get(deviceId)}-${n} ${amountMinor}`);
}

/** Every tablet but the program that prepared the story. */
async function tablets(): Promise<string[]> {
  return (await shop.program.tablets())
    .filter(({ name }) => name !== 'Program')
    .map(({ number, status, receivedN }) => `T${number} ${status}, received to ${receivedN}`);
}
