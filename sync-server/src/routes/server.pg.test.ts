import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemSchema } from '#schema/errors.ts';
import { enrolResponseSchema, PROTOCOL_OLDEST, pullResponseSchema, pushResponseSchema } from '#schema/sync/messages.ts';
import { CHAIN_START, chainMutation, toWire } from '#schema/sync/mutation.ts';
import { SESSION_MS } from '../auth/sessions.ts';
import { createTestServer, TEST_PASSWORD, type TestPharmacy, type TestServer } from '../testing/server.ts';

let server: TestServer;
let pharmacy: TestPharmacy;
let other: TestPharmacy;
beforeAll(async () => {
  server = await createTestServer();
  pharmacy = await server.foundPharmacy('ana@test.test');
  other = await server.foundPharmacy('bob@other.test');
});
afterAll(() => server.close());

async function enrol(owner: TestPharmacy) {
  const { status, body } = await server.call('POST', '/api/devices', { body: { name: 'Counter' }, headers: owner.bearer });
  expect(status).toBe(201);
  const device = enrolResponseSchema.parse(body);
  return { ...device, headers: { ...owner.bearer, 'x-device-token': device.deviceToken } };
}

function addTill(deviceId: string, actorId: string) {
  const wire = {
    deviceId,
    n: 1,
    name: 'till.add',
    version: 1,
    actorId,
    madeAt: server.env.now(),
    madeAtSkewMs: 0,
    businessOn: '2026-11-23',
    basis: 0,
    args: { name: 'Till 1' },
  };
  const mutation = chainMutation(wire, CHAIN_START, server.env.sha256);
  return { mutations: [toWire(mutation)], lastHash: mutation.hash };
}

