import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { NetworkLine } from '#e2e/support/network.ts';
import { Program } from '#e2e/support/program.ts';
import { Random } from '#e2e/support/random.ts';
import { STORY_PASSWORD, Stack } from '#e2e/support/stack.ts';
import { Tablet } from '#e2e/support/tablet.ts';
import type { AuditEntry } from '#schema/sync/messages.ts';
import { plainItem } from '#schema/testing/plain-item.ts';
import type { Faults } from './books.ts';
import type { KillResult } from './kill-loop.ts';

const OWNER = 'owner@kill.test';
const PRICE_MINOR = 500;
/** The kill comes within one of the first tickets after a start. */
const TICKETS_MAX = 5;
/** After its tap on "Finish the sale" by so much: half of them in the middle of storing, showing or sending it. */
const AFTER_TAP_MS_MAX = [60, 600] as const;
const DRAIN_MS_MAX = 120_000;

/**
 * Kills a real Chromium −9 while tickets are being sold in its page, online or with the network cut, and switches it on again on the same profile. Each ticket
 * that the screen called saved must be in the server's books once, with the change that the screen named.
 */
export async function killBrowser(count: number, seed: number, say: (line: string) => void): Promise<KillResult> {
  const random = new Random(seed);
  const stack = await Stack.start({ clock: 'real' });
  const line = await NetworkLine.open(stack.port);
  const tablet = await Tablet.unpack(line.url);
  const found = { receiptedLost: 0, savedLost: 0, doubled: 0 };
  try {
    const program = await Program.createPharmacy(stack, OWNER);
    const item = await program.act('item.add', { fields: plainItem({ name: 'Item 1', packPriceMinor: PRICE_MINOR }) });
    const lot = { lotText: 'A1', expiryOn: '2030-01-31', units: 100_000, packCostMinor: null };
    await program.act('stock.receive', { reference: null, lines: [{ itemId: item.id, ...lot }] });
    const till = await program.act('till.add', { name: 'Till 1' });
    const counter = new URL(`/counter?till=${till.id}`, line.url).href;
    const till1 = new TillUnderTaps(tablet);
    const fresh = await tablet.switchOn();
    await till1.watch();
    await openTill(fresh, counter);
    // Chromium writes cookies half a minute late; that is not what is tried here.
    const cookies = await fresh.context().cookies();
    for (let kills = 1; kills <= count; kills += 1) {
      const startedAt = performance.now();
      const shownBefore = till1.shown.size;
      const isCut = random.next() < 0.5;
      if (isCut) line.cut();
      await till1.sellUntilKilled(random);
      line.restore();
      const page = await tablet.switchOn();
      await page.context().addCookies(cookies);
      await till1.watch();
      await page.goto(counter);
      await page.locator(ALL_SENT).waitFor({ timeout: DRAIN_MS_MAX });
      const faults = till1.compare(await program.readAudit());
      for (const fault of [...faults.receiptedLost, ...faults.savedLost, ...faults.doubled]) say(fault);
      found.receiptedLost += faults.receiptedLost.length;
      found.savedLost += faults.savedLost.length;
      found.doubled += faults.doubled.length;
      const [tickets, ms] = [till1.shown.size - shownBefore, Math.round(performance.now() - startedAt)];
      say(`kill ${kills}, network ${isCut ? 'cut' : 'up'}: ${tickets} tickets showed saved, ${ms} ms`);
    }
  } finally {
    await tablet.discard();
    await line.close();
    await stack.stop();
  }
  return { kills: count, ...found };
}

const ALL_SENT = '[data-testid="sync-badge"][data-unsent="0"][data-connection="online"]';

