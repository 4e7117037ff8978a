import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HEARD_LAG_MS } from '#schema/domain/silent-tablets.ts';
import { RECORD_KINDS } from '#schema/records/registry.ts';
import { Digest, digestOf } from '#schema/sync/digest.ts';
import { PULL_BEHIND_MAX, type PullRequest, type PullResponse, pullResponseSchema } from '#schema/sync/messages.ts';
import type { Stored } from '#schema/working-set.ts';
import { type PlacedRecord, writeRecords } from '../db/record-tables.ts';
import { withTenant } from '../db/tenant-transaction.ts';
import { createTestTenant, TEST_DAY_AT, type TestDevice, type TestTenant } from '../testing/tenant.ts';
import { type PullOutcome, pull } from './pull.ts';

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await createTestTenant();
});
afterAll(() => tenant.database.drop());

function pullAs(device: TestDevice, request: Partial<PullRequest> = {}, of: TestTenant = tenant): Promise<PullOutcome> {
  return pull(tenant, of.tenantId, device.id, { epoch: 1, since: 0, limit: 2_000, receiptsAfter: 0, head: null, ...request });
}

async function pageOf(device: TestDevice, request: Partial<PullRequest> = {}): Promise<PullResponse> {
  const outcome = await pullAs(device, request);
  if (outcome.kind !== 'page') throw new Error(outcome.kind);
  return pullResponseSchema.parse(JSON.parse(outcome.json));
}

async function headSeq(of: TestTenant = tenant): Promise<number> {
  const { rows } = await of.database.owner.query<{ seq: number }>('select seq from tenant_heads where tenant_id = $1', [
    of.tenantId,
  ]);
  return rows[0]?.seq ?? 0;
}

/** Puts claims into the feed as if acts of `sizes` records each had written them. */
async function writeActs(sizes: readonly number[], of: TestTenant = tenant): Promise<void> {
  let seq = await headSeq(of);
  await withTenant(tenant.database.app, of.tenantId, async (client) => {
    for (const size of sizes) {
      seq += 1;
      const placed = Array.from(
        { length: size },
        (_, k): PlacedRecord => ({ stored: { kind: 'claim', body: { id: `c-${seq}-${k}`, holderId: null } }, seq, k }),
      );
      await writeRecords(client, of.tenantId, placed);
    }
    await client.query('update tenant_heads set seq = $2 where tenant_id = $1', [of.tenantId, seq]);
  });
}

