import { afterAll, beforeAll, expect, test } from 'vitest';
import { pushRequestSchema } from '#schema/sync/messages.ts';
import { toWire } from '#schema/sync/mutation.ts';
import { HOUR_MS } from '#schema/time.ts';
import { createTestTenant, type TestDevice, type TestTenant } from '../testing/tenant.ts';
import { answerReport, ReportLimits } from './reports.ts';
import { answerPush, type SyncDeps, type SyncPeer } from './sync-service.ts';

let tenant: TestTenant;
let device: TestDevice;
let deps: SyncDeps;
let peer: SyncPeer;
beforeAll(async () => {
  tenant = await createTestTenant();
  device = await tenant.enrol('Tablet');
  await device.push(device.make('till.add', { name: 'One' }), device.make('till.add', { name: 'Two' }));
  deps = { env: tenant.env, store: tenant.store, door: tenant.door, reports: new ReportLimits() };
  peer = { tenantId: tenant.tenantId, deviceId: device.id, closedAs: null, set: 'office' };
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
  await answerReport(deps, peer, { ...report, seen, zNumbers: [] });
  const { rows } = await tenant.database.owner.query<{ leaf: string }>(`select leaf from log where leaf like '%saw_set_back%'`);
  const codes: unknown = rows.map(({ leaf }): unknown => (JSON.parse(leaf) as { codes: unknown }).codes);
  expect(codes).toEqual([['epoch 1', 'seq 900', 'size 950', `hash ${'c'.repeat(64)}`, `${other.id} 2-4`, 'zzzzzzzzzzzz 1-2']]);
  expect(head.epoch).toBe(1);
});

test('[SY8] a till goes on above the Z number that a device saw, and a close that comes again has the one it had', async () => {
  const counter = await tenant.enrol('Counter');
  const till = counter.make('till.add', { name: 'Three' });
  const tillId = `${counter.id}-${till.n}-0`;
  await counter.push(till);
  const report = { kind: 'set_back', epoch: 1, seq: 900, head: { size: 950, hash: 'c'.repeat(64) } } as const;
  await answerReport(deps, { ...peer, deviceId: counter.id }, { ...report, seen: [], zNumbers: [{ tillId, zNumber: 2 }] });

  const closings = [null, { tillId, zNumber: 1 }].map((earlier) => {
    const opening = counter.make('cashSession.open', {
      tillId,
      currency: 'EUR',
      floatMinor: 0,
      floatDenominations: null,
      offsetMinutes: 60,
    });
    const sessionId = `${counter.id}-${opening.n}-0`;
    const closing = counter.make('cashSession.close', {
      sessionId,
      tillId,
      counts: [{ methodId: 'cash', countedMinor: 0, denominations: null }],
    });
    const receipt = { n: closing.n, verdict: 'applied', seq: 1, codes: [], details: earlier, conflicts: [] };
    return { acts: [opening, closing], receipt, sessionId };
  });
  const acts = closings.flatMap((closing) => closing.acts);
  // The first of the receipts cannot be read, so it counts as none.
  const earlier = closings.map(({ receipt }) => receipt);
  const request = pushRequestSchema.parse({ mutations: acts.map(toWire), lastHash: acts.at(-1)?.hash, earlier });
  await answerPush(deps, { ...peer, deviceId: counter.id }, request);

  const { owner } = tenant.database;
  const numbers = await owner.query('select session_id, number from z_reports where till_id = $1 order by number', [tillId]);
  expect(numbers.rows).toEqual([
    { session_id: closings[1]?.sessionId, number: 1 },
    { session_id: closings[0]?.sessionId, number: 3 },
  ]);
  const series = await owner.query('select last_z_number, skipped_z_numbers from tills where id = $1', [tillId]);
  expect(series.rows).toEqual([{ last_z_number: 3, skipped_z_numbers: [2] }]);
  const told = await owner.query(`select details from exceptions where codes = '["z_numbers_missing"]' and about_id = $1`, [
    tillId,
  ]);
  expect(told.rows).toEqual([{ details: { name: 'Three', fromZNumber: 1, upToZNumber: 2 } }]);
});
