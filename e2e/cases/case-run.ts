import assert from 'node:assert/strict';
import { canonicalJson } from '#schema/canonical-json.ts';
import { foldOverlay } from '#schema/overlay.ts';
import type { TestTenant } from '#schema/testing/test-tenant.ts';
import type { Stored } from '#schema/working-set.ts';
import { newDeviceRow } from '../sim/memory-database.ts';
import { Random } from '../support/random.ts';
import { type CaseEnd, type CaseScript, type Letter, madeBy, TABLETS } from './case-script.ts';
import { bodyOf, NUMBERS, Tablet } from './case-tablet.ts';
import { checkBooks } from './check-books.ts';
import { interleavings } from './interleavings.ts';
import { MemoryRecords, MemoryTenant } from './memory-tenant.ts';

/**
 * Runs one concurrent case (domain, section 4).
 *
 * Tablets that share a common past make their acts offline, each over its own overlay with the real `decide`. Their acts then reach the
 * real door in every order that keeps each tablet's own, in batches of random sizes, with random repeats and with tablets that pull in
 * between. After each run: no act is lost, doubled or quarantined; the books fit (`checkBooks`); every tablet's replica is the tenant's
 * state and its overlay is empty; the case's own table of expectations holds. Over all runs: orders that the case calls alike
 * (`dependsOn`) end in the same records, byte for byte, but for when the server raised or issued something.
 */

/** Most orders that are run; beyond, this many at random. */
const ORDERS_MAX = 120;
/** When tablets were last in contact, unless a case says otherwise. */
const MORNING = Date.UTC(2026, 10, 23, 8, 30);
/** When the first tablet comes back, for cases whose acts lie before it. */
const BACK_AT = Date.UTC(2026, 10, 24, 6);

/** Runs a case through its orders. Throws with the order that broke it. Answers how many orders there were. */
export async function runCase(script: CaseScript, seed = 1): Promise<number> {
  const source = new Random(seed);
  const random = () => source.next();
  const base = new MemoryRecords(baseOf(script.base));
  const tablets: Tablet[] = [];
  for (const [letter, tablet] of Object.entries(script.tablets)) tablets.push(await Tablet.make(letter as Letter, tablet, base));
  const lengths = tablets.map((tablet) => tablet.outbox.length);
  const orders = interleavings(lengths, ORDERS_MAX, random);
  const endsByName = new Map<string, { readonly state: string; readonly order: string }>();
  for (const order of orders) {
    const run = new CaseRun(base, tablets, random);
    try {
      await run.deliver(order);
      script.expect(run.end());
      const name = script.dependsOn?.(run.isBefore) ?? '';
      const like = endsByName.get(name);
      const state = run.state();
      // Only the lines that differ, so that a failure can be read.
      if (like) assert.deepEqual(differing(state, like.state), differing(like.state, state), `does not end as ${like.order}`);
      else endsByName.set(name, { state, order: run.order.join(' ') });
    } catch (error) {
      if (error instanceof Error) error.message = `order ${run.order.join(' ')} (seed ${seed}): ${error.message}`;
      throw error;
    }
  }
  return orders.length;
}

function* baseOf(tenant: TestTenant): Iterable<readonly [string, Stored]> {
  for (const [name, body] of Object.entries(tenant.dump()))
    yield [name, { kind: name.slice(0, name.indexOf('/')), body } as Stored];
}

/** One order of arrival, played against a fresh server. */
class CaseRun {
  readonly order: string[] = [];
  readonly #base: MemoryRecords;
  readonly #tablets: readonly Tablet[];
  readonly #random: () => number;
  readonly #server: MemoryTenant;
  readonly #replicas: { readonly records: Map<string, Stored>; seq: number; ackedN: number }[];
  #now = BACK_AT;

  constructor(base: MemoryRecords, tablets: readonly Tablet[], random: () => number) {
    this.#base = base;
    this.#tablets = tablets;
    this.#random = random;
    const devices = tablets.map(({ id, letter, script }) =>
      newDeviceRow({
        id,
        channel: 'tablet',
        number: NUMBERS[letter],
        set: 'office',
        tokenHash: null,
        now: script.lastContactAt ?? MORNING,
      }),
    );
    this.#server = new MemoryTenant(base, devices, () => this.#now);
    this.#replicas = tablets.map(() => ({ records: new Map(base.entries()), seq: 0, ackedN: 0 }));
  }

  readonly isBefore = (one: string, other: string): boolean => {
    const [a, b] = [this.order.indexOf(one), this.order.indexOf(other)];
    if (a < 0 || b < 0) throw new Error(`no act ${a < 0 ? one : other} in this case`);
    return a < b;
  };

