import { recordIdOf } from '#schema/ids.ts';
import type { SaleArgs } from '#schema/mutations/cash/record-sale.ts';
import { lotIdOf } from '#schema/records/lot.ts';
import { CHAIN_START, chainMutation, type Mutation, toWire } from '#schema/sync/mutation.ts';
import { plainItem } from '#schema/testing/plain-item.ts';
import { createNodeEnv } from '#server/env.ts';

const LOT = { lotText: 'L1', expiryOn: '2030-01-31' };
const STOCK_ADDED_AT_ONCE = 50;
const env = createNodeEnv();

/** The date that benchmarks' acts are booked on. */
export const businessOn = new Date(env.now()).toISOString().slice(0, 10);

/** A product with one lot that is never used up. */
export interface BenchStock {
  readonly itemId: string;
  readonly lotId: string;
}

/** What a push carries. */
export interface BenchPush {
  readonly mutations: readonly ReturnType<typeof toWire>[];
  readonly lastHash: string;
}

/** A device that chains its acts and knows its till and session. */
export class BenchDevice {
  #n = 0;
  #prev = CHAIN_START;
  #till = { tillId: '', sessionId: '' };
  readonly id: string;
  readonly #actorId: string;

  constructor(id: string, actorId: string) {
    this.id = id;
    this.#actorId = actorId;
  }

  /** Products and what they lie in, as pushes. */
  makeStock(items: number): { readonly pushes: BenchPush[]; readonly stock: BenchStock[] } {
    const pushes: BenchPush[] = [];
    const stock: BenchStock[] = [];
    for (let from = 0; from < items; from += STOCK_ADDED_AT_ONCE) {
      const added = Array.from({ length: Math.min(STOCK_ADDED_AT_ONCE, items - from) }, (_, i) =>
        this.#make('item.add', { fields: plainItem({ name: `Item ${from + i}` }) }),
      );
      const itemIds = added.map(({ n }) => recordIdOf(this.id, n, 0));
      const lines = itemIds.map((itemId) => ({ itemId, ...LOT, units: 1_000_000, packCostMinor: null }));
      pushes.push(pushOf([...added, this.#make('stock.receive', { reference: null, lines })]));
      stock.push(...itemIds.map((itemId) => ({ itemId, lotId: lotIdOf(itemId, LOT.lotText, LOT.expiryOn, env.sha256) })));
    }
    return { pushes, stock };
  }

  /** Adds a till and opens it. */
  openTill(name: string): BenchPush {
    const till = this.#make('till.add', { name });
    const tillId = recordIdOf(this.id, till.n, 0);
    const amount = { currency: 'EUR', floatMinor: 10_000, floatDenominations: null };
    const opened = this.#make('cashSession.open', { tillId, ...amount, offsetMinutes: 0 });
    this.#till = { tillId, sessionId: recordIdOf(this.id, opened.n, 0) };
    return pushOf([till, opened]);
  }

  /** Sales of two lines; which products depends on `from`. */
  sell(count: number, stock: readonly BenchStock[], from: number): BenchPush {
    return pushOf(
      Array.from({ length: count }, (_, i) =>
        this.#make('sale.record', saleOf(this.#till, stock, from + i) as unknown as Mutation['args']),
      ),
    );
  }

  #make(name: string, args: Mutation['args']): Mutation {
    this.#n += 1;
    const wire = {
      deviceId: this.id,
      n: this.#n,
      name,
      version: 1,
      actorId: this.#actorId,
      madeAt: env.now(),
      madeAtSkewMs: 0,
      businessOn,
      basis: 0,
      args,
    };
    const mutation = chainMutation(wire, this.#prev, env.sha256);
    this.#prev = mutation.hash;
    return mutation;
  }
}

function saleOf(
  till: { readonly tillId: string; readonly sessionId: string },
  stock: readonly BenchStock[],
  at: number,
): SaleArgs {
  return {
    ...till,
    lines: [at, at + 7].map((k) => {
      const { itemId, lotId } = stock[(k * 13) % stock.length] ?? { itemId: '', lotId: '' };
      return {
        itemId,
        name: `Item ${k}`,
        units: 1,
        unitsPerPack: 1,
        packPriceMinor: 500,
        vatRateBp: 210,
        lots: [{ lotId, lotText: null, expiryOn: null, units: 1 }],
        fefoSkipped: false,
        fefoReason: null,
      };
    }),
    payments: [{ methodId: 'cash', tenderedMinor: 1_000, amountMinor: 1_000 }],
    totalMinor: 1_000,
    roundingMinor: 0,
    changeMinor: 0,
  };
}

function pushOf(mutations: readonly Mutation[]): BenchPush {
  return { mutations: mutations.map(toWire), lastHash: mutations.at(-1)?.hash ?? CHAIN_START };
}
