import { setTimeout as delay } from 'node:timers/promises';
import { NodeTablet } from '#e2e/support/node-tablet.ts';
import { Program } from '#e2e/support/program.ts';
import { Random } from '#e2e/support/random.ts';
import { STORY_PASSWORD, type Stack } from '#e2e/support/stack.ts';
import { canonicalJson } from '#schema/canonical-json.ts';
import { recordIdOf } from '#schema/ids.ts';
import { plainItem } from '#schema/testing/plain-item.ts';
import { compareWithBooks, type Faults } from './books.ts';

const ITEMS = 10;
/** Longest pause of a tablet between two acts. */
const PAUSE_MS_MAX = 100;
const PRICE_MINOR = 500;

/** A tablet at its open till. */
interface Counter {
  readonly tablet: NodeTablet;
  readonly at: { readonly sessionId: string; readonly tillId: string };
}

/** A pharmacy whose tablets work without a break: cash movements, sales from the same few lots, edits of the same products. */
export class LoadedPharmacy {
  readonly #program: Program;
  readonly #counters: readonly Counter[];
  readonly #itemIds: readonly string[];
  /** Entries of the log that no tablet made: setting up, signing in. */
  readonly #otherEntries: number;
  readonly #random: Random;
  #working: readonly Promise<void>[] = [];
  #isWorking = false;

  private constructor(
    program: Program,
    counters: readonly Counter[],
    itemIds: readonly string[],
    otherEntries: number,
    random: Random,
  ) {
    this.#program = program;
    this.#counters = counters;
    this.#itemIds = itemIds;
    this.#otherEntries = otherEntries;
    this.#random = random;
  }

  /**
   * A new pharmacy with so many tablets, each at a till of its own that is open. `line`: where the tablets find the server, if not directly, and how long they
   * wait for an answer.
   */
  static async open(
    stack: Stack,
    name: string,
    tablets: number,
    random: Random,
    line: { readonly url: string; readonly patienceMs?: number } = stack,
  ): Promise<LoadedPharmacy> {
    const email = `${name}@kill.test`;
    const program = await Program.createPharmacy(stack, email);
    const itemIds: string[] = [];
    for (let i = 0; i < ITEMS; i += 1)
      itemIds.push((await program.act('item.add', { fields: plainItem({ name: `Item ${i}`, packPriceMinor: PRICE_MINOR }) })).id);
    const opened: Counter[] = [];
    for (let i = 1; i <= tablets; i += 1) {
      const till = await program.act('till.add', { name: `Till ${i}` });
      const tablet = await NodeTablet.signIn(line.url, { email, password: STORY_PASSWORD }, `Tablet ${i}`, line.patienceMs);
      await tablet.until(({ hasReplica, connection }) => hasReplica && connection === 'online');
      const opening = await tablet.act('cashSession.open', {
        tillId: till.id,
        currency: 'EUR',
        floatMinor: 10_000,
        floatDenominations: null,
        offsetMinutes: 60,
      });
      opened.push({ tablet, at: { tillId: till.id, sessionId: recordIdOf(opening.deviceId, opening.n, 0) } });
    }
    const sent = await sentOf(opened.map(({ tablet }) => tablet));
    const otherEntries = (await program.readAudit()).length - sent;
    return new LoadedPharmacy(program, opened, itemIds, otherEntries, random);
  }

  get tablets(): readonly NodeTablet[] {
    return this.#counters.map(({ tablet }) => tablet);
  }

  /** A device of the owner's, to look into the books with. */
  get program(): Program {
    return this.#program;
  }

  /** Acts that showed "saved". */
  get saved(): number {
    return this.#counters.reduce((sum, { tablet }) => sum + tablet.saved.length, 0);
  }

  start(): void {
    this.#isWorking = true;
    this.#working = this.#counters.map((counter) => this.#work(counter));
  }

