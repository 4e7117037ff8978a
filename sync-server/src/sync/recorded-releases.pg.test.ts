import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROTOCOL_OLDEST, pushRequestSchema } from '#schema/sync/messages.ts';
import { CHAIN_START, chainMutation, wireMutationSchema } from '#schema/sync/mutation.ts';
import { recordedReleases } from '#schema/testing/recorded-releases.ts';
import { createTestTenant, TEST_DAY_AT, TEST_DAY_ON, type TestTenant } from '../testing/tenant.ts';
import { ReportLimits } from './reports.ts';
import { answerPush, checkProtocol, findPeer } from './sync-service.ts';

describe.each(recordedReleases())('[SY13] what release $release pushed', ({ pushes, protocol }) => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await createTestTenant();
  });
  afterAll(() => tenant.database.drop());

  test('is judged as it was then, whatever the protocol has become', async () => {
    const mutations = pushes.map(({ mutation }) => wireMutationSchema.parse(mutation));
    const [first] = mutations;
    if (!first) throw new Error('nothing was recorded');
    tenant.env.setNow(TEST_DAY_AT + 3 * 3_600_000);
    const tokenHash = tenant.env.sha256('token');
    const device = { id: first.deviceId, name: 'Recorded', set: 'office', enrolledBy: 'ana', businessOn: TEST_DAY_ON } as const;
    await tenant.submit({ kind: 'enrol', device: { ...device, tokenHash, numberBefore: null, replaces: null } });
    let lastHash = CHAIN_START;
    for (const mutation of mutations) lastHash = chainMutation(mutation, lastHash, tenant.env.sha256).hash;
    const deps = { env: tenant.env, store: tenant.store, door: tenant.door, reports: new ReportLimits() };
    const peer = await findPeer(deps, tenant.tenantId, 'token');
    const { receipts } = await answerPush(deps, peer, pushRequestSchema.parse({ mutations, lastHash }));
    const judged = receipts.map(({ n, verdict }) => `${n} ${mutations[n - 1]?.name} ${verdict}`);
    expect(judged).toEqual(pushes.map(({ mutation, verdict }) => `${mutation.n} ${mutation.name} ${verdict}`));
    expect(receipts.filter(({ verdict }) => verdict === 'quarantined')).toEqual([]);
  });

  test('is answered with pages as long as its protocol is spoken', () => {
    const isSpoken = () => {
      try {
        checkProtocol(String(protocol));
        return true;
      } catch {
        return false;
      }
    };
    expect(isSpoken()).toBe(protocol >= PROTOCOL_OLDEST);
  });
});