describe('pull', () => {
  test('[SY14] records come in seq order, a changed one once and as it is now, and nothing after the head', async () => {
    const device = await tenant.enrol('Tablet');
    const since = await headSeq();
    await device.push(
      device.make('till.add', { name: 'Till' }),
      device.make('member.add', { userId: 'cy', name: 'Cy', role: 'pharmacist' }),
      device.make('member.setRole', { userId: 'cy', role: 'manager' }),
    );
    const page = await pageOf(device, { since });
    expect(page.records.map(({ kind, id, seq }) => [kind, id, seq])).toEqual([
      ['till', `${device.id}-1-0`, since + 1],
      ['member', 'cy', since + 3],
    ]);
    expect(page.records[1]?.body).toMatchObject({ roles: [{ role: 'pharmacist' }, { role: 'manager' }] });
    expect(page).toMatchObject({ epoch: 1, serverTime: tenant.env.now(), next: since + 3, more: false });
    expect(await pageOf(device, { since: page.next })).toMatchObject({ records: [], next: since + 3, more: false });
  });

  test('[SY20] ackedN and the receipts after the one named are of the same state as the records', async () => {
    const device = await tenant.enrol('Tablet');
    expect(await pageOf(device)).toMatchObject({ ackedN: 0, receipts: [] });
    await device.push(
      device.make('till.add', { name: 'One' }),
      device.make('till.explode', {}),
      device.make('till.add', { name: 'Three' }),
    );
    const page = await pageOf(device, { receiptsAfter: 1 });
    expect(page.ackedN).toBe(3);
    expect(page.receipts).toMatchObject([
      { n: 2, verdict: 'quarantined' },
      { n: 3, verdict: 'applied', seq: page.next },
    ]);
    const { rows } = await tenant.database.owner.query<{ size: number; hash: string }>(
      'select log_size as size, chain_hash as hash from tenant_heads',
    );
    expect(page.head).toEqual(rows[0]);
    const other = await tenant.enrol('Other');
    expect(await pageOf(other)).toMatchObject({ ackedN: 0, receipts: [] });
  });

  test('[SY14] a page never splits what one act wrote, whatever the limit', async () => {
    const device = await tenant.enrol('Tablet');
    const since = await headSeq();
    const sizes = [1, 400, 500, 2, 501, 1, 1, 300, 501, 1];
    await writeActs(sizes);
    for (const limit of [1, 2, 499, 500, 501, 502, 700, 2_000]) {
      const seen: string[] = [];
      let next = since;
      for (let more = true; more; ) {
        const page = await pageOf(device, { since: next, limit });
        for (const seq of new Set(page.records.map((record) => record.seq)))
          expect(page.records.filter((record) => record.seq === seq)).toHaveLength(sizes[seq - since - 1] ?? -1);
        seen.push(...page.records.map(({ id }) => id));
        expect(page.more ? page.records.length : 1).toBeGreaterThan(0);
        ({ next, more } = page);
      }
      expect(new Set(seen).size).toBe(sizes.reduce((sum, size) => sum + size, 0));
      expect(seen.length).toBe(new Set(seen).size);
    }
  });

  test('[SY19] another epoch, or a state the server has not reached, asks to rebuild', async () => {
    const device = await tenant.enrol('Tablet');
    expect(await pullAs(device, { epoch: 2 })).toEqual({ kind: 'rebuild', epoch: 1 });
    expect(await pullAs(device, { since: (await headSeq()) + 1 })).toEqual({ kind: 'rebuild', epoch: 1 });
    expect(await pullAs(device, { since: await headSeq() })).toMatchObject({ kind: 'page' });
  });

  test('[SY19] a log that does not begin with the one a device saw asks to rebuild, also when it has grown longer', async () => {
    const device = await tenant.enrol('Tablet');
    const seen = (await pageOf(device)).head;
    await device.push(device.make('till.add', { name: 'One' }), device.make('till.add', { name: 'Two' }));
    expect(await pullAs(device, { head: seen })).toMatchObject({ kind: 'page' });
    expect(await pullAs(device, { head: { size: 0, hash: '0'.repeat(64) } })).toMatchObject({ kind: 'page' });
    expect(await pullAs(device, { head: { ...seen, hash: 'a'.repeat(64) } })).toEqual({ kind: 'rebuild', epoch: 1 });
    expect(await pullAs(device, { head: { ...seen, size: seen.size + 3 } })).toEqual({ kind: 'rebuild', epoch: 1 });
  });

  test('[SY18] a pull that reaches the head carries the digest of what the device then holds; one that does not, none', async () => {
    const own = await createTestTenant({ database: tenant.database, tenantId: 'digesttenant0000' });
    const device = await own.enrol('Tablet');
    const page = async (limit = 2_000): Promise<PullResponse> => {
      const outcome = await pullAs(device, { limit }, own);
      return pullResponseSchema.parse(JSON.parse(outcome.kind === 'page' ? outcome.json : '{}'));
    };
    await device.push(...Array.from({ length: 3 }, (_, i) => device.make('till.add', { name: `Till ${i}` })));
    const whole = await page();
    const digest = new Digest();
    for (const { kind, body } of whole.records) digest.add({ kind, body } as unknown as Stored);
    expect(whole.holds).toEqual({
      set: 'office',
      ledgersFrom: '2026-08',
      digest: digestOf(digest.sums(), RECORD_KINDS, '2026-08'),
    });
    await writeActs([400, 400], own);
    expect((await page(1)).holds.digest).toBeNull();
    // Written past the door: not known until the next transaction counts.
    expect((await page()).holds.digest).toBeNull();
    await device.push(device.make('till.add', { name: 'Counted' }));
    expect((await page()).holds.digest).toMatch(/^[0-9a-f]{16}$/);
  });

  test('[SY15] too many records behind takes a snapshot, however few acts made them; many acts on few records do not', async () => {
    const device = await tenant.enrol('Tablet');
    const since = await headSeq();
    await writeActs(Array.from({ length: 10 }, () => 500));
    expect(await pullAs(device, { since, limit: 500 })).toMatchObject({ kind: 'page' });
    await writeActs([1]);
    expect(await pullAs(device, { since, limit: 500 })).toEqual({ kind: 'snapshot_required', epoch: 1 });
    await tenant.database.owner.query('update tenant_heads set seq = seq + $1', [PULL_BEHIND_MAX * 2]);
    expect(await pullAs(device, { since: since + 11, limit: 1 })).toMatchObject({ kind: 'page' });
  });

  test('a pull through another tenant shows nothing of this one', async () => {
    const other = await createTestTenant({ database: tenant.database, tenantId: 'othertenant00000' });
    const [mine, theirs] = [await tenant.enrol('Mine'), await other.enrol('Theirs')];
    await mine.push(mine.make('till.add', { name: 'Secret till' }));
    const outcome = await pullAs(theirs, {}, other);
    expect(outcome).toMatchObject({ kind: 'page' });
    expect(JSON.stringify(outcome)).not.toContain('Secret till');
    expect(JSON.stringify(outcome)).not.toContain(mine.id);
    await expect(pullAs(mine, {}, other)).rejects.toThrow('not of this tenant');
  });

  test('[I7] a pull counts as contact, so what is made next is sure to a minute', async () => {
    const device = await tenant.enrol('Tablet');
    tenant.env.setNow(TEST_DAY_AT + 10 * 86_400_000);
    const contactAt = async () => {
      const { rows } = await tenant.database.owner.query<{ at: number }>(
        'select last_contact_at as at from device_states where id = $1',
        [device.id],
      );
      return rows[0]?.at;
    };
    await pullAs(device, { since: await headSeq() });
    expect(await contactAt()).toBe(tenant.env.now());
    const noted = tenant.env.now();
    tenant.env.setNow(noted + HEARD_LAG_MS);
    await pullAs(device, { since: await headSeq() });
    expect(await contactAt()).toBe(noted);
  });
});
