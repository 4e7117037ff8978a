import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolResponseSchema } from '#schema/sync/messages.ts';
import { createTestServer, type TestPharmacy, type TestServer } from '../testing/server.ts';

let server: TestServer;
let ours: TestPharmacy;
let theirs: TestPharmacy;
beforeAll(async () => {
  server = await createTestServer();
  ours = await server.foundPharmacy('ours@test.test');
  theirs = await server.foundPharmacy('theirs@test.test');
});
afterAll(() => server.close());

async function tokensOf({ accessToken, bearer }: TestPharmacy) {
  const { body } = await server.call('POST', '/api/devices', { body: { name: 'Counter' }, headers: bearer });
  const { deviceId, deviceToken } = enrolResponseSchema.parse(body);
  return { deviceId, tokenHash: server.env.sha256(accessToken), deviceTokenHash: server.env.sha256(deviceToken) };
}

function visitor(tokens: { tokenHash: string; deviceTokenHash: string }, thoughtTenantId: string) {
  return server.running.deps.identities.visitor(tokens, server.env.now(), thoughtTenantId);
}

test('a visitor is told of the tenant of their session, whichever it was thought to be', async () => {
  const tokens = await tokensOf(ours);
  for (const thought of [ours.tenant.id, theirs.tenant.id, '']) {
    expect(await visitor(tokens, thought)).toMatchObject({
      session: { tenantId: ours.tenant.id, email: 'ours@test.test' },
      roles: [{ role: 'owner' }],
      device: { id: tokens.deviceId, status: 'active', set: 'office' },
    });
  }
});

test('a device of another tenant than the session is nobody, and so is a person who was never a member', async () => {
  const [own, other] = [await tokensOf(ours), await tokensOf(theirs)];
  const mixed = { tokenHash: own.tokenHash, deviceTokenHash: other.deviceTokenHash };
  expect(await visitor(mixed, theirs.tenant.id)).toMatchObject({ session: { tenantId: ours.tenant.id }, device: null });
  await server.running.deps.identities.switchSession(own.tokenHash, theirs.tenant.id);
  expect(await visitor(own, ours.tenant.id)).toMatchObject({
    session: { tenantId: theirs.tenant.id },
    roles: null,
    device: null,
  });
});

test('an ended or an expired session is nobody', async () => {
  const tokens = await tokensOf(theirs);
  const session = (await visitor(tokens, ''))?.session;
  expect(await server.running.deps.identities.visitor(tokens, session?.expiresAt ?? 0, '')).toBeNull();
  await server.running.deps.identities.endSession(tokens.tokenHash);
  expect(await visitor(tokens, theirs.tenant.id)).toBeNull();
});
