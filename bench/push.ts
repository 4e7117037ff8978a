/**
 * How many acts a second the one door takes: sales of two lines, in batches of 100, through judging, typed rows, log and chain, on the embedded
 * database with fsync on. Without HTTP, so that it shows the core; with the CPU time of both processes, which a busy machine disturbs less than the clock.
 * Run: `npx tsx bench/push.ts [devices] [batches a device] [acts a batch]`.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultShop } from '#schema/domain/default-shop.ts';
import { recordIdOf } from '#schema/ids.ts';
import type { SaleArgs } from '#schema/mutations/cash/record-sale.ts';
import { lotIdOf } from '#schema/records/lot.ts';
import { CHAIN_START, chainMutation, type Mutation, toWire } from '#schema/sync/mutation.ts';
import { plainItem } from '#schema/testing/plain-item.ts';
import { Door } from '#server/apply/door.ts';
import { createTenant, enrolDevice } from '#server/apply/tenants.ts';
import { openDatabase } from '#server/db/open-database.ts';
import { createPool } from '#server/db/pool.ts';
import { createPostgresTenantStore } from '#server/db/postgres-tenant-store.ts';
import { createNodeEnv } from '#server/env.ts';
import { SILENT_LOG } from '#server/testing/silent-log.ts';
import { postgresCpuUs } from './postgres-cpu.ts';

const [devices = 1, batches = 20, batchActs = 100] = process.argv.slice(2).map(Number);
const ITEMS = 300;
const TENANT_ID = 'benchtenant00000';
const LOT = { lotText: 'L1', expiryOn: '2030-01-31' };
const env = createNodeEnv();
const businessOn = new Date(env.now()).toISOString().slice(0, 10);

/** A device that chains its acts and knows its till and session. */
class BenchDevice {
  #n = 0;
  #prev = CHAIN_START;
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }

  make(name: string, args: Mutation['args']): Mutation {
    this.#n += 1;
    const at = env.now();
    const wire = {
      deviceId: this.id,
      n: this.#n,
      name,
      version: 1,
      actorId: 'ana',
      madeAt: at,
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

const folder = await mkdtemp(path.join(tmpdir(), 'bench-push-'));
// The database's own account must be able to enter.
await chmod(folder, 0o755);
const database = await openDatabase({ databaseUrl: null, dataDir: folder, log: SILENT_LOG });
const pool = createPool(database.url, { max: 4, log: SILENT_LOG });
try {
  const store = createPostgresTenantStore(pool);
  const door = new Door(env, store, () => undefined);
  const deps = { env, store, door };
  const shop = defaultShop({ country: 'FR', currency: 'EUR', timeZone: 'Europe/Paris', createdOn: businessOn });
  await createTenant(deps, { id: TENANT_ID, shop: { ...shop, name: 'Bench' }, ownerId: 'ana', ownerName: 'Ana' });
  const stock = await makeStock(deps);
  const queues = await Promise.all(Array.from({ length: devices }, async (_, i) => makeQueue(deps, i, stock)));
  const before = { node: process.cpuUsage(), postgresUs: await postgresCpuUs(folder) };
  const { seconds, latencies } = await drain(door, queues);
  const { user, system } = process.cpuUsage(before.node);
  const postgresUs = Number(await postgresCpuUs(folder)) - Number(before.postgresUs);
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))]?.toFixed(0);
  const acts = devices * batches * batchActs;
  console.log(
    `${devices} device(s), ${acts} sales of 2 lines in batches of ${batchActs}: ${Math.round(acts / seconds)} acts/s, ` +
      `p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms a batch; Node ${Math.round((user + system) / acts)} and Postgres ${Math.round(postgresUs / acts)} µs an act`,
  );
} finally {
  await pool.end();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

interface Stock {
  readonly itemId: string;
  readonly lotId: string;
}

async function makeStock(deps: Parameters<typeof enrolDevice>[0]): Promise<Stock[]> {
  const { deviceId } = await enrolDevice(deps, TENANT_ID, { name: 'Stock', set: 'office', enrolledBy: 'ana', businessOn });
  const device = new BenchDevice(deviceId);
  const stock: Stock[] = [];
  for (let from = 0; from < ITEMS; from += 50) {
    const added = Array.from({ length: 50 }, (_, i) =>
      device.make('item.add', { fields: plainItem({ name: `Item ${from + i}` }) }),
    );
    const itemIds = added.map(({ n }) => recordIdOf(deviceId, n, 0));
    const lines = itemIds.map((itemId) => ({ itemId, ...LOT, units: 1_000_000, packCostMinor: null }));
    const received = device.make('stock.receive', { reference: null, lines });
    await deps.door.submit(TENANT_ID, {
      kind: 'push',
      deviceId,
      received: [...added, received].map(toWire),
      lastHash: received.hash,
    });
    stock.push(...itemIds.map((itemId) => ({ itemId, lotId: lotIdOf(itemId, LOT.lotText, LOT.expiryOn, env.sha256) })));
  }
  return stock;
}

async function makeQueue(
  deps: Parameters<typeof enrolDevice>[0],
  i: number,
  stock: readonly Stock[],
): Promise<{ id: string; batches: Mutation[][] }> {
  const { deviceId } = await enrolDevice(deps, TENANT_ID, { name: `Tablet ${i}`, set: 'office', enrolledBy: 'ana', businessOn });
  const device = new BenchDevice(deviceId);
  const till = device.make('till.add', { name: `Till ${i}` });
  const tillId = recordIdOf(deviceId, 1, 0);
  const open = device.make('cashSession.open', {
    tillId,
    currency: 'EUR',
    floatMinor: 10_000,
    floatDenominations: null,
    offsetMinutes: 0,
  });
  const sessionId = recordIdOf(deviceId, 2, 0);
  await deps.door.submit(TENANT_ID, { kind: 'push', deviceId, received: [toWire(till), toWire(open)], lastHash: open.hash });
  const sale = (k: number): SaleArgs => ({
    sessionId,
    tillId,
    lines: [k, k + 7].map((at) => {
      const { itemId, lotId } = stock[(at * 13 + i * 31) % stock.length] ?? { itemId: '', lotId: '' };
      return {
        itemId,
        name: `Item ${at}`,
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
  });
  return {
    id: deviceId,
    batches: Array.from({ length: batches }, (_, b) =>
      Array.from({ length: batchActs }, (_, k) =>
        device.make('sale.record', sale(b * batchActs + k) as unknown as Mutation['args']),
      ),
    ),
  };
}

async function drain(door: Door, queues: readonly { id: string; batches: Mutation[][] }[]) {
  const latencies: number[] = [];
  const verdicts = new Map<string, number>();
  const start = performance.now();
  await Promise.all(
    queues.map(async ({ id, batches }) => {
      for (const batch of batches) {
        const sent = performance.now();
        const outcome = await door.submit(TENANT_ID, {
          kind: 'push',
          deviceId: id,
          received: batch.map(toWire),
          lastHash: batch.at(-1)?.hash ?? '',
        });
        latencies.push(performance.now() - sent);
        if (outcome.kind !== 'receipts') throw new Error(outcome.kind);
        for (const { verdict, codes } of outcome.receipts) {
          const name = [verdict, ...codes].join(' ');
          verdicts.set(name, (verdicts.get(name) ?? 0) + 1);
        }
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  console.log(Object.fromEntries(verdicts));
  return { seconds, latencies };
}
