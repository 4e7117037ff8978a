/**
 * `npm run bench:drain [runs]`: how long a tablet takes to send 1,000 acts that were queued without a network, over loopback and over a line of 100 ms and
 * 1 Mbit/s. Once in real Chromium (cash movements made by taps in its page), once with the client's own code in Node (sales of two lines, which are larger).
 */

import { BadLine, type Weather } from '#e2e/support/bad-line.ts';
import { fillAmount } from '#e2e/support/fill-amount.ts';
import { NetworkLine } from '#e2e/support/network.ts';
import { NodeTablet } from '#e2e/support/node-tablet.ts';
import { Program } from '#e2e/support/program.ts';
import { allSent, openTill, signIn } from '#e2e/support/screen-steps.ts';
import { STORY_PASSWORD, Stack } from '#e2e/support/stack.ts';
import { Tablet } from '#e2e/support/tablet.ts';
import { recordIdOf } from '#schema/ids.ts';
import { plainItem } from '#schema/testing/plain-item.ts';

const OWNER = 'owner@bench.test';
const ACTS = 1_000;
const RUNS = Number(process.argv[2] ?? 3);
const LINES: Readonly<Record<string, Weather>> = { loopback: {}, '100 ms, 1 Mbit/s': { rttMs: 100, bitsPerS: 1_000_000 } };

/** In the page: taps "Record" so often, each time waiting until the badge counts one more unsent act. */
const TAP_ON = `(async () => {
  const badge = document.querySelector('[data-testid=sync-badge]');
  for (let i = 0; i < ${ACTS}; i += 1) await ${fillAmount('1.00')}.then((button) => new Promise((resolve) => {
    const before = badge.dataset.unsent;
    const observer = new MutationObserver(() => {
      if (badge.dataset.unsent === before) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(badge, { attributes: true });
    button.click();
  }));
})()`;

const stack = await Stack.start({ clock: 'real' });
const weather = await BadLine.open(stack.port, () => 1);
const line = await NetworkLine.open(weather.port);
const tablet = await Tablet.unpack(line.url);
try {
  const program = await Program.createPharmacy(stack, OWNER);
  const till = await program.act('till.add', { name: 'Till 1' });
  const nodeTill = await program.act('till.add', { name: 'Till 2' });
  const items = [
    await program.act('item.add', { fields: plainItem({ name: 'Item 1' }) }),
    await program.act('item.add', { fields: plainItem({ name: 'Item 2' }) }),
  ];
  const page = await tablet.switchOn();
  await signIn(page, OWNER, STORY_PASSWORD);
  await openTill(page, till.id);
  await allSent(page);
  await page.getByRole('button', { name: 'Cash in or out' }).click();
  await page.getByLabel('Amount', { exact: true }).waitFor();
  const node = await NodeTablet.signIn(line.url, { email: OWNER, password: STORY_PASSWORD }, 'Node');
  await node.until(({ hasReplica, activity }) => hasReplica && activity === 'idle');
  const sell = await sellerOf(node, nodeTill.id, items);

  for (const [name, conditions] of Object.entries(LINES)) {
    const [pages, nodes]: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run += 1) {
      weather.weather = {};
      line.cut();
      await page.evaluate(TAP_ON);
      weather.weather = conditions;
      pages.push(
        await drained(async () => {
          await page.evaluate(`window.dispatchEvent(new Event('online'))`);
          await page.locator('[data-testid="sync-badge"][data-unsent="0"]').waitFor({ timeout: 300_000 });
        }),
      );
      line.cut();
      for (let i = 0; i < ACTS; i += 1) await sell();
      nodes.push(
        await drained(async () => {
          node.workspace.syncNow();
          await node.until(({ unsent }) => unsent === 0);
        }),
      );
    }
    say(`${name}: Chromium, cash movements`, pages);
    say(`${name}: Node, sales of two lines`, nodes);
  }
  await node.close();
} finally {
  await tablet.discard();
  await line.close();
  await weather.close();
  await stack.stop();
}

/** Seconds from the network's return to the last receipt; says how many bytes it took. */
async function drained(drain: () => Promise<void>): Promise<number> {
  const before = weather.bytes;
  line.restore();
  const startedAt = performance.now();
  await drain();
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = weather.bytes;
  console.log(`  ${seconds.toFixed(1)} s, ${after.up - before.up} bytes up, ${after.down - before.down} down`);
  return seconds;
}

async function sellerOf(node: NodeTablet, tillId: string, items: readonly { readonly id: string }[]) {
  const opening = { tillId, currency: 'EUR', floatMinor: 10_000, floatDenominations: null, offsetMinutes: 60 } as const;
  const { deviceId, n } = await node.act('cashSession.open', opening);
  const lines = items.map(({ id }) => ({
    itemId: id,
    name: 'A product with a name of usual length 20 mg',
    units: 1,
    unitsPerPack: 1,
    packPriceMinor: 500,
    vatRateBp: 210,
    lots: [{ lotId: null, lotText: 'A1', expiryOn: null, units: 1 }],
    fefoSkipped: false,
    fefoReason: null,
  }));
  const payments = [{ methodId: 'cash', tenderedMinor: 1_000, amountMinor: 1_000 }];
  const sums = { totalMinor: 1_000, roundingMinor: 0, changeMinor: 0 };
  return () => node.act('sale.record', { sessionId: recordIdOf(deviceId, n, 0), tillId, lines, payments, ...sums });
}

function say(name: string, seconds: readonly number[]): void {
  const sorted = seconds.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  console.log(`${name}: median ${median?.toFixed(1)} s (${least?.toFixed(1)} to ${most?.toFixed(1)})`);
}
