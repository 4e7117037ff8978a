import { expect, test } from 'vitest';
import { type LotCount, resolveLotCounts } from './stocktake.ts';

const count = (countLineId: string, countedUnits: number, tradeUnits = 0): LotCount => ({
  countLineId,
  countedUnits,
  tradeUnits,
});

test('[case 13] one count is a count; two equal ones are done; two different ones ask for a third', () => {
  expect(resolveLotCounts([count('a', 8)])).toEqual({ kind: 'counted' });
  expect(resolveLotCounts([count('b', 8), count('a', 8)])).toEqual({ kind: 'done', acceptedLineIds: ['a', 'b'] });
  expect(resolveLotCounts([count('a', 8), count('b', 7)])).toEqual({ kind: 'third_count' });
});

test('[case 13] a third count agrees with one of the two, or a manager decides', () => {
  expect(resolveLotCounts([count('a', 8), count('b', 7), count('c', 7)])).toEqual({ kind: 'done', acceptedLineIds: ['b', 'c'] });
  expect(resolveLotCounts([count('a', 8), count('b', 7), count('c', 6)])).toEqual({ kind: 'undecided' });
  expect(resolveLotCounts([count('a', 8), count('b', 8), count('c', 7), count('d', 7)])).toEqual({ kind: 'undecided' });
});

test('[case 13][I7] a sale between the two counts is no difference', () => {
  expect(resolveLotCounts([count('a', 8), count('b', 6, -2)])).toEqual({ kind: 'done', acceptedLineIds: ['a', 'b'] });
  expect(resolveLotCounts([count('a', 8), count('b', 8, -2)])).toEqual({ kind: 'third_count' });
});

test('a lot without a count has no status', () => {
  expect(() => resolveLotCounts([])).toThrow('without a count');
});
