import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR_MS } from '#schema/time.ts';
import { createTestTenant, type TestDevice, type TestTenant } from '../testing/tenant.ts';
import { answerReport, ReportLimits } from './reports.ts';
import type { SyncDeps, SyncPeer } from './sync-service.ts';

let tenant: TestTenant;
let device: TestDevice;
let deps: SyncDeps;
let peer: SyncPeer;
beforeAll(async () => {
  tenant = await createTestTenant();
  device = await tenant.enrol('Tablet');
  await device.push(device.make('till.add', { name: 'One' }), device.make('till.add', { name: 'Two' }));
  deps = { env: tenant.env, store: tenant.store, door: tenant.door, reports: new ReportLimits() };
  peer = { tenantId: tenant.tenantId, deviceId: device.id, closedAs: null };
});
afterAll(() => tenant.database.drop());

const state = () =>
  tenant.store.read(tenant.tenantId, device.id, async ({ head, readDigest }) => ({ head, sums: (await readDigest()) ?? {} }));

/** Leaves about digests so far: action and codes. */
async function leaves(): Promise<string[]> {
  const { rows } = await tenant.database.owner.query<{ leaf: string }>(
    `select leaf from log where leaf like '%digest%' order by index`,
  );
  return rows.map(({ leaf }) => {
    const { action, codes }: { action: string; codes: string[] } = JSON.parse(leaf);
    return `${action}: ${codes.join(' ')}`;
  });
}

test('[SY18] a mismatch is sealed with the kinds that differ, once an hour and device', async () => {
  const { head, sums } = await state();
  const report = { kind: 'digest_mismatch', epoch: head.epoch, seq: head.seq, afterSnapshot: false } as const;
  const wrong = { ...sums, till: '0123456789abcdef' };
  await answerReport(deps, peer, { ...report, sums: wrong });
  await answerReport(deps, peer, { ...report, sums: wrong });
  expect(await leaves()).toEqual(['device.digest_mismatch: till']);
  tenant.env.setNow(tenant.env.now() + HOUR_MS);
  await answerReport(deps, peer, { ...report, seq: 1, sums: wrong });
  expect((await leaves()).slice(1)).toEqual(['device.digest_mismatch: ']);
  await expect(answerReport(deps, { ...peer, closedAs: 'lost' }, { ...report, sums })).rejects.toThrow('lost');
});

test('[SY18] a record changed behind the door is found by a fresh snapshot that differs, and named in the log', async () => {
  const before = (await leaves()).length;
  const { head, sums } = await state();
  await tenant.database.owner.query(`update tills set name = 'forged' where name = 'One'`);
  tenant.env.setNow(tenant.env.now() + HOUR_MS);
  await answerReport(deps, peer, { kind: 'digest_mismatch', epoch: head.epoch, seq: head.seq, sums, afterSnapshot: true });
  expect((await leaves()).slice(before)).toEqual(['device.digest_mismatch: ', 'digest.recounted: till']);
  expect((await state()).sums).not.toEqual(sums);
  expect(await tenant.store.recountDigest(tenant.tenantId)).toEqual([]);
});

test('[SY8] what a device saw of a history that is gone is sealed with the acts that are missing', async () => {
  const { head } = await state();
  const other = await tenant.enrol('Other');
  await other.push(other.make('till.add', { name: 'Kept' }));
  const seen = [
    { deviceId: other.id, n: 4 },
    { deviceId: device.id, n: 99 },
    { deviceId: 'zzzzzzzzzzzz', n: 2 },
  ];
  const report = { kind: 'set_back', epoch: 1, seq: 900, head: { size: 950, hash: 'c'.repeat(64) } } as const;
  await answerReport(deps, peer, { ...report, seen });
  const { rows } = await tenant.database.owner.query<{ leaf: string }>(`select leaf from log where leaf like '%saw_set_back%'`);
  const codes: unknown = rows.map(({ leaf }): unknown => (JSON.parse(leaf) as { codes: unknown }).codes);
  expect(codes).toEqual([['epoch 1', 'seq 900', 'size 950', `hash ${'c'.repeat(64)}`, `${other.id} 2-4`, 'zzzzzzzzzzzz 1-2']]);
  expect(head.epoch).toBe(1);
});