/** Signs in, opens the till, and waits until the app is installed. */
async function openTill(page: Page, counter: string): Promise<void> {
  await page.getByLabel('E-mail').fill(OWNER);
  await page.getByRole('textbox', { name: 'Password' }).fill(STORY_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Today' }).waitFor({ timeout: 60_000 });
  await page.goto(counter);
  await page.getByText('Type the amount').click();
  await page.getByLabel('Amount counted').fill('100.00');
  await page.getByRole('button', { name: 'Open the till' }).click();
  await page.getByTestId('total').waitFor();
  await page.waitForFunction(async () => {
    await navigator.serviceWorker.ready;
    return navigator.serviceWorker.controller !== null;
  });
  await page.locator(ALL_SENT).waitFor();
}

/** Tells every text of a ticket that the screen calls saved, the moment it is there. */
const TELL_SAVED = `new MutationObserver(() => {
  for (const [text] of document.body?.innerText.matchAll(/Ticket T\\d+-\\d+ saved\\. Change \\S+\\d/g) ?? []) window.tellSaved(text);
}).observe(document, { childList: true, subtree: true, characterData: true });`;

/** A till in a real page, what it said, and what the server's books said of it. */
class TillUnderTaps {
  readonly #tablet: Tablet;
  readonly #taps = new EventEmitter();
  /** Change of each ticket that showed saved, by its number. */
  readonly shown = new Map<number, number>();
  /** Hash of each act that was in the log, by its number. */
  readonly #receipted = new Map<number, string>();
  #tendered = PRICE_MINOR;

  constructor(tablet: Tablet) {
    this.#tablet = tablet;
  }

  /** Looks at the page just switched on. */
  async watch(): Promise<void> {
    const { page } = this.#tablet;
    await page.exposeFunction('tellSaved', (text: string) => {
      const [, n, change] = /T\d+-(\d+) saved\. Change \D*([\d.]+)/.exec(text) ?? [];
      this.shown.set(Number(n), Math.round(Number(change) * 100));
    });
    await page.addInitScript(TELL_SAVED);
  }

  /** Sells one ticket after another until the browser is killed under it. */
  async sellUntilKilled(random: Random): Promise<void> {
    const selling = this.#sell();
    for (let tickets = Math.ceil(random.next() * TICKETS_MAX); tickets > 0; tickets -= 1) await once(this.#taps, 'tap');
    await delay(random.next() * AFTER_TAP_MS_MAX[random.next() < 0.5 ? 0 : 1]);
    await this.#tablet.kill();
    await selling;
  }

  async #sell(): Promise<void> {
    const { page } = this.#tablet;
    try {
      for (;;) {
        await page.getByRole('combobox', { name: /^Scan, or type/ }).fill('Item 1');
        await page.getByRole('option', { name: 'Item 1' }).click();
        // Another change each time tells one ticket from another.
        this.#tendered += 1;
        await page.getByLabel('Cash received').fill((this.#tendered / 100).toFixed(2));
        const finish = page.getByRole('button', { name: 'Finish the sale' });
        await finish.click({ noWaitAfter: true });
        this.#taps.emit('tap');
        await page.getByText('€0.00', { exact: true }).waitFor();
      }
    } catch (error) {
      if (!(error instanceof Error && /closed|crashed|disconnected/i.test(error.message))) throw error;
    }
  }

  /** Compares what was shown, and what was in the books before, with the books now. */
  compare(log: readonly AuditEntry[]): Faults {
    const faults = { receiptedLost: [] as string[], savedLost: [] as string[], doubled: [] as string[] };
    const sales = log.flatMap(saleOf);
    const byN = new Map(sales.map((sale) => [sale.n, sale]));
    const changes = new Set(sales.map(({ changeMinor }) => changeMinor));
    if (byN.size !== sales.length || changes.size !== sales.length)
      faults.doubled.push(`${sales.length} sales for ${byN.size} numbers and ${changes.size} amounts of change`);
    for (const [n, hash] of this.#receipted) if (byN.get(n)?.hash !== hash) faults.receiptedLost.push(`act ${n} was in the log`);
    for (const [n, changeMinor] of this.shown) {
      const logged = byN.get(n)?.changeMinor;
      if (logged !== changeMinor) faults.savedLost.push(`ticket ${n} showed change ${changeMinor}, the log has ${logged}`);
    }
    for (const { n, hash } of sales) this.#receipted.set(n, hash);
    return faults;
  }
}

const saleSchema = z.looseObject({ n: z.int(), name: z.string(), args: z.looseObject({ changeMinor: z.int().optional() }) });

function saleOf({ mutation, hash }: AuditEntry): { n: number; changeMinor: number; hash: string }[] {
  if (mutation === null) return [];
  const { n, name, args } = saleSchema.parse(JSON.parse(mutation));
  return name === 'sale.record' ? [{ n, changeMinor: args.changeMinor ?? 0, hash }] : [];
}
