import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EMPTY_CHAIN, verifyChain } from '#schema/audit/verify-chain.ts';
import { receivedMutationText, toWire } from '#schema/sync/mutation.ts';
import { pull } from '../sync/pull.ts';
import { createTestTenant, TEST_DAY_ON, TEST_SHOP, type TestTenant } from '../testing/tenant.ts';
import { createTenant, enrolDevice } from './tenants.ts';

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await createTestTenant({ max: 18 });
});
afterAll(() => tenant.database.drop());

/** The whole log, checked link by link. */
async function verifyLog({ database, env, tenantId }: TestTenant) {
  const { rows } = await database.owner.query<{ index: number; leaf: string; hash: string; mutation: string | null }>(
    `select index, leaf, encode(hash, 'hex') as hash, mutation from log where tenant_id = $1 order by index`,
    [tenantId],
  );
  const { rows: heads } = await database.owner.query<{ size: number; hash: string }>(
    'select log_size as size, chain_hash as hash from tenant_heads where tenant_id = $1',
    [tenantId],
  );
  return { verdict: verifyChain(EMPTY_CHAIN, rows, env.sha256), head: heads[0] };
}

describe('push', () => {
  test('[SY7] a push that is repeated answers the same receipts and does nothing twice', async () => {
    const device = await tenant.enrol('Tablet');
    const acts = [device.make('till.add', { name: 'Till A' }), device.make('till.add', { name: 'Till B' })];
    const first = await device.push(...acts);
    const again = await device.push(...acts);
    expect(first).toMatchObject({
      kind: 'receipts',
      receipts: [
        { n: 1, verdict: 'applied' },
        { n: 2, verdict: 'applied' },
      ],
    });
    expect(again).toEqual(first);
    const { rows } = await tenant.database.owner.query(`select id from tills where id like $1 || '-%'`, [device.id]);
    expect(rows).toHaveLength(2);
  });

  test('[SY8] numbers beyond the next are answered with the one expected', async () => {
    const device = await tenant.enrol('Tablet');
    device.make('till.add', { name: 'never sent' });
    expect(await device.push(device.make('till.add', { name: 'second' }))).toEqual({ kind: 'gap', expected: 1 });
  });

  test('[SY7] the same number with other content is a fork: both versions are kept and the device stops', async () => {
    const device = await tenant.enrol('Tablet');
    const original = device.make('till.add', { name: 'honest' });
    await device.push(original);
    const other = { ...toWire(original), args: { name: 'forged' } };
    const text = receivedMutationText(other, original.prev);
    const outcome = await tenant.submit({
      kind: 'push',
      deviceId: device.id,
      received: [other],
      lastHash: tenant.env.sha256(text),
    });
    expect(outcome).toEqual({ kind: 'forked', n: 1 });
    const later = device.make('till.add', { name: 'later' });
    expect(await device.push(later)).toEqual({ kind: 'forked', n: 2 });
    expect(await device.push(original, later)).toEqual({ kind: 'forked', n: 2 });
    expect(await device.push(original)).toMatchObject({ kind: 'receipts', receipts: [{ n: 1, verdict: 'applied' }] });
    const { owner } = tenant.database;
    const { rows } = await owner.query('select n, hash, mutation from forked_mutations where device_id = $1 order by n', [
      device.id,
    ]);
    expect(rows).toEqual([
      { n: 1, hash: tenant.env.sha256(text), mutation: text },
      { n: 2, hash: later.hash, mutation: receivedMutationText(toWire(later), later.prev) },
    ]);
    const exceptions = await owner.query('select id, type, codes, status from exceptions where device_id = $1', [device.id]);
    expect(exceptions.rows).toEqual([{ id: `${device.id}-1-fork`, type: 'quarantine', codes: ['forked'], status: 'open' }]);
    const devices = await owner.query('select status from devices where id = $1', [device.id]);
    expect(devices.rows).toEqual([{ status: 'quarantined' }]);
    expect((await verifyLog(tenant)).verdict).toMatchObject({ ok: true });
  });

  test('[SY7] a history that hashes to something else is a fork even under new numbers', async () => {
    const device = await tenant.enrol('Tablet');
    const act = device.make('till.add', { name: 'Till' });
    const outcome = await tenant.submit({ kind: 'push', deviceId: device.id, received: [toWire(act)], lastHash: 'f'.repeat(64) });
    expect(outcome).toEqual({ kind: 'forked', n: 1 });
  });

  test('[SY9] one bad mutation never blocks the others', async () => {
    const device = await tenant.enrol('Tablet');
    const outcome = await device.push(
      device.make('till.add', { name: 'good' }),
      device.make('till.explode', {}),
      device.make('till.add', { name: 'nul \u0000 here' }),
      device.make('till.add', { name: 'good', colour: 'red' }),
      device.make('till.add', { name: 'made at no time' }, { madeAt: 1.5 }),
      device.make('till.add', { name: 'system?' }, { actorId: 'system' }),
      device.make('till.add', { name: 'good too' }),
    );
    expect(outcome).toMatchObject({
      kind: 'receipts',
      receipts: [
        { verdict: 'applied' },
        { verdict: 'quarantined', codes: ['unknown_mutation'] },
        { verdict: 'quarantined', codes: ['invalid_args'], details: { field: 'name', problem: 'null_character' } },
        { verdict: 'quarantined', codes: ['invalid_args'] },
        { verdict: 'quarantined', codes: ['invalid_mutation'], details: { field: 'madeAt' } },
        { verdict: 'quarantined', codes: ['actor_not_allowed'] },
        { verdict: 'applied' },
      ],
    });
    const { rows } = await tenant.database.owner.query(
      `select n from exceptions where device_id = $1 and type = 'quarantine' order by n`,
      [device.id],
    );
    expect(rows.map(({ n }) => n)).toEqual([2, 3, 4, 5, 6]);
  });

  test('[SY9] what is quarantined says who made it as far as that is known, and never that the server did', async () => {
    const device = await tenant.enrol('Tablet');
    await device.push(
      device.make('till.explode', {}),
      device.make('till.add', { name: 'x' }, { actorId: 'system' }),
      device.make('till\u0000add', { name: 'x' }, { actorId: 'not an id' }),
    );
    const { rows } = await tenant.database.owner.query<{ leaf: string }>('select leaf from log where device_id = $1 order by n', [
      device.id,
    ]);
    expect(rows.map(({ leaf }): unknown => JSON.parse(leaf))).toMatchObject([
      { actorId: 'ana', role: 'owner', action: 'till.explode' },
      { actorId: 'system', role: null, action: 'till.add' },
      { actorId: null, role: null, action: 'unknown' },
    ]);
  });

  test('[SY13] acts of a revoked device are kept in quarantine', async () => {
    const device = await tenant.enrol('Tablet');
    await tenant.database.owner.query(`update device_states set status = 'revoked' where id = $1`, [device.id]);
    expect(await device.push(device.make('till.add', { name: 'Till' }))).toMatchObject({
      receipts: [{ verdict: 'quarantined', codes: ['device_revoked'] }],
    });
  });

  test('[SY6] an act that Postgres refuses is quarantined alone and the rest of its batch is kept', async () => {
    const device = await tenant.enrol('Tablet');
    await tenant.database.owner.query(`alter table tills add constraint no_thirteen check (name <> 'Till 13')`);
    try {
      const outcome = await device.push(
        device.make('till.add', { name: 'Till 12' }),
        device.make('till.add', { name: 'Till 13' }),
        device.make('till.add', { name: 'Till 14' }),
      );
      expect(outcome).toMatchObject({
        receipts: [{ verdict: 'applied' }, { verdict: 'quarantined', codes: ['storage_refused'] }, { verdict: 'applied' }],
      });
    } finally {
      await tenant.database.owner.query('alter table tills drop constraint no_thirteen');
    }
    expect((await verifyLog(tenant)).verdict).toMatchObject({ ok: true });
  });
});

