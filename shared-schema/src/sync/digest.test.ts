import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stored } from '../working-set.ts';
import { addSums, Digest, type DigestSums, digestOf, EMPTY_SUM, monthOf, monthStart, subtractSums } from './digest.ts';
import { isInSet, kindsInSet } from './sets.ts';

const claim = (id: string, holderId: string | null): Stored => ({ kind: 'claim', body: { id, holderId } });

function movement(id: string, occurredAt: number, units = 1): Stored {
  const body = { id, lotId: 'lot', itemId: 'item', type: 'RECEIPT' as const, units, occurredAt, uncertaintyMs: 0 };
  const rest = { deviceId: 'aaaaaaaaaa02', n: 1, actorId: 'ana', refKind: null, refId: null, reason: null };
  return { kind: 'stockMovement', body: { ...body, ...rest } };
}

function sumsOf(records: Iterable<Stored>): DigestSums {
  const digest = new Digest();
  for (const record of records) digest.add(record);
  return digest.sums();
}

const november = Date.UTC(2026, 10, 23, 9);
const writes = fc.array(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    holderId: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 9 }), fc.constant(null)),
  }),
  { maxLength: 40 },
);

describe('the digest of records', () => {
  test('[SY18] kept up through any writes, it is the digest of what there is, whatever the order', () => {
    fc.assert(
      fc.property(writes, fc.infiniteStream(fc.nat()), (changes, order) => {
        const records = new Map<string, Stored>();
        const digest = new Digest();
        for (const { id, holderId } of changes) {
          const before = records.get(id);
          if (before) digest.remove(before);
          const after = claim(id, holderId);
          digest.add(after);
          records.set(id, after);
        }
        const shuffled = [...records.values()]
          .map((record) => ({ record, place: order.next().value }))
          .sort((a, b) => (a.place ?? 0) - (b.place ?? 0));
        expect(digest.sums()).toEqual(sumsOf(shuffled.map(({ record }) => record)));
      }),
    );
  });

  test('[SY18] one other character anywhere in a record is another digest', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, text, (one, other) => {
        fc.pre(one !== other);
        expect(sumsOf([claim(one, null)])).not.toEqual(sumsOf([claim(other, null)]));
        expect(sumsOf([claim('a', one)])).not.toEqual(sumsOf([claim('a', other)]));
      }),
      { numRuns: 1_000 },
    );
    expect(sumsOf([claim('a', 'b'), claim('b', 'a')])).not.toEqual(sumsOf([claim('a', 'a'), claim('b', 'b')]));
  });

  test('[SY18] fifty thousand short records have as many hashes', () => {
    const hashes = new Set<string>();
    for (let i = 0; i < 50_000; i += 1) hashes.add(sumsOf([claim(`c${i}`, null)])['claim'] ?? '');
    expect(hashes.size).toBe(50_000);
  });

  test('[SY18] the hash never changes: stored digests would all be wrong', () => {
    expect(sumsOf([claim('gtin:03400930000001', 'aaaaaaaaaa02-1-0'), movement('m', november)])).toMatchInlineSnapshot(`
      {
        "claim": "8b6ca79b01ea4d91",
        "stockMovement 2026-11": "6e61567769296b18",
      }
    `);
  });

  test('[SY17] long ledgers are summed by month, and compared from the month that is named', () => {
    const sums = sumsOf([claim('a', null), movement('old', monthStart('2026-08') - 1), movement('new', monthStart('2026-08'))]);
    expect(Object.keys(sums).sort()).toEqual(['claim', 'stockMovement 2026-07', 'stockMovement 2026-08']);
    const office = kindsInSet('office');
    expect(digestOf(sums, office, '2026-08')).toBe(
      digestOf(sumsOf([claim('a', null), movement('new', monthStart('2026-08'))]), office, '2026-08'),
    );
    expect(digestOf(sums, office, '2026-07')).not.toBe(digestOf(sums, office, '2026-08'));
    expect(digestOf(sums, office, '2026-09')).toBe(sums['claim']);
    expect(digestOf({}, office, '2026-09')).toBe(EMPTY_SUM);
    expect([monthOf(-1), monthOf(november), monthOf(Number.MAX_SAFE_INTEGER)]).toEqual(['1970-01', '2026-11', '9999-12']);
  });

  test('sums add and subtract modulo 2^64', () => {
    const anySums = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), { maxKeys: 3 });
    const toSums = (numbers: Record<string, bigint>): DigestSums =>
      Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, value.toString(16).padStart(16, '0')]));
    fc.assert(
      fc.property(anySums, anySums, (a, b) => {
        const added = addSums(toSums(a), toSums(b));
        for (const name of ['a', 'b', 'c'])
          expect(BigInt(`0x${added[name] ?? '0'}`)).toBe(((a[name] ?? 0n) + (b[name] ?? 0n)) % 2n ** 64n);
        expect(subtractSums(added, toSums(b))).toEqual(toSums(a));
        expect(subtractSums(added, added)).toEqual({});
      }),
    );
  });
});

describe('device sets', () => {
  test('[SY14] each set holds its kinds, and the digest of a set sums only those', () => {
    expect(kindsInSet('counter')).toEqual(
      kindsInSet('office').filter((kind) => !['stockCount', 'stockCountLine', 'stockMovement'].includes(kind)),
    );
    expect(kindsInSet('light')).toEqual(
      kindsInSet('office').filter((kind) => !['sale', 'cashMovement', 'stockMovement'].includes(kind)),
    );
    const sums = sumsOf([claim('a', null), movement('m', november)]);
    expect(digestOf(sums, kindsInSet('light'), '2026-01')).toBe(sums['claim']);
  });

  test.each([
    ['office', 'item', 'x', true],
    ['office', 'stockMovement', undefined, true],
    ['office', 'stockMovement', 'aaaaaaaaaa02-3-1', false],
    ['office', 'cashMovement', 'aaaaaaaaaa02-3-1~r', true],
    ['office', 'drawerCount', 'aaaaaaaaaa02-3-1', true],
    ['counter', 'stockCount', 'aaaaaaaaaa02-3-1', false],
    ['light', 'sale', undefined, false],
    ['light', 'lot', 'x', true],
  ] as const)('[SY17] on a device of the %s set an absent %s %s is known to be absent: %s', (set, kind, id, isHere) => {
    expect(isInSet(set, kind, id)).toBe(isHere);
  });
});
