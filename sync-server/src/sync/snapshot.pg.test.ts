import { afterAll, beforeAll, expect, test } from 'vitest';
import { RECORD_KINDS, type RecordKind } from '#schema/records/registry.ts';
import { snapshotEndSchema, snapshotHeaderSchema, snapshotKindSchema } from '#schema/sync/messages.ts';
import { DAY_MS } from '#schema/time.ts';
import { type PlacedRecord, writeRecords } from '../db/record-tables.ts';
import { withTenant } from '../db/tenant-transaction.ts';
import { createTestTenant, TEST_DAY_AT, type TestDevice, type TestTenant } from '../testing/tenant.ts';
import { pull } from './pull.ts';
import { SNAPSHOT_WINDOW_DAYS, streamSnapshot } from './snapshot.ts';

let tenant: TestTenant;
let device: TestDevice;
beforeAll(async () => {
  tenant = await createTestTenant();
  device = await tenant.enrol('Tablet');
  await device.push(
    device.make('till.add', { name: 'One' }),
    device.make('till.add', { name: 'Two' }),
    device.make('till.explode', {}),
  );
});
afterAll(() => tenant.database.drop());

/** A snapshot as a device reads it: header, then records by kind. */
async function readSnapshot() {
  let text = '';
  await streamSnapshot(tenant, tenant.tenantId, device.id, async (chunk) => {
    text += chunk;
  });
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const header = snapshotHeaderSchema.parse(lines.shift());
  const end = snapshotEndSchema.parse(lines.pop());
  const records: { kind: RecordKind; seq: unknown; body: Record<string, unknown> }[] = [];
  const kinds: RecordKind[] = [];
  while (lines.length > 0) {
    const { kind, fields, count } = snapshotKindSchema.parse(lines.shift());
    kinds.push(kind);
    for (const line of lines.splice(0, count)) {
      if (!Array.isArray(line)) throw new Error('a record is not positional');
      records.push({ kind, seq: line[0], body: Object.fromEntries(fields.map((field, i) => [field, line[i + 1]])) });
    }
  }
  return { header, end, kinds, records };
}

test('[SY17] a snapshot holds what pulling from the beginning would, at one seq, first things first', async () => {
  const { header, end, kinds, records } = await readSnapshot();
  const outcome = await pull(tenant, tenant.tenantId, device.id, { epoch: 1, since: 0, limit: 2_000, receiptsAfter: 0 });
  if (outcome.kind !== 'page') throw new Error(outcome.kind);
  const page: { next: number; ackedN: number; records: { kind: string; seq: number; body: { id: string } }[] } = JSON.parse(
    outcome.json,
  );
  expect(header).toMatchObject({ epoch: 1, seq: page.next, ackedN: 3, records: records.length });
  expect(end).toEqual({ end: true, records: records.length });
  expect(kinds).toEqual(RECORD_KINDS);
  const inOrder = (list: readonly { kind: string; seq: unknown; body: Record<string, unknown> }[]) =>
    list
      .map(({ kind, seq, body }) => ({ kind, seq, body }))
      .sort((a, b) => (`${a.kind} ${String(a.body['id'])}` < `${b.kind} ${String(b.body['id'])}` ? -1 : 1));
  expect(inOrder(records)).toEqual(inOrder(page.records));
});

test('[SY17] ledgers come for a window, everything else whole', async () => {
  const movement = (id: string, occurredAt: number, k: number): PlacedRecord => ({
    stored: {
      kind: 'stockMovement',
      body: {
        id,
        lotId: 'lot',
        itemId: 'item',
        type: 'RECEIPT',
        units: 1,
        occurredAt,
        uncertaintyMs: 0,
        deviceId: device.id,
        n: 1,
        actorId: 'ana',
        refKind: null,
        refId: null,
        reason: null,
      },
    },
    seq: 1_000,
    k,
  });
  const edge = TEST_DAY_AT - SNAPSHOT_WINDOW_DAYS * DAY_MS;
  await withTenant(tenant.database.app, tenant.tenantId, (client) =>
    writeRecords(client, tenant.tenantId, [
      movement('old', edge - 1, 0),
      movement('edge', edge, 1),
      movement('new', TEST_DAY_AT, 2),
    ]),
  );
  const { records } = await readSnapshot();
  expect(records.filter(({ kind }) => kind === 'stockMovement').map(({ body }) => body['id'])).toEqual(['edge', 'new']);
});

test('a snapshot goes at the pace of its reader and stops with it', async () => {
  let chunks = 0;
  const reading = streamSnapshot(tenant, tenant.tenantId, device.id, async () => {
    chunks += 1;
    if (chunks === 2) throw new Error('reader went away');
  });
  await expect(reading).rejects.toThrow('reader went away');
  expect(chunks).toBe(2);
  const { rows } = await tenant.database.owner.query(
    `select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
  );
  expect(rows).toEqual([]);
});
