/**
 * What a snapshot costs: 100,000 records of a pharmacy (items, claims, lots, sales, cash and stock movements) streamed from the embedded database, as text
 * and through the compressions that HTTP knows, each with bytes a record; and a pull page of the newest records. Run: `npx tsx bench/snapshot.ts`.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import { defaultShop } from '#schema/domain/default-shop.ts';
import type { Stored } from '#schema/working-set.ts';
import { Door } from '#server/apply/door.ts';
import { createTenant, enrolDevice } from '#server/apply/tenants.ts';
import { openDatabase } from '#server/db/open-database.ts';
import { createPool } from '#server/db/pool.ts';
import { createPostgresTenantStore } from '#server/db/postgres-tenant-store.ts';
import { writeRecords } from '#server/db/record-tables.ts';
import { withTenant } from '#server/db/tenant-transaction.ts';
import { createNodeEnv } from '#server/env.ts';
import { pull } from '#server/sync/pull.ts';
import { streamSnapshot } from '#server/sync/snapshot.ts';
import { SILENT_LOG } from '#server/testing/silent-log.ts';

const TENANT_ID = 'benchtenant00000';
const env = createNodeEnv();
const businessOn = new Date(env.now()).toISOString().slice(0, 10);
const RUNS = 3;

const folder = await mkdtemp(path.join(tmpdir(), 'bench-snapshot-'));
// The database's own account must be able to enter.
await chmod(folder, 0o755);
const database = await openDatabase({ databaseUrl: null, dataDir: folder, log: SILENT_LOG });
const pool = createPool(database.url, { max: 4, log: SILENT_LOG });
try {
  const store = createPostgresTenantStore(pool);
  const deps = { env, store, door: new Door(env, store, () => undefined) };
  const shop = defaultShop({ country: 'FR', currency: 'EUR', timeZone: 'Europe/Paris', createdOn: businessOn });
  await createTenant(deps, { id: TENANT_ID, shop: { ...shop, name: 'Bench' }, ownerId: 'ana', ownerName: 'Ana' });
  const { deviceId } = await enrolDevice(deps, TENANT_ID, { name: 'Bench', set: 'office', enrolledBy: 'ana', businessOn });
  const count = await fill(deviceId);
  await pool.query('vacuum analyze').catch(() => undefined);
  const compressions = {
    text: () => null,
    'gzip 1': () => createGzip({ level: 1 }),
    'gzip 4': () => createGzip({ level: 4 }),
    'gzip 6': () => createGzip({ level: 6 }),
    'br 1': () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    'br 4': () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
    'br 5': () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  };
  for (const [name, make] of Object.entries(compressions)) {
    const seconds: number[] = [];
    let bytes = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const start = performance.now();
      bytes = await snapshotThrough(make(), deviceId);
      seconds.push((performance.now() - start) / 1_000);
    }
    const best = Math.min(...seconds);
    console.log(
      `${name.padEnd(7)} ${best.toFixed(2)} s, ${Math.round(count / best)} records/s, ${(bytes / count).toFixed(1)} bytes a record`,
    );
  }
  for (const limit of [1, 1_000]) {
    const ms: number[] = [];
    for (let run = 0; run < 60; run += 1) {
      const start = performance.now();
      const { head } = await store.read(TENANT_ID, deviceId, async (state) => state);
      const seen = { size: head.logSize, hash: head.chainHash };
      await pull(deps, TENANT_ID, deviceId, { epoch: 1, since: head.seq - limit, limit: 2_000, receiptsAfter: 0, head: seen });
      ms.push(performance.now() - start);
    }
    ms.sort((a, b) => a - b);
    console.log(`pull of ${limit} records: median ${ms[30]?.toFixed(1)} ms`);
  }
} finally {
  await pool.end();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

async function snapshotThrough(
  zip: ReturnType<typeof createGzip> | ReturnType<typeof createBrotliCompress> | null,
  deviceId: string,
) {
  let bytes = 0;
  zip?.on('data', (chunk: Buffer) => (bytes += chunk.length));
  await streamSnapshot({ env, store: createPostgresTenantStore(pool) }, TENANT_ID, deviceId, null, async (text) => {
    if (!zip) bytes += Buffer.byteLength(text);
    else if (!zip.write(text)) await new Promise((resolve) => zip.once('drain', resolve));
  });
  if (zip) await new Promise((resolve) => zip.end().once('end', resolve));
  return bytes;
}

/** Records as acts would have written them: each sale takes two lots and makes four ledger lines. Answers how many there are. */
async function fill(deviceId: string): Promise<number> {
  const records: Stored[][] = [];
  const at = (i: number) => env.now() - 40 * 86_400_000 + i * 170_000 + ((i * 7_919) % 60_000);
  const FORMS = ['comprimé', 'gélule', 'solution buvable', 'crème', 'collyre'];
  for (let i = 0; i < 12_000; i += 1) {
    const id = `${deviceId}-${1 + Math.floor(i / 50)}-${i % 50}`;
    const gtin = `0340093${String((i * 7_919_731) % 10_000_000).padStart(7, '0')}`;
    const fields = {
      name: `${['DOLIPRANE', 'AMOXICILLINE', 'YELLOX', 'SPASFON', 'KARDEGIC'][i % 5]} ${(i * 31) % 997} mg`,
      form: FORMS[i % 5] ?? '',
      route: 'orale',
      substances: `substance ${(i * 13) % 2_011}`,
      strength: `${(i * 31) % 997} mg`,
      packLabel: `boîte de ${10 + (i % 30)}`,
      unitsPerPack: 10 + (i % 30),
      atc: `N02BE${String(i % 100).padStart(2, '0')}`,
      schedule: 'none' as const,
      coldChain: i % 20 === 0,
      identifiers: [{ scheme: 'gtin' as const, value: gtin }],
      packPriceMinor: 100 + ((i * 37) % 5_000),
      packCostMinor: null,
      vatRateBp: 210,
      holder: `LABO ${i % 300}`,
      status: 'active' as const,
      createdAt: at(0),
      priceSetAt: at(0),
      edits: [],
    };
    const lot = { id: `${id}~20280131~${((i * 7_919_731) % 0xffffffff).toString(16).padStart(12, '0')}`, itemId: id };
    records.push([
      { kind: 'item', body: { id, ...fields } } as unknown as Stored,
      { kind: 'claim', body: { id: `gtin:${gtin}`, holderId: id } },
      {
        kind: 'lot',
        body: {
          ...lot,
          lotText: `L${(i * 31) % 99_991}`,
          expiryOn: '2028-01-31',
          status: 'released',
          onHandUnits: (i * 17) % 300,
          firstReceivedAt: at(0),
          lastCount: null,
          edits: [],
        },
      } as unknown as Stored,
    ]);
  }
  for (let i = 0; i < 16_000; i += 1) {
    const n = 300 + i;
    const act = { occurredAt: at(i), actorId: `u${i % 6}`, deviceId, n };
    const id = `${deviceId}-${n}-0`;
    const total = 300 + ((i * 37) % 4_000);
    const ledger = (k: number): Stored =>
      ({
        kind: 'stockMovement',
        body: {
          id: `${deviceId}-${n}-${k}`,
          lotId: `${deviceId}-${1 + (i % 200)}-${(i * 3 + k) % 50}~20280131~00000${((i * 31) % 99_991).toString(16)}`,
          itemId: `${deviceId}-${1 + (i % 200)}-${(i * 3 + k) % 50}`,
          type: 'DISPENSE',
          units: -1 - (i % 3),
          uncertaintyMs: 60_000,
          ...act,
          refKind: 'sale',
          refId: id,
          reason: null,
        },
      }) as unknown as Stored;
    records.push([
      {
        kind: 'cashMovement',
        body: {
          id: `${deviceId}-${n}-1`,
          sessionId: `${deviceId}-${200 + Math.floor(i / 150)}-0`,
          tillId: 'till-1',
          type: 'SALE',
          methodId: i % 3 === 0 ? 'cash' : 'card',
          amountMinor: total,
          late: false,
          homeSessionId: null,
          ...act,
          note: '',
          reference: null,
          witnessId: null,
          saleId: id,
          reversalOf: null,
        },
      } as unknown as Stored,
      ledger(2),
      ledger(3),
      ledger(4),
    ]);
  }
  let seq = 10;
  await withTenant(pool, TENANT_ID, async (client) => {
    for (let from = 0; from < records.length; from += 500) {
      const placed = records.slice(from, from + 500).flatMap((act) => {
        seq += 1;
        return act.map((stored, k) => ({ stored, seq, k }));
      });
      await writeRecords(client, TENANT_ID, placed);
    }
    await client.query('update tenant_heads set seq = $2 where tenant_id = $1', [TENANT_ID, seq]);
  });
  await createPostgresTenantStore(pool).recountDigest(TENANT_ID);
  return records.flat().length;
}
