import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GS, parseScan } from '#schema/domain/gs1.ts';
import { aLot } from '../../testing/an-item.ts';
import {
  addTaken,
  concernOf,
  lotOfScan,
  passedOverLot,
  proposeTaken,
  resizeTaken,
  shortUnitsOf,
  type TakenLot,
} from './cart-lots.ts';

const TODAY = '2026-11-23';
const soon = aLot({ id: 'soon', lotText: 'SOON', expiryOn: '2027-01-31', onHandUnits: 16 });
const late = aLot({ id: 'late', lotText: 'LATE', expiryOn: '2028-01-31', onHandUnits: 32 });
const known = (lot: typeof soon, units: number): TakenLot => ({ from: { kind: 'known', lot }, units });
const printed = (lotText: string, expiryOn: string | null, units: number): TakenLot => ({
  from: { kind: 'printed', lotText, expiryOn },
  units,
});

describe('proposing lots', () => {
  test('[I4][I6] first expiry first; what the book lacks comes from the last usable lot', () => {
    expect(proposeTaken([late, soon], 20, TODAY)).toEqual([known(soon, 16), known(late, 4)]);
    expect(proposeTaken([late, soon], 50, TODAY)).toEqual([known(soon, 16), known(late, 34)]);
    expect(shortUnitsOf(proposeTaken([late, soon], 50, TODAY))).toBe(2);
  });
  test('[I4] expired and held lots are never proposed, not even for what is missing', () => {
    const held = [
      aLot({ status: 'recalled' }),
      aLot({ id: 'q', status: 'quarantined' }),
      aLot({ id: 'x', expiryOn: '2026-10-31' }),
    ];
    expect(proposeTaken(held, 16, TODAY)).toEqual([{ from: { kind: 'unread' }, units: 16 }]);
  });
});

describe('what a person said', () => {
  test('a changed quantity goes to the lot said last, and always comes to the units', () => {
    const said = [known(soon, 16), known(late, 16)];
    expect(resizeTaken(said, 40)).toEqual([known(soon, 16), known(late, 24)]);
    expect(resizeTaken(said, 20)).toEqual([known(soon, 16), known(late, 4)]);
    expect(resizeTaken(said, 10)).toEqual([known(soon, 10)]);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 999 }),
        (parts, units) => {
          const taken = parts.map((some, i) => printed(`L${i}`, null, some));
          const resized = resizeTaken(taken, units);
          expect(resized.reduce((sum, one) => sum + one.units, 0)).toBe(units);
          expect(resized.every((one) => one.units > 0)).toBe(true);
        },
      ),
    );
  });
  test('a second pack of a lot adds to it', () => {
    expect(addTaken([known(soon, 16), known(late, 16)], { kind: 'known', lot: soon }, 16)).toEqual([
      known(late, 16),
      known(soon, 32),
    ]);
  });
});

describe('[I4] an earlier expiry left on the shelf', () => {
  test('[I4] is noticed, and not when nothing of it is left after the line', () => {
    expect(passedOverLot([late, soon], [known(late, 16)], TODAY)?.id).toBe('soon');
    expect(passedOverLot([late, soon], [known(soon, 16), known(late, 4)], TODAY)).toBeNull();
    expect(passedOverLot([late, soon], [known(soon, 15), known(late, 1)], TODAY)?.id).toBe('soon');
  });
  test('[I4] is noticed for a lot that the book does not know', () => {
    expect(passedOverLot([soon], [printed('NEW', '2027-06-30', 16)], TODAY)?.id).toBe('soon');
    expect(passedOverLot([soon], [printed('NEW', '2026-12-31', 16)], TODAY)).toBeNull();
  });
  test('[I4] expired, held and empty lots are passed over without a word', () => {
    const others = [
      aLot({ id: 'x', expiryOn: '2026-10-31' }),
      aLot({ id: 'q', expiryOn: '2026-12-31', status: 'quarantined' }),
      aLot({ id: 'e', expiryOn: '2026-12-31', onHandUnits: 0 }),
    ];
    expect(passedOverLot([...others, late], [known(late, 16)], TODAY)).toBeNull();
  });
});

describe('the lot of a scan', () => {
  const scanned = (text: string) => {
    const scan = parseScan(text, { todayOn: TODAY });
    if (!scan.ok) throw new Error(scan.error.code);
    return scan.value;
  };
  const code = (expiry: string, lot: string) => scanned(`]d20103400930000120${expiry === '' ? '' : `17${expiry}`}10${lot}`);

  test('[I3][G2] is known by text and expiry, day 00 read as the last of the month', () => {
    expect(lotOfScan(code('270100', 'SOON'), [late, soon])).toEqual({ kind: 'known', lot: soon });
    expect(lotOfScan(code('270131', 'SOON'), [late, soon])).toEqual({ kind: 'known', lot: soon });
  });
  test('[I3] another case or another expiry is another lot', () => {
    expect(lotOfScan(code('270131', 'Soon'), [soon])).toEqual({ kind: 'printed', lotText: 'Soon', expiryOn: '2027-01-31' });
    expect(lotOfScan(code('270228', 'SOON'), [soon])).toEqual({ kind: 'printed', lotText: 'SOON', expiryOn: '2027-02-28' });
  });
  test('[G4] a lot without expiry is taken only when the book has exactly that text; a swallowed neighbour is not guessed', () => {
    expect(lotOfScan(code('', 'SOON'), [late, soon])).toEqual({ kind: 'known', lot: soon });
    expect(lotOfScan(code('', 'SOON17270131'), [late, soon])).toBeNull();
    expect(lotOfScan(code('', 'SOON'), [soon, { ...soon, id: 'other', expiryOn: '2027-02-28' }])).toBeNull();
  });
  test('[G1] a scan without a lot names none', () => {
    expect(lotOfScan(scanned('3400930000120'), [soon])).toBeNull();
    expect(lotOfScan(scanned(`0103400930000120${GS}17270131`), [soon])).toBeNull();
  });
});

test('[I10][I12] recalled, quarantined and expired lots are named as such', () => {
  const concern = (changes: Parameters<typeof aLot>[0]) => concernOf({ kind: 'known', lot: aLot(changes) }, TODAY);
  expect(concern({})).toBeNull();
  expect(concern({ status: 'recalled', expiryOn: '2026-10-31' })).toBe('recalled');
  expect(concern({ status: 'quarantined' })).toBe('quarantined');
  expect(concern({ expiryOn: '2026-11-22' })).toBe('expired');
  expect(concern({ expiryOn: '2026-11-23' })).toBeNull();
  expect(concernOf({ kind: 'printed', lotText: 'A', expiryOn: '2027-01-31' }, TODAY)).toBe('not_in_book');
  expect(concernOf({ kind: 'printed', lotText: 'A', expiryOn: '2026-10-31' }, TODAY)).toBe('expired');
});