describe('signing in', () => {
  test('answers a token and sets a cookie no script can read; both are good for requests', async () => {
    const { status, headers, body } = await server.call('POST', '/api/auth/sign-in', {
      body: { email: 'Ana@test.test', password: TEST_PASSWORD },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ role: 'owner', user: { name: 'Ana' }, tenants: [{ id: pharmacy.tenant.id }] });
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Strict');
    const byCookie = await server.call('GET', '/api/auth/session', { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(byCookie.body).toMatchObject({ user: { email: 'ana@test.test' }, role: 'owner' });
  });

  test('a wrong password and an unknown e-mail get the same answer, and the failure is in the log', async () => {
    const wrong = await server.call('POST', '/api/auth/sign-in', { body: { email: 'ana@test.test', password: 'wrong' } });
    const unknown = await server.call('POST', '/api/auth/sign-in', { body: { email: 'nobody@test.test', password: 'wrong' } });
    expect(wrong.status).toBe(401);
    expect(wrong.body).toEqual(unknown.body);
    const log = await server.call('GET', '/api/audit-log?action=auth.signInFailed', { headers: pharmacy.bearer });
    expect(log.body).toMatchObject({ entries: [{ mutation: null }] });
  });

  test('an account is slowed down after ten failures, also when the password is then right', async () => {
    await server.foundPharmacy('guessed@test.test');
    const credentials = { email: 'guessed@test.test', password: 'wrong' };
    // Founding the pharmacy counted as one.
    for (let i = 0; i < 9; i += 1) await server.call('POST', '/api/auth/sign-in', { body: credentials });
    const limited = await server.call('POST', '/api/auth/sign-in', { body: { ...credentials, password: TEST_PASSWORD } });
    expect(limited).toMatchObject({ status: 429, body: { code: 'too_many_sign_ins', retryable: true } });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('a session slides, ends after twelve idle hours and ends at sign-out', async () => {
    const session = await server.call('POST', '/api/auth/sign-in', {
      body: { email: 'bob@other.test', password: TEST_PASSWORD },
    });
    const { accessToken } = session.body as { accessToken: string };
    const headers = { authorization: `Bearer ${accessToken}` };
    const start = server.env.now();
    try {
      server.env.setNow(start + SESSION_MS - 1);
      expect((await server.call('GET', '/api/auth/session', { headers })).status).toBe(200);
      server.env.setNow(start + 2 * SESSION_MS - 2);
      expect((await server.call('GET', '/api/auth/session', { headers })).status).toBe(200);
      expect((await server.call('POST', '/api/auth/sign-out', { headers })).status).toBe(204);
      expect((await server.call('GET', '/api/auth/session', { headers })).status).toBe(401);
    } finally {
      server.env.setNow(start);
    }
  });

  test('an owner may add a member, whose one-time password leads to one of their own, and whose role limits them', async () => {
    const added = await server.call('POST', '/api/members', {
      body: { email: 'eve@test.test', name: 'Eve', role: 'pharmacist' },
      headers: pharmacy.bearer,
    });
    expect(added.status).toBe(201);
    const { oneTimePassword } = added.body as { oneTimePassword: string };
    const signedIn = await server.call('POST', '/api/auth/sign-in', {
      body: { email: 'eve@test.test', password: oneTimePassword },
    });
    const headers = { authorization: `Bearer ${(signedIn.body as { accessToken: string }).accessToken}` };
    expect((await server.call('GET', '/api/cash-sessions', { headers })).body).toMatchObject({
      code: 'password_change_required',
    });
    const change = { password: oneTimePassword, newPassword: 'chosen by Eve herself' };
    expect((await server.call('POST', '/api/auth/password', { body: change, headers })).status).toBe(204);
    expect((await server.call('GET', '/api/cash-sessions', { headers })).status).toBe(200);
    expect((await server.call('GET', '/api/audit-log', { headers })).body).toMatchObject({ code: 'role_not_allowed' });
    const again = { email: 'x@test.test', name: 'X', role: 'manager' };
    expect((await server.call('POST', '/api/members', { body: again, headers })).status).toBe(403);
  });
});

describe('bad input', () => {
  test('malformed JSON, unknown keys, wrong values and a missing body are told apart and named', async () => {
    const malformed = await server.call('POST', '/api/auth/sign-in', { body: '{"email":' });
    expect(malformed.headers.get('content-type')).toContain('application/problem+json');
    expect(problemSchema.parse(malformed.body)).toMatchObject({ status: 400, code: 'malformed_json' });
    const unknown = await server.call('POST', '/api/auth/sign-in', {
      body: { email: 'ana@test.test', password: 'x', admin: true },
    });
    expect(problemSchema.parse(unknown.body)).toMatchObject({ status: 400, code: 'unknown_key', errors: [{ field: 'admin' }] });
    const wrong = await server.call('POST', '/api/auth/sign-in', { body: { email: 'ana', password: 7 } });
    const { errors } = problemSchema.parse(wrong.body);
    expect(errors.map(({ field }) => field)).toEqual(['email', 'password']);
    expect(errors.every(({ problem, remedy }) => problem !== '' && remedy !== '')).toBe(true);
    const missing = await server.call('POST', '/api/auth/sign-in');
    expect(problemSchema.parse(missing.body)).toMatchObject({ code: 'invalid_request' });
    const text = await server.call('POST', '/api/auth/sign-in', { body: 'hello', headers: { 'content-type': 'text/plain' } });
    expect(problemSchema.parse(text.body)).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    const query = await server.call('GET', '/api/audit-log?limit=0&colour=red', { headers: pharmacy.bearer });
    expect(problemSchema.parse(query.body).errors.map(({ field }) => field)).toEqual(['query.limit', 'query.colour']);
  });

  test('too large a body is 413, an unknown address 404, another site’s page 403', async () => {
    const large = await server.call('POST', '/api/sync/push', { body: JSON.stringify({ x: 'x'.repeat(300_000) }) });
    expect(large).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
    expect(await server.call('GET', '/api/nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const foreign = await server.call('POST', '/api/auth/sign-out', { body: {}, headers: { origin: 'https://evil.test' } });
    expect(foreign).toMatchObject({ status: 403, body: { code: 'origin_not_allowed' } });
    const own = await server.call('POST', '/api/auth/sign-out', { body: {}, headers: { origin: server.url } });
    expect(own.status).toBe(204);
  });
});

describe('sync', () => {
  test('a device pushes, pulls its own record back, and another device of the pharmacy is poked over a real socket', async () => {
    const device = await enrol(pharmacy);
    const socket = await server.connect(pharmacy.accessToken);
    const foreign = await server.connect(other.accessToken);
    const foreignPokes: unknown[] = [];
    foreign.on('poke', (poke) => foreignPokes.push(poke));
    const poked = new Promise((resolve) => socket.once('poke', resolve));
    const push = addTill(device.deviceId, pharmacy.user.id);
    const pushed = await server.call('POST', '/api/sync/push', { body: push, headers: device.headers });
    const answer = pushResponseSchema.parse(pushed.body);
    expect(answer.receipts).toMatchObject([{ n: 1, verdict: 'applied' }]);
    expect(await poked).toEqual({ epoch: answer.epoch, seq: answer.seq });
    expect(foreignPokes).toEqual([]);
    const again = await server.call('POST', '/api/sync/push', { body: push, headers: device.headers });
    expect(pushResponseSchema.parse(again.body).receipts).toEqual(answer.receipts);
    const pulled = await server.call('POST', '/api/sync/pull', {
      body: { epoch: 1, since: answer.seq - 1, limit: 10, receiptsAfter: 0, head: null },
      headers: device.headers,
    });
    expect(pullResponseSchema.parse(pulled.body)).toMatchObject({ ackedN: 1, records: [{ kind: 'till' }], more: false });
    const snapshot = await server.call('GET', '/api/sync/snapshot', { headers: device.headers });
    expect(String(snapshot.body).trim().split('\n').at(-1)).toMatch(/^\{"end":true/);
    expect(snapshot.headers.get('content-encoding')).toBe('gzip');
  });

  test('[SY8] a gap names the number expected; a rebuild is asked for beyond the head', async () => {
    const device = await enrol(pharmacy);
    const push = addTill(device.deviceId, pharmacy.user.id);
    const ahead = { ...push, mutations: push.mutations.map((mutation) => ({ ...mutation, n: 3 })) };
    const gap = await server.call('POST', '/api/sync/push', { body: ahead, headers: device.headers });
    expect(gap).toMatchObject({ status: 409, body: { code: 'gap', details: { expected: 1 } } });
    const beyond = { epoch: 1, since: 1_000_000, limit: 10, receiptsAfter: 0, head: null };
    const rebuild = await server.call('POST', '/api/sync/pull', { body: beyond, headers: device.headers });
    expect(rebuild).toMatchObject({ status: 409, body: { code: 'rebuild' } });
    const old = await server.call('POST', '/api/sync/pull', {
      body: beyond,
      headers: { ...device.headers, 'x-protocol-version': '0' },
    });
    expect(old).toMatchObject({ status: 426, body: { code: 'update_required' } });
  });

  test('[SY13] a client that is too old gets neither pages nor snapshots, and may always push', async () => {
    const device = await enrol(pharmacy);
    const headers = { ...device.headers, 'x-protocol-version': String(PROTOCOL_OLDEST - 1) };
    const body = { epoch: 1, since: 0, limit: 10, receiptsAfter: 0, head: null };
    const tooOld = { status: 426, body: { code: 'update_required', details: { oldest: PROTOCOL_OLDEST } } };
    expect(await server.call('POST', '/api/sync/pull', { body, headers })).toMatchObject(tooOld);
    expect(await server.call('GET', '/api/sync/snapshot', { headers })).toMatchObject(tooOld);
    const push = addTill(device.deviceId, pharmacy.user.id);
    const pushed = await server.call('POST', '/api/sync/push', { body: push, headers });
    expect(pushed).toMatchObject({ status: 200, body: { receipts: [{ n: 1, verdict: 'applied' }] } });
  });

  test('a device token is worth nothing without a session, and nothing in another pharmacy', async () => {
    const device = await enrol(pharmacy);
    const body = { epoch: 1, since: 0, limit: 10, receiptsAfter: 0, head: null };
    const token = { 'x-device-token': device.deviceToken };
    expect(await server.call('POST', '/api/sync/pull', { body, headers: token })).toMatchObject({ status: 401 });
    const crossed = await server.call('POST', '/api/sync/pull', { body, headers: { ...other.bearer, ...token } });
    expect(crossed).toMatchObject({ status: 401, body: { code: 'device_not_enrolled' } });
  });

  test('a socket without a session is refused', async () => {
    await expect(server.connect('nonsense')).rejects.toThrow('sign_in_required');
  });
});

test('health answers without showing anything', async () => {
  expect(await server.call('GET', '/livez')).toMatchObject({ status: 200, body: 'ok' });
  expect(await server.call('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ok' } });
});

test('a stop ends a connection with the answer under way on it, so no tablet that keeps asking holds it open', async () => {
  const stopped = await createTestServer();
  const body = JSON.stringify({ email: 'nobody@late.test', password: TEST_PASSWORD });
  const ask = `POST /api/auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const line = connect(stopped.running.port, '127.0.0.1');
  let heard = '';
  line.on('data', (data: Buffer) => {
    heard += data.toString();
    if (!line.writableEnded) line.write(ask);
  });
  const over = once(line, 'close');
  line.write(ask);
  // The first is being answered, which takes the hash of a password.
  await stopped.call('GET', '/livez');
  await stopped.running.stop();
  await over;
  expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
  await stopped.database.drop();
});
