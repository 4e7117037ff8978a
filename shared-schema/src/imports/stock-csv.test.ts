import { expect, test } from 'vitest';
import { readStockHeader, StockRowMapper } from './stock-csv.ts';

const GTIN = '3400921604696';
const row = { code: GTIN, lot: 'A1b', expiry: '06/2027', units: '12' };

test('a lot on the shelf: item code, lot as written, expiry to the last day of its month, base units', () => {
  expect(new StockRowMapper().map(row, 2)).toEqual({
    ok: true,
    value: { code: { scheme: 'gtin', value: `0${GTIN}` }, lotText: 'A1b', expiryOn: '2027-06-30', countedUnits: 12 },
  });
});

test('without lot and expiry they are unknown, zero is a count', () => {
  const mapped = new StockRowMapper().map({ code: 'A-1', lot: '', expiry: ' ', units: '0' }, 2);
  expect(mapped).toMatchObject({
    value: { code: { scheme: 'local', value: 'A-1' }, lotText: 'UNKNOWN', expiryOn: null, countedUnits: 0 },
  });
});

test.each<[string, Record<string, string>, string[]]>([
  ['negative units', { units: '-1' }, ['units number_out_of_range']],
  ['fractions', { units: '0,33' }, ['units number_not_whole']],
  ['blank units', { units: '' }, ['units units_missing']],
  ['a barcode as units', { units: GTIN }, ['units number_out_of_range']],
  ['no code', { code: '' }, ['code code_missing']],
  ['a wrong check digit', { code: '3400921604697' }, ['code gtin_check_digit_wrong']],
  ['a date that does not exist', { expiry: '2027-02-30' }, ['expiry expiry_not_a_date']],
  ['a two-digit year', { expiry: '06/27' }, ['expiry expiry_not_a_date']],
  ['a formula as lot', { lot: '=1+1' }, ['lot cell_is_formula']],
  ['a lot of 70 characters', { lot: 'x'.repeat(70) }, ['lot text_too_long']],
])('%s is refused', (_what, more, problems) => {
  const mapped = new StockRowMapper().map({ ...row, ...more }, 2);
  expect(mapped.ok ? [] : mapped.error.map(({ field, problem }) => `${field} ${problem}`)).toEqual(problems);
});

test('[I3] a lot is counted once a file; another case or expiry is another lot', () => {
  const mapper = new StockRowMapper();
  expect([row, { ...row, lot: 'a1B' }, { ...row, expiry: '07/2027' }].map((one, index) => mapper.map(one, index + 2).ok)).toEqual(
    [true, true, true],
  );
  expect(mapper.map(row, 5)).toMatchObject({
    ok: false,
    error: [{ problem: 'lot_repeated', remedy: 'Row 2 counts this lot; add them up.' }],
  });
});

test('headers', () => {
  expect(readStockHeader(['Item code', 'Lot', 'Expiry', 'Units', 'Shelf'])).toEqual({ unknown: ['Shelf'], problems: [] });
  expect(readStockHeader(['lot']).problems.map(({ field }) => field)).toEqual(['code', 'units']);
});
