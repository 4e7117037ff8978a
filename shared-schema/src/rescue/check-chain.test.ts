import { expect, test } from 'vitest';
import { CHAIN_START, chainMutation, type Mutation } from '../sync/mutation.ts';
import { TABLET_1, testSha256 } from '../testing/test-tenant.ts';
import { findChainBreak } from './check-chain.ts';

function acts(count: number): Mutation[] {
  const made: Mutation[] = [];
  for (let n = 1; n <= count; n += 1) {
    const wire = {
      deviceId: TABLET_1,
      n,
      name: 'till.add',
      version: 1,
      actorId: 'ana',
      madeAt: n,
      madeAtSkewMs: null,
      businessOn: '2026-11-23',
      basis: 0,
      args: { name: `Till ${n}` },
    };
    made.push(chainMutation(wire, made.at(-1)?.hash ?? CHAIN_START, testSha256));
  }
  return made;
}

test('[SY24] acts of a device fit together from the first, and from a later one where older ones are gone', () => {
  expect(findChainBreak(acts(5), testSha256)).toBeNull();
  expect(findChainBreak(acts(5).slice(2), testSha256)).toBeNull();
  expect(findChainBreak([], testSha256)).toBeNull();
});

test.each([
  ['left out', (all: Mutation[]) => all.filter(({ n }) => n !== 3), { n: 4, fault: 'gap' }],
  ['changed', (all: Mutation[]) => all.map((one) => (one.n === 3 ? { ...one, args: {} } : one)), { n: 3, fault: 'hash' }],
  [
    're-chained',
    (all: Mutation[]) => all.map((one) => (one.n === 3 ? { ...one, prev: CHAIN_START } : one)),
    { n: 3, fault: 'prev' },
  ],
  ['put before the first', (all: Mutation[]) => all.map((one) => ({ ...one, prev: 'f'.repeat(64) })), { n: 1, fault: 'prev' }],
] as const)('[SY24] an act that was %s is named', (_name, tamper, found) => {
  expect(findChainBreak(tamper(acts(5)), testSha256)).toEqual(found);
});