  /** Stops making acts; what is unsent stays so. */
  async pause(): Promise<void> {
    this.#isWorking = false;
    await Promise.all(this.#working);
  }

  /** What a person does when the badge says offline and the server is back. */
  syncNow(): void {
    for (const { tablet } of this.#counters) tablet.workspace.syncNow();
  }

  /** All outboxes are empty, and every tablet has talked to the server since it was asked to: before that it may not know what it has to send again. */
  async drain(): Promise<void> {
    const since = Date.now();
    this.syncNow();
    await Promise.all(
      this.tablets.map((tablet) =>
        tablet.until(
          ({ unsent, activity, lastSuccessAt }) =>
            unsent === 0 && activity === 'idle' && lastSuccessAt !== null && lastSuccessAt >= since,
        ),
      ),
    );
  }

  /** What the server's books say of everything the tablets were told. `isDrained`: nothing is on its way any more. */
  check(isDrained: boolean): Promise<Faults> {
    const tablets = this.#counters.map(({ tablet }) => tablet);
    return compareWithBooks(this.#program, tablets, this.#otherEntries, isDrained);
  }

  /** Kinds of which a tablet shows something else than the server has, once every tablet has heard of everything. */
  async differences(): Promise<string[]> {
    const statuses = await Promise.all(this.#counters.map(({ tablet }) => tablet.until(({ activity }) => activity === 'idle')));
    const head = Math.max(...statuses.map(({ seq }) => seq));
    this.syncNow();
    await Promise.all(this.#counters.map(({ tablet }) => tablet.until(({ seq }) => seq >= head)));
    const found: string[] = [];
    for (const kind of ['cashMovement', 'cashTotals', 'sale', 'lot', 'stockMovement', 'item', 'exception'] as const) {
      const truth = textOf(await this.#program.records(kind));
      for (const { tablet } of this.#counters)
        if (textOf(await tablet.workspace.readRecords(kind, { limit: 1_000_000 })) !== truth)
          found.push(`${tablet.session.device.name}: ${kind}`);
    }
    return found;
  }

  async close(): Promise<void> {
    await this.pause();
    await Promise.all(this.#counters.map(({ tablet }) => tablet.close()));
  }

  async #work(counter: Counter): Promise<void> {
    while (this.#isWorking) {
      await this.#act(counter);
      await delay(this.#random.next() * PAUSE_MS_MAX);
    }
  }

  async #act({ tablet, at }: Counter): Promise<void> {
    const dice = this.#random.next();
    const itemId = this.#itemIds[Math.floor(this.#random.next() * ITEMS)] ?? '';
    if (dice < 0.6)
      await tablet.act('cashMovement.record', {
        ...at,
        type: 'CASH_IN',
        methodId: 'cash',
        amountMinor: tablet.saved.length,
        note: '',
        reference: null,
        witnessId: null,
      });
    else if (dice < 0.9) await tablet.act('sale.record', { ...at, ...saleOf(itemId) });
    else {
      const item = await tablet.workspace.readRecord('item', itemId);
      const changes = { packLabel: { from: item?.packLabel ?? '', to: `shelf ${tablet.session.device.number}` } };
      await tablet.act('item.edit', { itemId, changes });
    }
  }
}

function textOf(records: readonly { readonly id: string }[]): string {
  return canonicalJson(records.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
}

/** Everything these tablets made, once all of it is sent. */
async function sentOf(tablets: readonly NodeTablet[]): Promise<number> {
  await Promise.all(tablets.map((tablet) => tablet.until(({ unsent }) => unsent === 0)));
  return tablets.reduce((sum, { saved }) => sum + saved.length, 0);
}

function saleOf(itemId: string) {
  return {
    lines: [
      {
        itemId,
        name: 'Kill test item',
        units: 1,
        unitsPerPack: 1,
        packPriceMinor: PRICE_MINOR,
        vatRateBp: 210,
        lots: [{ lotId: null, lotText: 'A1', expiryOn: null, units: 1 }],
        fefoSkipped: false,
        fefoReason: null,
      },
    ],
    payments: [{ methodId: 'cash', tenderedMinor: PRICE_MINOR, amountMinor: PRICE_MINOR }],
    totalMinor: PRICE_MINOR,
    roundingMinor: 0,
    changeMinor: 0,
  };
}
