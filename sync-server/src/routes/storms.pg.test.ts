import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolResponseSchema, PROTOCOL_VERSION } from '#schema/sync/messages.ts';
import { API_LIMITS } from '../http/admission.ts';
import { createTestServer, type TestPharmacy, type TestServer } from '../testing/server.ts';

/** More than lines and buffers on the way hold, and as many readers as there are connections to the database. */
const LINES = 60_000;
const READERS = 10;

let server: TestServer;
let storm: TestPharmacy;
let quiet: TestPharmacy;
beforeAll(async () => {
  server = await createTestServer();
  storm = await server.foundPharmacy('storm@test.test');
  quiet = await server.foundPharmacy('quiet@test.test');
});
afterAll(() => server.close());

async function enrol(owner: TestPharmacy): Promise<Readonly<Record<string, string>>> {
  const { body } = await server.call('POST', '/api/devices', { body: { name: 'Counter' }, headers: owner.bearer });
  const { deviceToken } = enrolResponseSchema.parse(body);
  return { ...owner.bearer, 'x-device-token': deviceToken, 'x-protocol-version': String(PROTOCOL_VERSION) };
}

/** A snapshot, not compressed, of which nothing is read. */
function openSnapshot(headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { headers: { ...headers, 'accept-encoding': 'identity' }, agent: false };
    get(`${server.url}/api/sync/snapshot`, options, resolve).once('error', reject);
  });
}

test('[SY12] tablets that stop reading their snapshot keep no connection to the database from anybody', async () => {
  await server.database.owner.query(
    `insert into stock_movements (tenant_id, seq, k, id, lot_id, item_id, type, units, occurred_at, device_id, n, actor_id)
       select $1, 1000 + i, 0, 'movement' || i, 'lot', 'item', 'RECEIPT', 1, $2, 'device', i, 'ana' from generate_series(1, $3::int) i`,
    [storm.tenant.id, server.env.now(), LINES],
  );
  const [stalled, other] = [await enrol(storm), await enrol(quiet)];
  const answers = await Promise.all(Array.from({ length: READERS }, () => openSnapshot(stalled)));
  const body = { epoch: 1, since: 0, limit: 100, receiptsAfter: 0, head: null };
  for (let i = 0; i < 20; i += 1)
    expect(await server.call('POST', '/api/sync/pull', { body, headers: other })).toMatchObject({ status: 200 });
  const another = await openSnapshot(other);
  expect(another.statusCode).toBe(200);
  another.destroy();
  // One more of theirs has to wait.
  expect((await openSnapshot(stalled)).statusCode).toBe(429);
  for (const answer of answers) answer.destroy();
});

test('[SY12] a pharmacy that asks for too much at once is told when to come again, before any of it is done, and no other is', async () => {
  const [busy, other] = [await enrol(storm), await enrol(quiet)];
  const body = { epoch: 1, since: 0, limit: 100, receiptsAfter: 0, head: null };
  const asked = Array.from({ length: 2 * API_LIMITS.each }, () => server.call('POST', '/api/sync/pull', { body, headers: busy }));
  const own = server.call('POST', '/api/sync/pull', { body, headers: other });
  const answers = await Promise.all(asked);
  const statuses = new Set(answers.map(({ status }) => status));
  expect(statuses.has(429)).toBe(true);
  expect([...statuses].filter((status) => ![200, 409, 429].includes(status))).toEqual([]);
  const refused = answers.filter(({ status }) => status === 429);
  expect(new Set(refused.map(({ headers }) => headers.get('retry-after')))).toEqual(new Set(['1']));
  expect((await own).status).toBe(200);
});
