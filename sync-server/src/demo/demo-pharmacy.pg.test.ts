import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChainState, EMPTY_CHAIN, verifyChain } from '#schema/audit/verify-chain.ts';
import { pageOfRecords, readAuditPage } from '../db/tenant-reads.ts';
import { createTestServer, type TestServer } from '../testing/server.ts';
import { DEMO_ACCOUNTS, makeDemoPharmacy } from './demo-pharmacy.ts';
import { DEMO_TENANT_ID } from './demo-place.ts';

const PASSWORD = 'demo-pharmacy';
const ALL = { afterId: '', limit: 2_000 };

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
  await makeDemoPharmacy(server.running.deps, PASSWORD);
});
afterAll(() => server.close());

test('every role can sign in, and a second start changes nothing but a changed password', async () => {
  const { deps } = server.running;
  const page = { from: null, limit: 1, newestFirst: true, filter: {} };
  const before = (await readAuditPage(deps.pool, DEMO_TENANT_ID, page)).head;
  await makeDemoPharmacy(deps, 'another-password');
  expect((await readAuditPage(deps.pool, DEMO_TENANT_ID, page)).head).toEqual(before);
  for (const { email, role } of DEMO_ACCOUNTS) {
    const signedIn = await server.call('POST', '/api/auth/sign-in', { body: { email, password: 'another-password' } });
    expect(signedIn.body).toMatchObject({ role, tenant: { id: DEMO_TENANT_ID } });
  }
});

test('three days on two tills were traded, closed and reconciled; nothing is out of order but what waits for the manager', async () => {
  const { pool } = server.running.deps;
  const items = await pageOfRecords(pool, DEMO_TENANT_ID, 'item', ALL);
  expect(items).toHaveLength(300);
  expect(items.some(({ packPriceMinor }) => packPriceMinor === null)).toBe(true);
  expect(items.some(({ schedule }) => schedule === 'narcotic')).toBe(true);
  expect(items.some(({ coldChain }) => coldChain)).toBe(true);
  const sessions = await pageOfRecords(pool, DEMO_TENANT_ID, 'cashSession', ALL);
  expect(sessions.map(({ businessOn, status }) => `${businessOn} ${status}`).sort()).toEqual([
    '2026-11-20 reconciled',
    '2026-11-20 reconciled',
    '2026-11-21 reconciled',
    '2026-11-21 reconciled',
    '2026-11-22 closed',
    '2026-11-22 reconciled',
  ]);
  const reports = await pageOfRecords(pool, DEMO_TENANT_ID, 'zReport', ALL);
  expect(reports.map(({ number }) => number).sort((a, b) => a - b)).toEqual([1, 1, 2, 2, 3, 3]);
  const sales = await pageOfRecords(pool, DEMO_TENANT_ID, 'sale', ALL);
  expect(sales.length).toBeGreaterThan(100);
  expect(sales.some(({ late }) => late)).toBe(false);
  expect(await pageOfRecords(pool, DEMO_TENANT_ID, 'exception', ALL)).toEqual([]);
  const waiting = await pageOfRecords(pool, DEMO_TENANT_ID, 'reconciliation', { ...ALL, where: { status: 'submitted' } });
  expect(waiting).toHaveLength(1);
});

test('every lot holds what its movements come to, and the log verifies from end to end', async () => {
  const { pool, env } = server.running.deps;
  const movements = await server.database.owner.query<{ lot_id: string; units: number }>(
    'select lot_id, sum(units)::bigint as units from stock_movements where tenant_id = $1 group by lot_id',
    [DEMO_TENANT_ID],
  );
  const unitsByLot = new Map(movements.rows.map(({ lot_id, units }) => [lot_id, units]));
  const lots = await pageOfRecords(pool, DEMO_TENANT_ID, 'lot', ALL);
  expect(lots.filter(({ id, onHandUnits }) => onHandUnits !== (unitsByLot.get(id) ?? 0) || onHandUnits < 0)).toEqual([]);
  let state: ChainState = EMPTY_CHAIN;
  let head = { size: Number.POSITIVE_INFINITY, hash: '' };
  while (state.size < head.size) {
    const page = await readAuditPage(pool, DEMO_TENANT_ID, { from: state.size, limit: 500, newestFirst: false, filter: {} });
    head = { size: page.head.size, hash: page.head.hash };
    const checked = verifyChain(state, page.entries, env.sha256);
    if (!checked.ok) throw new Error(`entry ${checked.index}: ${checked.fault}`);
    state = checked.state;
  }
  expect(state).toEqual(head);
});
