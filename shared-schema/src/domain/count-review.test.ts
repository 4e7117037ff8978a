import { expect, test } from 'vitest';
import { type ReviewedLine, summariseCount } from './count-review.ts';

const line = (more: Partial<ReviewedLine>): ReviewedLine => ({
  itemId: 'a',
  status: 'counted',
  varianceUnits: 0,
  movedCount: 0,
  rebasedUnits: 0,
  ...more,
});

test('[I7] the review says what differs, what moved meanwhile and what came late', () => {
  const lines = [
    line({ varianceUnits: -3, movedCount: 2 }),
    line({ varianceUnits: 1, movedCount: 1 }),
    line({ itemId: 'b', varianceUnits: 8, status: 'third_count', rebasedUnits: -2 }),
    line({ itemId: 'c', status: 'posted', movedCount: 4 }),
    line({ itemId: 'd', status: 'superseded', varianceUnits: 99, movedCount: 9 }),
    line({ itemId: 'e', status: 'undecided' }),
    line({ itemId: 'e', status: 'recount' }),
  ];
  const items = new Map([
    ['a', { packPriceMinor: 500, unitsPerPack: 10 }],
    ['b', { packPriceMinor: null, unitsPerPack: 1 }],
  ]);
  expect(summariseCount(lines, items)).toEqual({
    lineCount: 6,
    toApproveCount: 3,
    toRecountCount: 2,
    postedCount: 1,
    differentCount: 3,
    surplusUnits: 9,
    shortageUnits: -3,
    differenceMinor: -100,
    unpricedCount: 1,
    movedItemCount: 2,
    rebasedItemCount: 1,
  });
});