describe('many writers', () => {
  test('[SY6] 16 writers at once neither fork the chain nor leave a gap, and a reader beside them misses nothing', async () => {
    const devices = await Promise.all(Array.from({ length: 16 }, (_, i) => tenant.enrol(`Tablet ${i}`)));
    const reader = await tenant.enrol('Reader');
    const { rows: before } = await tenant.database.owner.query<{ epoch: number; seq: number }>(
      'select epoch, seq from tenant_heads',
    );
    const start = before[0] ?? { epoch: 1, seq: 0 };
    const seen = new Set<string>();
    let since = start.seq;
    let writing = true;
    const read = async () => {
      const outcome = await pull(tenant, tenant.tenantId, reader.id, {
        epoch: start.epoch,
        since,
        limit: 100,
        receiptsAfter: 0,
        head: null,
      });
      if (outcome.kind !== 'page') throw new Error(outcome.kind);
      const page: { next: number; records: { kind: string; id: string }[] } = JSON.parse(outcome.json);
      for (const { kind, id } of page.records) if (kind === 'till') seen.add(id);
      since = page.next;
      return page.records.length;
    };
    const reading = (async () => {
      while (writing) await read();
      while ((await read()) > 0);
    })();
    await Promise.all(
      devices.map(async (device, i) => {
        for (let batch = 0; batch < 6; batch += 1) {
          await device.push(...Array.from({ length: 5 }, (_, j) => device.make('till.add', { name: `Till ${i}.${batch}.${j}` })));
        }
      }),
    );
    writing = false;
    await reading;
    const { verdict, head } = await verifyLog(tenant);
    expect(verdict).toEqual({ ok: true, state: { size: head?.size, hash: head?.hash } });
    expect(devices.every(({ id }) => [...seen].filter((till) => till.startsWith(id)).length === 30)).toBe(true);
    const { rows: seqs } = await tenant.database.owner.query<{ seq: number }>(
      'select distinct seq from tills where seq > $1 order by seq',
      [start.seq],
    );
    expect(seqs.map(({ seq }) => seq)).toEqual(Array.from({ length: 480 }, (_, i) => start.seq + 1 + i));
  });

  test('waiting submissions are told only after the commit, and the feed is announced', async () => {
    const device = await tenant.enrol('Tablet');
    const outcome = await device.push(device.make('till.add', { name: 'Till' }));
    if (outcome.kind !== 'receipts') throw new Error(outcome.kind);
    const { rows } = await tenant.database.owner.query('select seq from tills where id like $1', [`${device.id}-%`]);
    expect(rows).toEqual([{ seq: outcome.seq }]);
    expect(tenant.commits.at(-1)).toEqual({ epoch: 1, seq: outcome.seq });
  });
});