  /** Pushes the acts in this order; neighbours of one tablet go in one push or in several. */
  async deliver(order: readonly number[]): Promise<void> {
    const sent = this.#tablets.map(() => 0);
    for (const [at, index] of order.entries()) {
      const tablet = this.#tablet(index);
      sent[index] = (sent[index] ?? 0) + 1;
      this.order.push(`${tablet.letter}${sent[index]}`);
      if (order[at + 1] === index && this.#random() < 0.5) continue;
      await this.#push(index, sent[index]);
      if (this.#random() < 0.3) await this.#repeat();
      if (this.#random() < 0.5) await this.#pull(Math.floor(this.#random() * this.#tablets.length));
    }
    await this.#repeat();
    for (const index of this.#tablets.keys()) await this.#settle(index);
    checkBooks(this.#base, this.#server.records());
  }

  /** Everything up to `toN` that was not receipted, from some number that may have been before. */
  async #push(index: number, toN: number): Promise<void> {
    const tablet = this.#tablet(index);
    this.#now += 1_000;
    const known = tablet.outbox.filter(({ n }) => this.#server.receipt(tablet.id, n) !== null).length;
    const fromN = this.#random() < 0.3 ? Math.floor(this.#random() * (known + 1)) : known;
    const receipts = await this.#server.push(tablet.id, tablet.outbox.slice(fromN, toN));
    for (const receipt of receipts) {
      assert.notEqual(receipt.verdict, 'quarantined', `${tablet.letter}${receipt.n} ${JSON.stringify(receipt)}`);
      assert.deepEqual(receipt, this.#server.receipt(tablet.id, receipt.n));
    }
  }

  /** Sends something once more that was sent before: nothing may change. */
  async #repeat(): Promise<void> {
    const index = Math.floor(this.#random() * this.#tablets.length);
    const tablet = this.#tablet(index);
    const known = tablet.outbox.filter(({ n }) => this.#server.receipt(tablet.id, n) !== null);
    if (known.length === 0) return;
    const from = Math.floor(this.#random() * known.length);
    const to = from + 1 + Math.floor(this.#random() * (known.length - from));
    const before = this.state();
    const receipts = await this.#server.push(tablet.id, known.slice(from, to));
    assert.deepEqual(
      receipts,
      known.slice(from, to).map(({ n }) => this.#server.receipt(tablet.id, n)),
    );
    assert.deepEqual(differing(this.state(), before), [], 'a repeat changed something');
  }

  /** A tablet takes in what changed, and folds what the server does not have yet on top. */
  async #pull(index: number): Promise<void> {
    const tablet = this.#tablet(index);
    const replica = this.#replicas[index];
    if (!replica) throw new Error(`no replica ${index}`);
    const { records, next, ackedN } = this.#server.pull(tablet.id, replica.seq);
    for (const stored of records) replica.records.set(`${stored.kind}/${stored.body.id}`, stored);
    replica.seq = next;
    replica.ackedN = ackedN;
    const waiting = tablet.outbox.filter(({ n }) => n > ackedN);
    const fold = await foldOverlay(tablet.device, new MemoryRecords(replica.records), waiting);
    for (const [n, { receipt }] of fold.overlay().judgements)
      assert.notEqual(receipt.verdict, 'quarantined', `${tablet.letter}${n} over a newer replica: ${JSON.stringify(receipt)}`);
    if (waiting.length === 0) assert.equal(fold.overlay().records.size, 0);
  }

  /** In the end every act has one receipt and the tablet shows what the server holds. */
  async #settle(index: number): Promise<void> {
    const { id, outbox } = this.#tablet(index);
    await this.#pull(index);
    assert.ok(outbox.every(({ n }) => this.#server.receipt(id, n)?.n === n));
    assert.equal(this.#replicas[index]?.ackedN, outbox.length);
    assert.deepEqual(differing(stateOf(this.#replicas[index]?.records ?? []), this.state()), [], 'the replica differs');
    assert.deepEqual(differing(this.state(), stateOf(this.#replicas[index]?.records ?? [])), [], 'the replica lacks something');
  }

  /** The tenant's records in one text, without when the server raised or issued something. */
  state(): string {
    return stateOf(this.#server.records().entries());
  }

  end(): CaseEnd {
    const stored = new Map(this.#server.records().entries());
    const all: CaseEnd['all'] = (kind) => [...stored.values()].flatMap((one) => (one.kind === kind ? [one.body as never] : []));
    return {
      order: this.order,
      isBefore: this.isBefore,
      receipt: (act) => {
        const receipt = this.#server.receipt(TABLETS[act.charAt(0) as Letter], Number(act.slice(1)));
        if (!receipt) throw new Error(`no receipt of ${act}`);
        return receipt;
      },
      get: (kind, id) => bodyOf(kind, id, stored.get(`${kind}/${id}`)),
      all,
      task: (act) => all('exception').find(({ id, status }) => id === madeBy(act, 'x') && status === 'open') ?? null,
      foreseen: (act) => {
        const foreseen = this.#tablets.find(({ letter }) => letter === act.charAt(0))?.foreseen[Number(act.slice(1)) - 1];
        if (!foreseen) throw new Error(`no act ${act}`);
        return foreseen;
      },
    };
  }

  #tablet(index: number): Tablet {
    const tablet = this.#tablets[index];
    if (!tablet) throw new Error(`no tablet ${index}`);
    return tablet;
  }
}

/** Members that say when the server took something in. */
const RECEIVED_AT: ReadonlySet<string> = new Set(['raisedAt', 'issuedAt']);

function differing(one: string, other: string): string[] {
  const known = new Set(other.split('\n'));
  return one.split('\n').filter((line) => !known.has(line));
}

function stateOf(entries: Iterable<readonly [string, Stored]>): string {
  const lines = [...entries].map(([name, { body }]) => {
    const kept = Object.entries(body).filter(([field]) => !RECEIVED_AT.has(field));
    return `${name} ${canonicalJson(Object.fromEntries(kept))}`;
  });
  return lines.toSorted().join('\n');
}
