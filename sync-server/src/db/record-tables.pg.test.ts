import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson } from '#schema/canonical-json.ts';
import { key } from '#schema/mutations/define.ts';
import { RECORD_KINDS, RECORDS } from '#schema/records/registry.ts';
import { arbitraryRecord } from '../testing/arbitrary-body.ts';
import { createTestTenant, type TestTenant } from '../testing/tenant.ts';
import { loadRecords, readFeed, writeRecords } from './record-tables.ts';
import { readSnapshotKind } from './snapshot-rows.ts';
import { withSnapshot, withTenant } from './tenant-transaction.ts';

let tenant: TestTenant;
/** Beyond what the tenant's own acts use; each record gets a seq of its own. */
let seq = 1_000_000;
beforeAll(async () => {
  tenant = await createTestTenant();
});
afterAll(() => tenant.database.drop());

test('[SY14] a page is read in the order of the indexes, nothing is sorted for it, also while the tables have no statistics', async () => {
  const tenantId = 'othertenant00000';
  await tenant.database.owner.query(
    `insert into stock_movements (tenant_id, seq, k, id, lot_id, item_id, type, units, occurred_at, device_id, n, actor_id)
       select $1, 1000 + i, 0, 'movement' || i, 'lot', 'item', 'RECEIPT', 1, 0, 'device', i, 'ana' from generate_series(1, 5000) i`,
    [tenantId],
  );
  const plan = await withSnapshot(tenant.database.app, tenantId, async (client) => {
    await readFeed(client, tenantId, 'office', 0, 10);
    const { rows } = await client.query(`explain execute "feed office"('${tenantId}', 0, 1000)`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
  expect(plan).toContain('stock_movements_pkey');
  expect(plan).not.toMatch(/Sort {2}\(/);
});

describe('a body read back is the body that was written, byte for byte', () => {
  test.for(RECORD_KINDS)('%s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(arbitraryRecord(kind), arbitraryRecord(kind), async (first, second) => {
        seq += 1;
        const id = `property-${kind}-${seq}`;
        // What is no ledger is written twice, as a change.
        const versions = RECORDS[kind].ledger ? [first] : [first, second];
        const written = versions.map((stored) => ({ ...stored, body: { ...stored.body, id } }) as typeof stored);
        const newest = canonicalJson(written.at(-1)?.body);
        const read = await withTenant(tenant.database.app, tenant.tenantId, async (client) => {
          for (const stored of written) await writeRecords(client, tenant.tenantId, [{ stored, seq, k: 0 }]);
          const [loaded] = await loadRecords(client, tenant.tenantId, [key(kind, id)]);
          const feed = await readFeed(client, tenant.tenantId, 'office', seq - 1, 10);
          const positional: string[] = [];
          const all = { kind, sinceAt: Number.MIN_SAFE_INTEGER, after: '', chunkRows: 100 };
          for await (const { rows } of readSnapshotKind(client, tenant.tenantId, all)) positional.push(...rows);
          positional.sort((a, b) => Number(a.slice(1).split(',')[0]) - Number(b.slice(1).split(',')[0]));
          return { loaded: loaded?.body, fed: JSON.parse(feed.rows[0]?.body ?? ''), last: JSON.parse(positional.at(-1) ?? '') };
        });
        expect(canonicalJson(read.loaded)).toBe(newest);
        expect(canonicalJson(read.fed)).toBe(newest);
        const values = ['id', ...Object.keys(RECORDS[kind].schema.shape).filter((field) => field !== 'id')];
        expect(read.last[0]).toBe(seq);
        expect(canonicalJson(Object.fromEntries(values.map((field, i) => [field, read.last[i + 1]])))).toBe(newest);
      }),
      { numRuns: 25 },
    );
  });
});
