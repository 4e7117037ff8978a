import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { foldOverlay } from './overlay.ts';
import { CHAIN_START, chainMutation, type Mutation } from './sync/mutation.ts';
import { nameOf, type RecordLoader, type Stored } from './working-set.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const deviceId = 'abcdefgh0123';
const device = { deviceId, deviceNumber: 1, sha256 };

function storeOf(...records: Stored[]): RecordLoader {
  const byName = new Map(records.map((stored) => [nameOf(stored.kind, stored.body.id), stored]));
  return {
    load: (keys) => Promise.resolve(keys.flatMap(({ kind, id }) => byName.get(nameOf(kind, id)) ?? [])),
    loadRange: () => Promise.resolve([]),
    isHere: () => true,
  };
}

const owner: Stored = { kind: 'member', body: { id: 'ana', name: 'Ana', roles: [{ role: 'owner', fromAt: 0 }] } };
const auditor: Stored = { kind: 'member', body: { id: 'bo', name: 'Bo', roles: [{ role: 'auditor', fromAt: 0 }] } };

function act(n: number, name: string, args: Mutation['args'], actorId = 'ana'): Mutation {
  const wire = {
    deviceId,
    n,
    name,
    version: 1,
    actorId,
    madeAt: 1_000 + n,
    madeAtSkewMs: 0,
    businessOn: '2026-11-23',
    basis: 0,
    args,
  };
  return chainMutation(wire, CHAIN_START, sha256);
}

describe('folding an outbox', () => {
  test('an act sees what the acts before it wrote, and its records are named by it', async () => {
    const fold = await foldOverlay(device, storeOf(owner), [
      act(1, 'member.add', { userId: 'cy', name: 'Cy', role: 'pharmacist' }),
      act(2, 'member.setRole', { userId: 'cy', role: null }),
      act(3, 'till.add', { name: 'Till 1' }),
    ]);
    const { records } = fold.overlay();
    expect(records.get('member/cy')?.body).toMatchObject({ roles: [{ role: 'pharmacist' }, { role: null }] });
    expect(records.get(`till/${deviceId}-3-0`)?.body).toMatchObject({ name: 'Till 1' });
  });

  test('[SY10] a decision by somebody who may not is refused, a fact is kept and flagged', async () => {
    const fold = await foldOverlay(device, storeOf(owner, auditor), [
      act(1, 'member.add', { userId: 'cy', name: 'Cy', role: 'pharmacist' }, 'bo'),
      act(2, 'till.add', { name: 'Till 1' }, 'bo'),
    ]);
    const { judgements, records } = fold.overlay();
    expect(judgements.get(1)?.receipt).toMatchObject({ verdict: 'refused', codes: ['role_not_allowed'] });
    expect(judgements.get(2)?.receipt).toMatchObject({ verdict: 'flagged', codes: ['role_not_allowed'] });
    expect(records.get(`till/${deviceId}-2-0`)).toBeDefined();
    expect(records.get(`exception/${deviceId}-2-x`)?.body).toMatchObject({
      type: 'flag',
      status: 'open',
      mutationName: 'till.add',
    });
  });

  test('[SY10] a decision that rests on an own refused one answers depends_on', async () => {
    const fold = await foldOverlay(device, storeOf(owner), [
      act(1, 'exception.resolve', { exceptionId: 'nothing', resolution: '' }),
      act(2, 'exception.resolve', { exceptionId: `${deviceId}-1-x`, resolution: '' }),
    ]);
    const { judgements } = fold.overlay();
    expect(judgements.get(1)?.receipt.codes).toEqual(['exception_not_found']);
    expect(judgements.get(2)?.receipt).toMatchObject({ verdict: 'refused', codes: ['depends_on'], details: { n: 1 } });
  });

  test('[SY9] what cannot be understood is quarantined and shown, the rest goes on', async () => {
    const fold = await foldOverlay(device, storeOf(owner), [
      act(1, 'till.explode', {}),
      act(2, 'till.add', { name: 'a\u0000b' }),
      act(3, 'till.add', { name: 'Till', color: 'red' }),
      act(4, 'till.add', { name: 'Till 4' }),
    ]);
    const { judgements, records } = fold.overlay();
    expect([1, 2, 3].map((n) => judgements.get(n)?.receipt.verdict)).toEqual(['quarantined', 'quarantined', 'quarantined']);
    expect(judgements.get(2)?.receipt.details).toEqual({ field: 'name', problem: 'null_character' });
    expect(records.get(`exception/${deviceId}-1-x`)?.body).toMatchObject({ type: 'quarantine', codes: ['unknown_mutation'] });
    expect(judgements.get(4)?.receipt.verdict).toBe('applied');
  });

  test('fields somebody else changed are conflicts that keep both values, the others apply', async () => {
    const shop = shopFixture();
    const fold = await foldOverlay(device, storeOf(owner, shop), [
      act(1, 'shop.change', { changes: { name: { from: 'Old name', to: 'My name' }, country: { from: 'FR', to: 'BE' } } }),
    ]);
    const { judgements, records } = fold.overlay();
    expect(judgements.get(1)?.receipt).toMatchObject({
      verdict: 'merged',
      conflicts: [{ field: 'name', base: 'Old name', mine: 'My name', theirs: 'Their name' }],
    });
    expect(records.get('shop/shop')?.body).toMatchObject({ name: 'Their name', country: 'BE' });
    expect(records.get(`exception/${deviceId}-1-x`)?.body).toMatchObject({
      type: 'conflict',
      aboutKind: 'shop',
      aboutId: 'shop',
    });
  });
});

function shopFixture(): Stored {
  return {
    kind: 'shop',
    body: {
      id: 'shop',
      name: 'Their name',
      country: 'FR',
      currency: 'EUR',
      timeZone: 'Europe/Paris',
      cutOffMinutes: 240,
      cashRounding: { incrementMinor: 1, onMixedPayment: 'exact' },
      paymentMethods: [{ id: 'cash', name: 'Cash', nature: 'countable', isCash: true, active: true }],
      vatRates: [{ rateBp: 210, name: 'Medicine' }],
      defaultVatRateBp: 210,
      varianceLimits: { acceptUpToMinor: 200, reasonUpToMinor: 2000 },
      selfApproval: false,
      sharedTills: false,
      createdOn: '2026-01-01',
      edits: [],
    },
  };
}
