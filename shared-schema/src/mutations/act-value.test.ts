import { expect, test } from 'vitest';
import { actValueOf } from './act-value.ts';

test.each([
  ['a ticket', { totalMinor: 1_250, lines: [{ units: 16 }, { units: 4 }], roundingMinor: -2 }, { amountMinor: 1_250, units: 20 }],
  ['a cash movement', { amountMinor: 5_000, note: 'milk' }, { amountMinor: 5_000, units: null }],
  ['a count', { lines: [{ countedUnits: 3 }, { countedUnits: 0 }] }, { amountMinor: null, units: 3 }],
  ['an adjustment', { units: -2 }, { amountMinor: null, units: -2 }],
  ['a change of a name', { changes: { name: { from: 'a', to: 'b' } } }, { amountMinor: null, units: null }],
  ['what nobody can read', { totalMinor: '12', units: 1.5, lines: 'x' }, { amountMinor: null, units: null }],
] as const)('[SY24] money and units of %s', (_name, args, value) => {
  expect(actValueOf(JSON.parse(JSON.stringify(args)))).toEqual(value);
});
