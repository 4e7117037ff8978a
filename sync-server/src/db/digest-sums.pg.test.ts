import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordIdOf } from '#schema/ids.ts';
import { createTestTenant, type TestDevice, type TestTenant } from '../testing/tenant.ts';
import { addToDigest, readDigest, sumRecords } from './digest-sums.ts';
import { withTenant } from './tenant-transaction.ts';

let tenant: TestTenant;
let device: TestDevice;
beforeAll(async () => {
  tenant = await createTestTenant();
  device = await tenant.enrol('Tablet');
});
afterAll(() => tenant.database.drop());

/** What is kept, and what the records add up to. */
function digests() {
  return withTenant(tenant.database.app, tenant.tenantId, async (client) => ({
    kept: await readDigest(client, tenant.tenantId),
    counted: await sumRecords(client, tenant.tenantId),
  }));
}

/** A till's day: new records, records changed several times in one push, ledgers, an act the store refuses. */
async function work(): Promise<void> {
  const add = device.make('till.add', { name: 'Till' });
  const tillId = recordIdOf(device.id, add.n, 0);
  const open = device.make('cashSession.open', {
    tillId,
    currency: 'EUR',
    floatMinor: 10_000,
    floatDenominations: null,
    offsetMinutes: 60,
  });
  const sessionId = recordIdOf(device.id, open.n, 0);
  const cashIn = (amountMinor: number) => {
    const line = { type: 'CASH_IN', methodId: 'cash', amountMinor, note: 'change', reference: null, witnessId: null };
    return device.make('cashMovement.record', { sessionId, tillId, ...line });
  };
  await device.push(add, open, cashIn(500), cashIn(700));
  await device.push(cashIn(900), device.make('till.explode', {}), cashIn(100));
  await device.push(device.make('member.add', { userId: `m${add.n}`, name: 'Cy', role: 'pharmacist' }));
  await device.push(device.make('member.setRole', { userId: `m${add.n}`, role: 'manager' }));
}

test('[SY18] what is kept as acts are written is what the records add up to', async () => {
  await work();
  const { kept, counted } = await digests();
  expect(kept).toEqual(counted);
  expect(Object.keys(kept)).toEqual(expect.arrayContaining(['cashMovement 2026-11', 'device', 'exception', 'member', 'till']));
});

test('[SY18] a push that fails leaves the digest as it was, and one that is repeated act by act counts each once', async () => {
  await tenant.database.owner.query(`alter table tills add constraint no_bad_name check (name <> 'Bad')`);
  await device.push(
    device.make('till.add', { name: 'Good' }),
    device.make('till.add', { name: 'Bad' }),
    device.make('till.add', { name: 'Better' }),
  );
  await tenant.database.owner.query('alter table tills drop constraint no_bad_name');
  const { kept, counted } = await digests();
  expect(kept).toEqual(counted);
});

test('[SY18] records older than the digest, or written by a release without one, are counted by the next transaction', async () => {
  const outdate =
    'update tenant_heads set digest_seq = digest_seq - 1; update tenant_digests set lo = 7 where bucket like $$t%$$';
  await tenant.database.owner.query(outdate);
  const known = () => tenant.store.read(tenant.tenantId, device.id, (state) => state.readDigest());
  expect(await known()).toBeNull();
  await work();
  const { kept, counted } = await digests();
  expect(kept).toEqual(counted);
  expect(await known()).toEqual(kept);
});

test('sums wrap at 2^64', async () => {
  const add = (sum: string) =>
    withTenant(tenant.database.app, tenant.tenantId, (client) => addToDigest(client, tenant.tenantId, { wrap: sum }));
  await add('ffffffffffffffff');
  await add('00000001ffffffff');
  expect((await digests()).kept['wrap']).toBe('00000001fffffffe');
  await add('fffffffe00000002');
  expect((await digests()).kept['wrap']).toBeUndefined();
});
