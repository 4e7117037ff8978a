/**
 * `npm run bench:tap [records] [queued]`: how long a tap takes on a tablet that holds many records and many unsent acts, on the real stack and in real Chromium.
 * Prints one line a figure; see `bench/README.md` for how to read them.
 */
import type { Page } from 'playwright-core';
import { NetworkLine } from '#e2e/support/network.ts';
import { Program } from '#e2e/support/program.ts';
import { allSent, openTill, signIn } from '#e2e/support/screen-steps.ts';
import { STORY_PASSWORD, Stack } from '#e2e/support/stack.ts';
import { Tablet } from '#e2e/support/tablet.ts';
import { FILL_AMOUNT } from './fill-amount.ts';

const OWNER = 'owner@bench.test';
const RECORDS = Number(process.argv[2] ?? 100_000);
const QUEUED = Number(process.argv[3] ?? 1_000);
/** An item with its code, and its lot with the opening stock, are six records. */
const ITEMS = Math.ceil(RECORDS / 6);
const MOVEMENTS = 100;
const SALES = 40;
const STILL_MS = 100;
const SLOWDOWNS = [1, 4];

/** In the page: taps "Record" and resolves with the milliseconds until the badge counts one more unsent act. */
const TAP_RECORD = `${FILL_AMOUNT}.then((button) => new Promise((resolve) => {
  const badge = document.querySelector('[data-testid=sync-badge]');
  const before = badge.dataset.unsent;
  const startedAt = performance.now();
  const observer = new MutationObserver(() => {
    if (badge.dataset.unsent === before) return;
    observer.disconnect();
    resolve(performance.now() - startedAt);
  });
  observer.observe(badge, { attributes: true });
  button.click();
}))`;

/** In the page: taps "Finish the sale" and resolves with the milliseconds until another ticket is called saved. */
const TAP_FINISH = `new Promise((resolve, reject) => {
  const button = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Finish the sale');
  if (!button) return reject(new Error('there is no button to tap'));
  const ticket = () => /Ticket T\\d+-\\d+ saved/.exec(document.body.innerText)?.[0];
  const before = ticket();
  const startedAt = performance.now();
  const observer = new MutationObserver(() => {
    const now = ticket();
    if (now === undefined || now === before) return;
    observer.disconnect();
    resolve(performance.now() - startedAt);
  });
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  button.click();
})`;

/** In the page: how many rows the replica holds. */
const COUNT_ROWS = `(async () => {
  const counts = await Promise.all((await indexedDB.databases()).filter(({ name }) => name.includes('-r') && name.endsWith('--rows')).map(({ name }) =>
    new Promise((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => {
        const counting = opening.result.transaction('docs').objectStore('docs').count();
        counting.onsuccess = () => { opening.result.close(); resolve(counting.result); };
      };
    })));
  return Math.max(...counts);
})()`;

const stack = await Stack.start({ clock: 'real' });
const line = await NetworkLine.open(stack.port);
const tablet = await Tablet.unpack(line.url);
try {
  const program = await Program.createPharmacy(stack, OWNER);
  const till = await program.act('till.add', { name: 'Till 1' });
  const numbers = Array.from({ length: ITEMS }, (_, i) => String(i + 1).padStart(6, '0'));
  const items = numbers.map((number) => `BENCH-${number},Benchol ${number},1,2.50`);
  await program.import('items', Buffer.from(['code,name,units_per_pack,price', ...items].join('\n')));
  const lots = numbers.map((number) => `BENCH-${number},L${number},2030-06-30,1000`);
  await program.import('stock', Buffer.from(['code,lot,expiry,units', ...lots].join('\n')));

  const page = await tablet.switchOn();
  await signIn(page, OWNER, STORY_PASSWORD);
  await openTill(page, till.id);
  await allSent(page);
  console.log(`records on the tablet: ${Number(await page.evaluate(COUNT_ROWS))}`);
  line.cut();
  await page.getByRole('button', { name: 'Cash in or out' }).click();
  await page.getByLabel('Amount', { exact: true }).waitFor();
  await page.evaluate(`(async () => { for (let i = 0; i < ${QUEUED}; i += 1) await ${TAP_RECORD}; })()`);
  const session = await page.context().newCDPSession(page);
  for (const rate of SLOWDOWNS) {
    await session.send('Emulation.setCPUThrottlingRate', { rate });
    console.log(`${await page.getByTestId('sync-badge').getAttribute('data-unsent')} acts unsent, CPU slowed ${rate} times`);
    const movements: number[] = [];
    for (let i = 0; i < MOVEMENTS; i += 1) movements.push(await calmly(page, TAP_RECORD));
    say('cash movement, tap to badge', movements);
    const sales: number[] = [];
    for (let i = 0; i < SALES; i += 1) sales.push(await sell(page, numbers[i * 7] ?? ''));
    say('sale, tap to "saved"', sales);
  }
} finally {
  await tablet.discard();
  await line.close();
  await stack.stop();
}

async function sell(page: Page, number: string): Promise<number> {
  await page.getByRole('combobox', { name: /^Scan, or type/ }).fill(`Benchol ${number}`);
  await page.getByRole('option', { name: `Benchol ${number}` }).click({ timeout: 120_000 });
  await page.getByLabel('Cash received').fill('3.00');
  return calmly(page, TAP_FINISH);
}

/** A tap as a person makes it: when the screen has been still for a moment. */
async function calmly(page: Page, tap: string): Promise<number> {
  return Number(await page.evaluate(`new Promise((resolve) => setTimeout(resolve, ${STILL_MS})).then(() => ${tap})`));
}

function say(name: string, taps: readonly number[]): void {
  const sorted = taps.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
  console.log(`${name.padEnd(32)} p50 ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)} ms`);
}
