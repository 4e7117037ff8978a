/**
 * `npm run bench:day [catalogue.csv]`: the figures a pharmacy feels, on the real stack and in real Chromium: importing the catalogue, a fresh tablet, tap → saved,
 * push of one device. Prints one line a figure; see `bench/README.md` for how to read them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { NetworkLine } from '#e2e/support/network.ts';
import { Program } from '#e2e/support/program.ts';
import { STORY_PASSWORD, Stack } from '#e2e/support/stack.ts';
import { Tablet } from '#e2e/support/tablet.ts';

const OWNER = 'owner@bench.test';
const TAPS = 60;
const catalogue = process.argv[2] ?? fileURLToPath(new URL('../../shared/data/catalogue_fr.csv', import.meta.url));

/**
 * From the tap on "Record" to the badge that counts one more unsent act, measured inside the page while the network is cut. Text, because the
 * bundler would name what it cannot find there.
 */
const TAP_TO_SAVED = `new Promise((resolve, reject) => {
  const button = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Record');
  const badge = document.querySelector('[data-testid=sync-badge]');
  if (!button || !badge) return reject(new Error('there is no button to tap'));
  const before = badge.dataset.unsent;
  const startedAt = performance.now();
  const observer = new MutationObserver(() => {
    if (badge.dataset.unsent === before) return;
    observer.disconnect();
    resolve(performance.now() - startedAt);
  });
  observer.observe(badge, { attributes: true });
  button.click();
})`;

const stack = await Stack.start();
const line = await NetworkLine.open(stack.port);
const tablet = await Tablet.unpack(line.url);
try {
  const program = await Program.createPharmacy(stack, OWNER);
  await program.act('till.add', { name: 'Till 1' });
  if (existsSync(catalogue))
    say('import of the catalogue', await timed(() => program.import('items', readFileSync(catalogue))), 's');
  else console.log(`no catalogue at ${catalogue}: import not measured`);

  const page = await tablet.switchOn();
  await page.getByLabel('E-mail').fill(OWNER);
  await page.getByRole('textbox', { name: 'Password' }).fill(STORY_PASSWORD);
  const fresh = await timed(async () => {
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Today' }).waitFor({ timeout: 120_000 });
  });
  say('fresh tablet, sign-in to Today', fresh, 's');

  await page.getByRole('link', { name: /(Open|Sell on) Till 1/ }).click();
  await page.getByText('Type the amount').click();
  await page.getByLabel('Amount counted').fill('100.00');
  await page.getByRole('button', { name: 'Open the till' }).click();
  await page.getByTestId('total').waitFor();
  line.cut();
  const taps: number[] = [];
  await page.getByRole('button', { name: 'Cash in or out' }).click();
  for (let i = 0; i < TAPS; i += 1) {
    await page.getByLabel('Amount', { exact: true }).fill(`${i + 1}.00`);
    taps.push(Number(await page.evaluate(TAP_TO_SAVED)));
  }
  taps.sort((a, b) => a - b);
  say('tap to saved, median', at(taps, 0.5), 'ms');
  say('tap to saved, p95', at(taps, 0.95), 'ms');
  say('first screen JS', firstScreenKb(), 'kB gz');
} finally {
  await tablet.discard();
  await line.close();
  await stack.stop();
}

/** What the page loads before somebody can sign in, or work when signed in, whichever is more: the scripts of the HTML and the screen's own, with all they import. */
function firstScreenKb(): number {
  const assets = fileURLToPath(new URL('../dist/assets/', import.meta.url));
  const html = readFileSync(new URL('../dist/index.html', import.meta.url), 'utf8');
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
  const loadedWith = (screen: string): number => {
    const loaded = new Set(scripts.filter((name) => html.includes(name) || name.startsWith(screen)));
    for (const name of loaded)
      for (const [, imported = ''] of readFileSync(`${assets}${name}`, 'utf8').matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
        loaded.add(imported);
    return [...loaded].reduce((sum, name) => sum + gzipSync(readFileSync(`${assets}${name}`)).length, 0) / 1_000;
  };
  return Math.max(loadedWith('sign-in-page-'), loadedWith('routes-'));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function say(name: string, value: number, unit: string): void {
  console.log(`${name.padEnd(36)} ${value.toFixed(value < 100 ? 2 : 0)} ${unit}`);
}
