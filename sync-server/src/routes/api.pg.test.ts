import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { canonicalJson } from '#schema/canonical-json.ts';
import { claimKey, KEY_KEPT_MS, KEY_PENDING_MS } from '../db/idempotency-keys.ts';
import { pageOfRecords } from '../db/tenant-reads.ts';
import { createTestServer, TEST_PASSWORD, type TestPharmacy, type TestServer } from '../testing/server.ts';

const keptSchema = z.looseObject({ id: z.string(), receipt: z.looseObject({ n: z.int(), verdict: z.string() }) });

let server: TestServer;
let pharmacy: TestPharmacy;
let other: TestPharmacy;
beforeAll(async () => {
  server = await createTestServer();
  pharmacy = await server.foundPharmacy('api@test.test');
  other = await server.foundPharmacy('other@test.test');
});
afterAll(() => server.close());

function post(path: string, body: unknown, key?: string) {
  const headers = { ...pharmacy.bearer, ...(key === undefined ? {} : { 'idempotency-key': key }) };
  return server.call('POST', path, { body, headers });
}

describe('items', () => {
  test('are added through the door, listed by cursor, and hidden from other pharmacies', async () => {
    const added = await post('/api/inventory/items', { name: 'Box', packPriceMinor: 250 });
    expect(added).toMatchObject({ status: 201, body: { receipt: { verdict: 'applied' } } });
    const { id } = keptSchema.parse(added.body);
    await post('/api/inventory/items', { name: 'Other box' });
    const first = await server.call('GET', '/api/inventory/items?limit=1', { headers: pharmacy.bearer });
    const { items, next } = z
      .object({ items: z.array(z.looseObject({ id: z.string() })), next: z.string().nullable() })
      .parse(first.body);
    expect([items.map((item) => item.id), next]).toEqual([[id], id]);
    const second = await server.call('GET', `/api/inventory/items?limit=5&cursor=${next}`, { headers: pharmacy.bearer });
    expect(second.body).toMatchObject({ items: [{ name: 'Other box' }], next: null });
    expect((await server.call('GET', `/api/inventory/items/${id}`, { headers: other.bearer })).status).toBe(404);
    expect((await server.call('GET', '/api/inventory/items', { headers: other.bearer })).body).toEqual({ items: [], next: null });
  });

  test('a repeat under one Idempotency-Key adds once; the key is no good for anything else', async () => {
    const box = { name: 'Once' };
    const first = await post('/api/inventory/items', box, 'key-1');
    const again = await post('/api/inventory/items', box, 'key-1');
    expect(again.body).toEqual(first.body);
    expect(await post('/api/inventory/items', { name: 'Twice' }, 'key-1')).toMatchObject({
      status: 409,
      body: { code: 'idempotency_key_reused' },
    });
    expect(await post('/api/inventory/items', box, 'a b')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'Idempotency-Key' }] },
    });
  });

  test('a request that died before its answer was kept is found in the log, or made anew when it never came so far', async () => {
    const { pool } = server.running.deps;
    const tenantId = pharmacy.tenant.id;
    const start = server.env.now();
    const kept = keptSchema.parse((await post('/api/inventory/items', { name: 'Cut off' })).body);
    const [item] = (await pageOfRecords(pool, tenantId, 'item', { afterId: '', limit: 100 })).filter(({ id }) => id === kept.id);
    if (!item) throw new Error('the item is not there');
    const { id: _id, status: _status, createdAt: _createdAt, priceSetAt: _priceSetAt, edits: _edits, ...fields } = item;
    const hashOf = (name: string) =>
      server.env.sha256(canonicalJson({ actorId: pharmacy.user.id, name: 'item.add', args: { fields: { ...fields, name } } }));
    await claimKey(pool, { tenantId, key: 'cut', requestHash: hashOf('Cut off'), at: start });
    await claimKey(pool, { tenantId, key: 'never', requestHash: hashOf('Never'), at: start });
    expect(await post('/api/inventory/items', { name: 'Cut off' }, 'cut')).toMatchObject({
      status: 409,
      body: { code: 'idempotency_in_progress' },
    });
    server.env.setNow(start + KEY_PENDING_MS);
    expect(keptSchema.parse((await post('/api/inventory/items', { name: 'Cut off' }, 'cut')).body)).toEqual(kept);
    expect((await post('/api/inventory/items', { name: 'Never' }, 'never')).status).toBe(201);
    server.env.setNow(start);
  });
});

describe('cash sessions', () => {
  test('[C6] are opened and closed over HTTP, and nothing tells the expectation before the count', async () => {
    const { pool } = server.running.deps;
    const owner = { tenantId: pharmacy.tenant.id, userId: pharmacy.user.id };
    await server.running.deps.door.submit(owner.tenantId, {
      kind: 'acts',
      channel: 'worker',
      actorId: owner.userId,
      acts: [{ name: 'till.add', args: { name: 'Till 1' }, businessOn: '2026-11-23' }],
    });
    const [till] = await pageOfRecords(pool, owner.tenantId, 'till', { afterId: '', limit: 1 });
    const opened = await post('/api/cash-sessions', { tillId: till?.id, floatMinor: 12_345 });
    expect(opened).toMatchObject({ status: 201, body: { receipt: { verdict: 'applied' } } });
    const { id } = keptSchema.parse(opened.body);
    const listed = await server.call('GET', '/api/cash-sessions?status=open', { headers: pharmacy.bearer });
    expect(listed.body).toMatchObject({ sessions: [{ id, businessOn: '2026-11-23' }] });
    expect(JSON.stringify(listed.body)).not.toMatch(/expected|variance/i);
    const counts = [{ methodId: 'cash', countedMinor: 12_345, denominations: null }];
    const closed = await post(`/api/cash-sessions/${id}/close`, { counts });
    expect(closed).toMatchObject({ status: 200, body: { id } });
    expect(JSON.stringify(closed.body)).not.toMatch(/expected|variance/i);
    const read = await server.call('GET', `/api/cash-sessions/${id}`, { headers: pharmacy.bearer });
    expect(read.body).toMatchObject({ status: 'closed' });
    expect((await post('/api/cash-sessions', { tillId: 'nothing', floatMinor: 0 })).status).toBe(404);
    expect((await server.call('GET', '/api/reconciliations/nothing', { headers: pharmacy.bearer })).status).toBe(404);
  });
});

// Last, because it leaves every session of the other tests expired.
test('a key is forgotten after a day', async () => {
  const before = await post('/api/inventory/items', { name: 'Daily' }, 'daily');
  server.env.setNow(server.env.now() + KEY_KEPT_MS + 1);
  const signedIn = await server.call('POST', '/api/auth/sign-in', { body: { email: 'api@test.test', password: TEST_PASSWORD } });
  const { accessToken } = z.looseObject({ accessToken: z.string() }).parse(signedIn.body);
  const headers = { authorization: `Bearer ${accessToken}`, 'idempotency-key': 'daily' };
  const after = await server.call('POST', '/api/inventory/items', { body: { name: 'Daily' }, headers });
  expect(after.status).toBe(201);
  expect(keptSchema.parse(after.body).id).not.toBe(keptSchema.parse(before.body).id);
});
