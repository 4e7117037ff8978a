import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Program } from './support/program.ts';
import { allSent, installed, openCounter, openTill, prepareCash, recordCash, signIn, unsent } from './support/screen-steps.ts';
import { STORY_PASSWORD, Stack } from './support/stack.ts';
import { Tablet } from './support/tablet.ts';

/**
 * A new version of the app is served while acts are waiting: two tabs, one switches, the other goes on with the version before for a while. The next version
 * is a build of its own, all of whose files have other names.
 */

const OWNER = 'owner@update.test';
const ROOT = fileURLToPath(new URL('../', import.meta.url));

let stack: Stack;
let tablet: Tablet;
let program: Program;
let tillId: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'served-'));
  await cp(path.join(ROOT, 'dist'), path.join(folder, 'served'), { recursive: true });
  await build({
    configFile: path.join(ROOT, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: path.join(folder, 'next'), rolldownOptions: { output: { banner: '/* the next version */' } } },
  });
  stack = await Stack.start({ dist: path.join(folder, 'served') });
  tablet = await Tablet.unpack(stack.url);
  program = await Program.createPharmacy(stack, OWNER);
  tillId = (await program.act('till.add', { name: 'Till 1' })).id;
  const page = await tablet.switchOn();
  await signIn(page, OWNER, STORY_PASSWORD);
  await openTill(page, tillId);
  await allSent(page);
  await installed(page);
}, 240_000);
afterAll(async () => {
  await tablet?.discard();
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('[SY25] an update in the middle of the queue keeps it; every act is sent once, also those of the tab that did not update', async () => {
  const { page } = tablet;
  const other = await tablet.openTab();
  await openCounter(other, tillId);
  // The network is there, but no act gets through.
  await page.context().route('**/api/sync/push', (route) => route.abort());
  await save(page, '1.00');
  await save(page, '2.00');
  await unsent(page, 2);

  await rename(path.join(folder, 'served'), path.join(folder, 'before'));
  await rename(path.join(folder, 'next'), path.join(folder, 'served'));
  const before = await scriptOf(page);
  // The browser looks for a newer version, and again should one look come to nothing.
  const look = async () => {
    await page.evaluate('navigator.serviceWorker.ready.then((registration) => registration.update()).catch(() => undefined)');
    return page.getByText('A new version is ready').isVisible();
  };
  await expect.poll(look, { timeout: 120_000, interval: 1_000 }).toBe(true);
  await save(page, '3.00');
  await unsent(page, 3);
  await page.getByText('Unsent work is kept and sent afterwards.').waitFor();
  await page.getByRole('button', { name: 'Update now' }).click();

  await expect.poll(() => scriptOf(page).catch(() => before), { timeout: 60_000 }).not.toBe(before);
  await unsent(page, 3);
  await page.getByTestId('total').waitFor();
  await save(page, '4.00');
  // The other tab still runs the version before: it works, its act is seen here, and it is offered the new one too.
  expect(await scriptOf(other)).toBe(before);
  await save(other, '5.00');
  await unsent(page, 5);
  await other.getByRole('button', { name: 'Update now' }).click();
  await expect.poll(() => scriptOf(other).catch(() => before), { timeout: 60_000 }).not.toBe(before);
  await unsent(other, 5);

  await page.context().unroute('**/api/sync/push');
  await page.evaluate("dispatchEvent(new Event('online'))");
  for (const tab of [page, other]) await allSent(tab);
  const saved = (await program.records('cashMovement')).filter(({ type }) => type === 'CASH_IN').toSorted((a, b) => a.n - b.n);
  expect(saved.map(({ n, amountMinor }) => `${n} ${amountMinor}`)).toEqual(['2 100', '3 200', '4 300', '5 400', '6 500']);
});

/** One act, saved when this resolves. */
async function save(page: Page, amount: string): Promise<void> {
  const waiting = async () => Number(await page.getByTestId('sync-badge').getAttribute('data-unsent'));
  await prepareCash(page, amount);
  const before = await waiting();
  await recordCash(page);
  await expect.poll(waiting, { timeout: 60_000 }).toBe(before + 1);
}

/** The script a page was started from, which names its version. */
function scriptOf(page: Page): Promise<string> {
  return page.evaluate(() => document.querySelector('script[type=module]')?.getAttribute('src') ?? '');
}
