/**
 * `npm run bench:tap [records] [queued] [name=dist …]`: how long a tap takes on a tablet that holds many records and many unsent acts, on the real stack and in real
 * Chromium. With built apps (`before=/tmp/dist-before after=dist`) each gets a stack and a tablet of its own and they take turns, so that a busy machine is busy for all.
 * Prints one line a figure; see `bench/README.md` for how to read them.
 */
import type { CDPSession, Page } from 'playwright-core';
import { fillAmount } from '#e2e/support/fill-amount.ts';
import { NetworkLine } from '#e2e/support/network.ts';
import { Program } from '#e2e/support/program.ts';
import { allSent, openTill, signIn } from '#e2e/support/screen-steps.ts';
import { STORY_PASSWORD, Stack } from '#e2e/support/stack.ts';
import { Tablet } from '#e2e/support/tablet.ts';

const OWNER = 'owner@bench.test';
const RECORDS = Number(process.argv[2] ?? 100_000);
const QUEUED = Number(process.argv[3] ?? 1_000);
const APPS = process.argv.slice(4).map((app) => app.split('=', 2));
/** An item with its code, and its lot with the opening stock, are six records. */
const ITEMS = Math.ceil(RECORDS / 6);
const ROUNDS = 6;
/** Of each kind, on each tablet, in each round. */
const TAPS = 10;
const STILL_MS = 100;
const SLOWDOWNS = [1, 4];
/** An opening stock this fresh asks for a recount of whatever is sold out of it. */
const STOCK_SETTLES_MS = 65_000;

/** In the page: resolves with the milliseconds until what `isDone` looks for is in the page, and until that is painted. */
const WATCH = `(watched, isDone, button) => new Promise((resolve) => {
  const startedAt = performance.now();
  const observer = new MutationObserver((changes) => {
    if (!isDone(changes)) return;
    observer.disconnect();
    const told = performance.now() - startedAt;
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => resolve([told, performance.now() - startedAt]);
      after.port2.postMessage(null);
    });
  });
  observer.observe(watched, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['data-unsent'] });
  button.click();
})`;

/** In the page: taps "Record"; done when the badge counts one more unsent act. */
const TAP_RECORD = `${fillAmount('1.00')}.then((button) => {
  const badge = document.querySelector('[data-testid=sync-badge]');
  const before = badge.dataset.unsent;
  return (${WATCH})(badge, () => badge.dataset.unsent !== before, button);
})`;

/** In the page: taps "Finish the sale"; done when a ticket is called saved. Only what changed is read, not the page. */
const TAP_FINISH = `(() => {
  const button = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Finish the sale');
  if (!button) throw new Error('there is no button to tap');
  const isSaid = (node) => /Ticket T\\d+-\\d+ saved/.test(node.textContent);
  return (${WATCH})(document.body, (changes) => changes.some(({ addedNodes }) => [...addedNodes].some(isSaid)), button);
})()`;

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

interface Bench {
  readonly name: string;
  readonly stack: Stack;
  readonly line: NetworkLine;
  readonly tablet: Tablet;
  readonly page: Page;
  readonly session: CDPSession;
  sold: number;
}

/** Milliseconds until told, until painted, and of the page's main thread on a processor, with what follows the tap. */
type Tap = readonly [told: number, painted: number, busy: number];

const numbers = Array.from({ length: ITEMS }, (_, i) => String(i + 1).padStart(6, '0'));
const benches: Bench[] = [];
try {
  for (const [name = '', dist] of APPS.length > 0 ? APPS : [['']]) benches.push(await setUp(name, dist));
  for (const rate of SLOWDOWNS) {
    for (const { session } of benches) await session.send('Emulation.setCPUThrottlingRate', { rate });
    const taps = new Map<string, Tap[]>();
    for (let round = 0; round < ROUNDS; round += 1)
      for (const bench of benches)
        for (let i = 0; i < TAPS; i += 1) {
          note(taps, `${bench.name} cash movement, tap to badge`, await measure(bench, TAP_RECORD));
          await fillTicket(bench);
          note(taps, `${bench.name} sale, tap to "saved"`, await measure(bench, TAP_FINISH));
        }
    console.log(`CPU slowed ${rate} times`);
    for (const [what, list] of taps) say(what.trim(), list);
  }
} finally {
  for (const { tablet, line, stack } of benches) {
    await tablet.discard();
    await line.close();
    await stack.stop();
  }
}

/** A full tablet without a network, its form for cash movements open. */
async function setUp(name: string, dist: string | undefined): Promise<Bench> {
  const stack = await Stack.start(dist === undefined ? { clock: 'real' } : { dist });
  const line = await NetworkLine.open(stack.port);
  const tablet = await Tablet.unpack(line.url);
  const program = await Program.createPharmacy(stack, OWNER);
  const till = await program.act('till.add', { name: 'Till 1' });
  const items = numbers.map((number) => `BENCH-${number},Benchol ${number},1,2.50`);
  await program.import('items', Buffer.from(['code,name,units_per_pack,price', ...items].join('\n')));
  const lots = numbers.map((number) => `BENCH-${number},L${number},2030-06-30,1000`);
  await program.import('stock', Buffer.from(['code,lot,expiry,units', ...lots].join('\n')));
  await wait(STOCK_SETTLES_MS);
  const page = await tablet.switchOn();
  await signIn(page, OWNER, STORY_PASSWORD);
  await allSent(page);
  await openTill(page, till.id);
  await allSent(page);
  const records = Number(await page.evaluate(COUNT_ROWS));
  line.cut();
  await page.getByRole('button', { name: 'Cash in or out' }).click();
  await page.getByLabel('Amount', { exact: true }).waitFor();
  await page.evaluate(`(async () => { for (let i = 0; i < ${QUEUED}; i += 1) await ${TAP_RECORD}; })()`);
  const unsent = await page.getByTestId('sync-badge').getAttribute('data-unsent');
  console.log(`${name} ${records} records on the tablet, ${unsent} acts unsent`.trim());
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return { name, stack, line, tablet, page, session, sold: 0 };
}

async function fillTicket(bench: Bench): Promise<void> {
  const number = numbers[(bench.sold * 7) % ITEMS] ?? '';
  bench.sold += 1;
  await bench.page.getByRole('combobox', { name: /^Scan, or type/ }).fill(`Benchol ${number}`);
  await bench.page.getByRole('option', { name: `Benchol ${number}` }).click({ timeout: 120_000 });
  await bench.page.getByLabel('Cash received').fill('3.00');
}

/** A tap as a person makes it: when the screen has been still for a moment. */
async function measure({ page, session }: Bench, tap: string): Promise<Tap> {
  await wait(STILL_MS);
  const before = await busyMs(session);
  const [told, painted] = (await page.evaluate(tap)) as [number, number];
  await wait(STILL_MS);
  return [told, painted, (await busyMs(session)) - before];
}

async function busyMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function note(taps: Map<string, Tap[]>, what: string, tap: Tap): void {
  taps.set(what, [...(taps.get(what) ?? []), tap]);
}

function say(what: string, taps: readonly Tap[]): void {
  const figures = (['told', 'painted', 'main thread'] as const).map((name, at) => {
    const sorted = taps.map((tap) => tap[at] ?? Number.NaN).toSorted((a, b) => a - b);
    const share = (part: number) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(0);
    return `${name} p50 ${share(0.5)} p95 ${share(0.95)} max ${share(1)}`;
  });
  console.log(`${what.padEnd(36)} ${figures.join('  ')} ms`);
}
