/**
 * How many acts a second the one door takes: sales of two lines, in batches of 100, through judging, typed rows, log and chain, on the embedded
 * database with fsync on. Without HTTP, so that it shows the core; with the CPU time of both processes, which a busy machine disturbs less than the clock.
 * Run: `npx tsx bench/push.ts [devices] [batches a device] [acts a batch]`.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultShop } from '#schema/domain/default-shop.ts';
import { Door } from '#server/apply/door.ts';
import { createTenant, enrolDevice } from '#server/apply/tenants.ts';
import { openDatabase } from '#server/db/open-database.ts';
import { createPool } from '#server/db/pool.ts';
import { createPostgresTenantStore } from '#server/db/postgres-tenant-store.ts';
import { createNodeEnv } from '#server/env.ts';
import { SILENT_LOG } from '#server/testing/silent-log.ts';
import { BenchDevice, type BenchPush, type BenchStock, businessOn } from './bench-device.ts';
import { postgresCpuUs } from './postgres-cpu.ts';

const [devices = 1, batches = 20, batchActs = 100] = process.argv.slice(2).map(Number);
const ITEMS = 300;
const TENANT_ID = 'benchtenant00000';
const env = createNodeEnv();

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

async function enrol(deps: Parameters<typeof enrolDevice>[0], name: string): Promise<BenchDevice> {
  const { deviceId } = await enrolDevice(deps, TENANT_ID, { name, set: 'office', enrolledBy: 'ana', businessOn });
  return new BenchDevice(deviceId, 'ana');
}

function submit(door: Door, deviceId: string, { mutations, lastHash }: BenchPush) {
  return door.submit(TENANT_ID, { kind: 'push', deviceId, received: mutations, lastHash });
}

async function makeStock(deps: Parameters<typeof enrolDevice>[0]): Promise<BenchStock[]> {
  const device = await enrol(deps, 'Stock');
  const { pushes, stock } = device.makeStock(ITEMS);
  for (const push of pushes) await submit(deps.door, device.id, push);
  return stock;
}

async function makeQueue(
  deps: Parameters<typeof enrolDevice>[0],
  i: number,
  stock: readonly BenchStock[],
): Promise<{ id: string; pushes: BenchPush[] }> {
  const device = await enrol(deps, `Tablet ${i}`);
  await submit(deps.door, device.id, device.openTill(`Till ${i}`));
  const pushes = Array.from({ length: batches }, (_, b) => device.sell(batchActs, stock, b * batchActs + i * 31));
  return { id: device.id, pushes };
}

async function drain(door: Door, queues: readonly { id: string; pushes: BenchPush[] }[]) {
  const latencies: number[] = [];
  const verdicts = new Map<string, number>();
  const start = performance.now();
  await Promise.all(
    queues.map(async ({ id, pushes }) => {
      for (const push of pushes) {
        const sent = performance.now();
        const outcome = await submit(door, id, push);
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