describe('the tenant itself', () => {
  test('creating a tenant again changes nothing, and finishes one that was left half made', async () => {
    const shop = { id: 'halftenant000000', shop: TEST_SHOP, ownerId: 'bo', ownerName: 'Bo' };
    const channels = (['api', 'import', 'worker'] as const).map((channel, i) => ({
      id: `abcdefgh000${i}`,
      channel,
      number: 0,
      set: 'office' as const,
      tokenHash: null,
      now: tenant.env.now(),
    }));
    await tenant.store.create(shop.id, channels);
    await createTenant(tenant, shop);
    await createTenant(tenant, { ...shop, ownerId: 'cy', ownerName: 'Cy' });
    const { rows } = await tenant.database.owner.query('select id from members where tenant_id = $1', [shop.id]);
    expect(rows).toEqual([{ id: 'bo' }]);
    const log = await tenant.database.owner.query('select index from log where tenant_id = $1', [shop.id]);
    expect(log.rows).toEqual([{ index: 0 }]);
  });

  test('tablets enrolled at once get numbers of their own', async () => {
    const tablet = { name: 'Tablet', set: 'office' as const, enrolledBy: 'ana', businessOn: TEST_DAY_ON };
    const enrolled = await Promise.all(Array.from({ length: 8 }, () => enrolDevice(tenant, tenant.tenantId, tablet)));
    const first = Math.min(...enrolled.map(({ number }) => number));
    expect(enrolled.map(({ number }) => number).sort((a, b) => a - b)).toEqual(Array.from({ length: 8 }, (_, i) => first + i));
    const hash = tenant.env.sha256(enrolled[0]?.deviceToken ?? '');
    expect(await tenant.store.findDevice(tenant.tenantId, hash)).toMatchObject({ id: enrolled[0]?.deviceId, status: 'active' });
    expect(await tenant.store.findDevice('othertenant00000', hash)).toBeNull();
    expect(await tenant.store.findDevice(tenant.tenantId, 'guess')).toBeNull();
  });

  test('an event outside the queue is sealed into the chain and moves no seq', async () => {
    const event = { action: 'sign_in', actorId: 'ana', deviceId: null, codes: [], events: ['signed_in'] };
    const [before, after] = [await tenant.submit({ kind: 'event', event }), await tenant.submit({ kind: 'event', event })];
    expect(after).toEqual(before);
    const { rows } = await tenant.database.owner.query<{ leaf: string }>(
      'select leaf from log where tenant_id = $1 order by index desc limit 1',
      [tenant.tenantId],
    );
    expect(JSON.parse(rows[0]?.leaf ?? '')).toMatchObject({ action: 'sign_in', actorId: 'ana', n: null, mutationHash: null });
  });
});
