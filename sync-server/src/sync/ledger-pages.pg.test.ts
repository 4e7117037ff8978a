import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cursorBefore, LEDGER_PARENTS, type LedgerKind, type LedgerPageResponse } from '#schema/api/ledger-page.ts';
import { monthStart } from '#schema/sync/digest.ts';
import type { Stored } from '#schema/working-set.ts';
import { LEDGER_PAGE_SQL, readLedgerPage } from '../db/ledger-pages.ts';
import { RECORD_TABLES } from '../db/record-columns.ts';
import { writeRecords } from '../db/record-tables.ts';
import { withTenant } from '../db/tenant-transaction.ts';
import { arbitraryRecord } from '../testing/arbitrary-body.ts';
import { createTestTenant, type TestTenant } from '../testing/tenant.ts';
import { ledgersFromAt } from './pull.ts';

const KINDS = Object.keys(LEDGER_PARENTS) as LedgerKind[];
const RUNS = 15;

let tenant: TestTenant;
let edge: number;
let seq = 1_000;
beforeAll(async () => {
  tenant = await createTestTenant();
  edge = monthStart(ledgersFromAt(tenant.env.now()));
});
afterAll(() => tenant.database.drop());

/** A line of a kind under a parent at an instant; what else it says is made up. */
function lineOf(kind: LedgerKind, given: { id: string; parent: string; occurredAt: number }): Stored {
  const [any] = fc.sample(arbitraryRecord(kind), { numRuns: 1, seed: 7 });
  const { id, parent, occurredAt } = given;
  return { kind, body: { ...any?.body, id, [LEDGER_PARENTS[kind]]: parent, occurredAt } } as unknown as Stored;
}

async function write(lines: readonly Stored[], of: TestTenant = tenant): Promise<void> {
  seq += 1;
  await withTenant(tenant.database.app, of.tenantId, (client) =>
    writeRecords(
      client,
      of.tenantId,
      lines.map((stored, k) => ({ stored, seq, k })),
    ),
  );
}

async function pagesOf(kind: LedgerKind, parent: string, limit: number, between: () => Promise<void> = async () => undefined) {
  const pages: LedgerPageResponse[] = [];
  for (let before = cursorBefore(edge), more = true; more; ) {
    const page = await readLedgerPage(tenant.database.app, tenant.tenantId, { kind, parent, before, limit });
    pages.push(page);
    more = page.next !== null;
    before = page.next ?? before;
    await between();
    if (pages.length > 100) throw new Error('the pages have no end');
  }
  return pages;
}

/** Ids under a parent that a snapshot taken now holds. */
async function heldBySnapshot(deviceId: string, kind: LedgerKind, parent: string): Promise<string[]> {
  const rows = await tenant.store.read(tenant.tenantId, deviceId, async (state) => {
    const read: string[] = [];
    for await (const chunk of state.readKind(kind, edge, '')) read.push(...chunk.rows);
    return read;
  });
  return rows.filter((row) => row.includes(`"${parent}"`)).map((row) => String((JSON.parse(row) as unknown[])[1]));
}

test.each(KINDS)(
  '[SY17] %s: a snapshot and the pages before it hold every line once, however the pages are cut',
  async (kind) => {
    const device = await tenant.enrol('Tablet');
    let run = 0;
    // Few instants and many lines, so that whole pages lie on one; some on the edge itself.
    const lines = fc.array(fc.integer({ min: -4, max: 2 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 9 }), async (offsets, limit) => {
        run += 1;
        const parent = `${kind}-${run}`;
        await write(offsets.map((offset, i) => lineOf(kind, { id: `${parent}-${i}`, parent, occurredAt: edge + offset })));

        const pages = await pagesOf(kind, parent, limit);

        const seen = pages.flatMap((page) => page.lines);
        const held = await heldBySnapshot(device.id, kind, parent);
        const all = [...held, ...seen.map(({ id }) => id)];
        expect(all.toSorted()).toEqual(offsets.map((_, i) => `${parent}-${i}`).toSorted());
        expect(seen.every(({ occurredAt }) => occurredAt < edge)).toBe(true);
        expect(seen.map(({ occurredAt }) => occurredAt)).toEqual(seen.map(({ occurredAt }) => occurredAt).sort((a, b) => b - a));
        expect(pages.every((page) => page.lines.length <= limit)).toBe(true);
        expect(pages.filter((page) => page.lines.length === 0).length).toBe(seen.length === 0 ? 1 : 0);
      }),
      { numRuns: RUNS },
    );
  },
);

test('[SY17] lines that arrive late between two pages move no other to where it was seen already, or missed', async () => {
  const kind = 'stockMovement';
  const before = Array.from({ length: 20 }, (_, i) => ({ id: `before-${i}`, parent: 'moved', occurredAt: edge - 1 - i * 10 }));
  await write(before.map((line) => lineOf(kind, line)));
  let late = 0;
  const pages = await pagesOf(kind, 'moved', 3, async () => {
    late += 1;
    await write([lineOf(kind, { id: `late-${late}`, parent: 'moved', occurredAt: edge - 2 })]);
  });
  const seen = pages.flatMap((page) => page.lines.map(({ id }) => id));
  expect(seen.filter((id) => id.startsWith('before'))).toEqual(before.map(({ id }) => id));
});

test('[SY17] a page holds nothing of another parent, and nothing of another tenant', async () => {
  const other = await createTestTenant({ database: tenant.database, tenantId: 'othertenant00000' });
  for (const kind of KINDS) {
    await write([lineOf(kind, { id: `mine-${kind}`, parent: 'same', occurredAt: edge - 5 })]);
    await write([lineOf(kind, { id: `beside-${kind}`, parent: 'beside', occurredAt: edge - 5 })]);
    await write([lineOf(kind, { id: `theirs-${kind}`, parent: 'same', occurredAt: edge - 5 })], other);
    const asked = { kind, parent: 'same', before: cursorBefore(edge), limit: 10 };
    const [mine, theirs] = [
      await readLedgerPage(tenant.database.app, tenant.tenantId, asked),
      await readLedgerPage(tenant.database.app, other.tenantId, asked),
    ];
    expect(mine.lines.map(({ id }) => id)).toEqual([`mine-${kind}`]);
    expect(theirs.lines.map(({ id }) => id)).toEqual([`theirs-${kind}`]);
  }
});

test.each(KINDS)('[SY17] %s: a page reads along an index to its end, and no further', async (kind) => {
  const parent = `long-${kind}`;
  const bodies = Array.from({ length: 3_000 }, (_, i) =>
    lineOf(kind, { id: `${parent}-${i}`, parent: i % 3 === 0 ? parent : `${parent}-${i}`, occurredAt: edge - i }),
  );
  await write(bodies);
  const { table } = RECORD_TABLES[kind];
  const planOf = () =>
    withTenant(tenant.database.app, tenant.tenantId, async (client) => {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain (analyze, costs off, timing off, summary off) ${LEDGER_PAGE_SQL[kind]}`,
        [tenant.tenantId, parent, edge - 300, '', 31],
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
  const column = LEDGER_PARENTS[kind] === 'lotId' ? 'lot_id' : 'session_id';
  // A connection keeps the plan it made before there were statistics.
  const plans = [await planOf()];
  await tenant.database.owner.query(`analyze ${table}`);
  plans.push(await planOf());
  for (const plan of plans) {
    expect(plan).toContain(`Index Scan Backward using ${table}_tenant_id_${column}_occurred_at_idx`);
    const read = Number(/Index Scan Backward.*rows=(\d+)/.exec(plan)?.[1]);
    expect(read).toBeLessThanOrEqual(33);
  }
});
