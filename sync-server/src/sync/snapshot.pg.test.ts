import { afterAll, beforeAll, expect, test } from 'vitest';
import { RECORD_KINDS, type RecordKind } from '#schema/records/registry.ts';
import { Digest, digestOf } from '#schema/sync/digest.ts';
import {
  type SnapshotResume,
  snapshotEndSchema,
  snapshotHeaderSchema,
  snapshotKindSchema,
  snapshotMarkSchema,
} from '#schema/sync/messages.ts';
import { kindsInSet } from '#schema/sync/sets.ts';
import type { Stored } from '#schema/working-set.ts';
import { type PlacedRecord, writeRecords } from '../db/record-tables.ts';
import { withTenant } from '../db/tenant-transaction.ts';
import { createTestTenant, TEST_DAY_AT, type TestDevice, type TestTenant } from '../testing/tenant.ts';
import { pull } from './pull.ts';
import { streamSnapshot } from './snapshot.ts';

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

interface ReadRecord {
  readonly kind: RecordKind;
  readonly seq: unknown;
  readonly body: Record<string, unknown>;
}

/** A snapshot, or a part of one, as a device reads it: header, then records by kind; `marks` say how many records came before each. */
async function readSnapshot({ resume = null as SnapshotResume | null, by = device } = {}) {
  let text = '';
  const refusal = await streamSnapshot(tenant, tenant.tenantId, by.id, resume, async (chunk) => {
    text += chunk;
  });
  if (refusal) throw new Error(refusal.kind);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const header = snapshotHeaderSchema.parse(lines.shift());
  const end = snapshotEndSchema.parse(lines.pop());
  const records: ReadRecord[] = [];
  const kinds: RecordKind[] = [];
  const marks: { at: string; after: number }[] = [];
  let kind: ReturnType<typeof snapshotKindSchema.parse> | null = null;
  for (const line of lines) {
    if (Array.isArray(line) && kind)
      records.push({
        kind: kind.kind,
        seq: line[0],
        body: Object.fromEntries(kind.fields.map((field, i) => [field, line[i + 1]])),
      });
    else if (snapshotMarkSchema.safeParse(line).success) marks.push({ ...snapshotMarkSchema.parse(line), after: records.length });
    else {
      kind = snapshotKindSchema.parse(line);
      kinds.push(kind.kind);
    }
  }
  return { header, end, kinds, records, marks };
}

test('[SY17] a snapshot holds what pulling from the beginning would, at one seq, first things first', async () => {
  const { header, end, kinds, records } = await readSnapshot();
  const outcome = await pull(tenant, tenant.tenantId, device.id, {
    epoch: 1,
    since: 0,
    limit: 2_000,
    receiptsAfter: 0,
    head: null,
  });
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
  // Ninety days before 23 November lies in August: all of that month comes, the same for every device.
  const edge = Date.UTC(2026, 7, 1);
  await withTenant(tenant.database.app, tenant.tenantId, (client) =>
    writeRecords(client, tenant.tenantId, [
      movement('old', edge - 1, 0),
      movement('edge', edge, 1),
      movement('new', TEST_DAY_AT, 2),
    ]),
  );
  // Written past the door.
  await tenant.store.recountDigest(tenant.tenantId);
  const { header, records } = await readSnapshot();
  expect(header.ledgersFrom).toBe('2026-08');
  expect(records.filter(({ kind }) => kind === 'stockMovement').map(({ body }) => body['id'])).toEqual(['edge', 'new']);
});

test('[SY17] gone on with behind any mark while others write, and then pulled, it is the state of the head', async () => {
  const whole = await readSnapshot();
  const { epoch, seq, head, set, ledgersFrom } = whole.header;
  for (const [i, { at, after }] of whole.marks.entries()) {
    await device.push(
      device.make('till.add', { name: `New ${i}` }),
      device.make('member.add', { userId: `m${i}`, name: 'Cy', role: 'pharmacist' }),
      device.make('shop.change', {
        changes: { name: { from: i === 0 ? 'Pharmacie du Test' : `Shop ${i - 1}`, to: `Shop ${i}` } },
      }),
    );
    const rest = await readSnapshot({ resume: { epoch, ...head, set, ledgersFrom, after: at } });
    expect(rest.end.records).toBe(rest.records.length);
    const state = new Map<string, ReadRecord>();
    const named = (record: ReadRecord) => [`${record.kind}/${String(record.body['id'])}`, record] as const;
    for (const [name, record] of [...whole.records.slice(0, after), ...rest.records].map(named)) {
      expect(state.has(name)).toBe(false);
      state.set(name, record);
    }
    const outcome = await pull(tenant, tenant.tenantId, device.id, { epoch, since: seq, limit: 2_000, receiptsAfter: 0, head });
    if (outcome.kind !== 'page') throw new Error(outcome.kind);
    const page: { records: ReadRecord[]; holds: { digest: string } } = JSON.parse(outcome.json);
    for (const record of page.records) state.set(...named({ kind: record.kind, seq: record.seq, body: record.body }));
    const digest = new Digest();
    for (const { kind, body } of state.values()) digest.add({ kind, body } as unknown as Stored);
    expect(digestOf(digest.sums(), kindsInSet('office'), ledgersFrom)).toBe(page.holds.digest);
  }
  expect(whole.marks.length).toBeGreaterThan(4);
});

test('[SY19] a part of another history, epoch or set is refused before anything is written', async () => {
  const { header, marks } = await readSnapshot();
  const { epoch, head, set, ledgersFrom } = header;
  const resume: SnapshotResume = { epoch, ...head, set, ledgersFrom, after: marks[0]?.at ?? '' };
  for (const other of [{ epoch: epoch + 1 }, { hash: 'f'.repeat(64) }, { size: head.size + 1 }, { set: 'light' as const }])
    await expect(readSnapshot({ resume: { ...resume, ...other } })).rejects.toThrow('rebuild');
});

test('[SY14] a device gets the kinds of its set, in snapshots and pulls, and a digest of just those', async () => {
  const phone = await tenant.enrol('Phone', 'light');
  const { header, kinds, records } = await readSnapshot({ by: phone });
  expect([header.set, kinds]).toEqual(['light', kindsInSet('light')]);
  const request = { epoch: 1, since: 0, limit: 2_000, receiptsAfter: 0, head: null };
  const outcome = await pull(tenant, tenant.tenantId, phone.id, request);
  if (outcome.kind !== 'page') throw new Error(outcome.kind);
  const page: { records: ReadRecord[]; holds: { set: string; digest: string } } = JSON.parse(outcome.json);
  expect(page.records.filter(({ kind }) => !kinds.includes(kind))).toEqual([]);
  expect(page.records.length).toBe(records.length);
  const digest = new Digest();
  for (const { kind, body } of records) digest.add({ kind, body } as unknown as Stored);
  expect(page.holds).toMatchObject({ set: 'light', digest: digestOf(digest.sums(), kindsInSet('light'), '2026-08') });
});

test('a snapshot goes at the pace of its reader and stops with it', async () => {
  let chunks = 0;
  const reading = streamSnapshot(tenant, tenant.tenantId, device.id, null, async () => {
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
