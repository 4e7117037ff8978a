import { describe, expect, test } from 'vitest';
import { importedItemSchema } from '../mutations/stock/import-items.ts';
import { readSharedCsv } from '../testing/shared-file.ts';
import { ItemRowMapper, readItemsHeader } from './items-csv.ts';

const GTIN = '3400921604696';
const mapOne = (row: Record<string, string>) => new ItemRowMapper('EUR').map(row, 2);

function problemsOf(row: Record<string, string>): string[] {
  const mapped = mapOne(row);
  return mapped.ok ? [] : mapped.error.map((problem) => `${problem.field} ${problem.problem}`);
}

test('a row in our own headers, with decimal commas and a byte order mark', () => {
  const mapped = mapOne({
    '\ufeffCode': GTIN,
    Name: ' Paracetamol ',
    'Units per pack': '16',
    price: '2,18',
    cost: '1.10',
    'vat-rate': '2,1',
    schedule: 'List 1',
    cold_chain: 'oui',
    colour: 'red',
  });
  expect(mapped).toEqual({
    ok: true,
    value: {
      item: {
        identifiers: [{ scheme: 'gtin', value: `0${GTIN}` }],
        name: 'Paracetamol',
        unitsPerPack: 16,
        packPriceMinor: 218,
        packCostMinor: 110,
        vatRateBp: 210,
        schedule: 'list_1',
        coldChain: true,
      },
      assumed: [],
    },
  });
});

test('an empty cell is a field the file does not carry; a missing pack size is said', () => {
  const mapped = mapOne({ code: GTIN, name: 'X', price: '', units_per_pack: ' ' });
  expect(mapped).toMatchObject({ ok: true, value: { assumed: ['unitsPerPack'] } });
  expect(mapped.ok && Object.keys(mapped.value.item).toSorted()).toEqual(['identifiers', 'name']);
});

test.each([
  ['I', 'narcotic', 'narcotic'],
  ['I', 'secure_prescription', 'secured'],
  ['II', '', 'list_2'],
  ['I', '', 'list_1'],
  ['', '', undefined],
])('French list %j and control %j are schedule %j', (frList, frControlled, schedule) => {
  const mapped = mapOne({ code: GTIN, name: 'X', fr_list: frList, fr_controlled: frControlled });
  expect(mapped.ok && mapped.value.item.schedule).toBe(schedule);
});

describe('hostile rows are refused with field, problem and remedy', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['a formula', { code: GTIN, name: "=cmd|' /C calc'!A0" }, ['name cell_is_formula']],
    ['a formula behind a sign', { code: GTIN, name: '+SUM(A1)' }, ['name cell_is_formula']],
    ['a formula as code', { code: '@SUM(A1)', name: 'X' }, ['code cell_is_formula']],
    ['a wrong check digit', { gtin: '3400921604697', name: 'X' }, ['gtin gtin_check_digit_wrong']],
    ['a word where a GTIN should be', { gtin: 'abc', name: 'X' }, ['gtin code_of_other_kind']],
    ['a code of 50 characters', { code: 'x'.repeat(50), name: 'X' }, ['code code_too_long']],
    ['a name of 300 characters', { code: GTIN, name: 'x'.repeat(300) }, ['name text_too_long']],
    ['negative units', { code: GTIN, name: 'X', units_per_pack: '-3' }, ['units_per_pack number_out_of_range']],
    ['half a unit', { code: GTIN, name: 'X', units_per_pack: '0.5' }, ['units_per_pack number_not_whole']],
    ['a price in words', { code: GTIN, name: 'X', price: 'ten' }, ['price amount_not_a_number']],
    ['a negative price', { code: GTIN, name: 'X', price: '-1' }, ['price amount_negative']],
    ['a rate over 100', { code: GTIN, name: 'X', vat_rate: '120' }, ['vat_rate rate_not_a_percentage']],
    ['a rate in words', { code: GTIN, name: 'X', vat_rate: 'low' }, ['vat_rate rate_not_a_percentage']],
    ['another encoding', { code: GTIN, name: 'Parac\ufffdtamol' }, ['name text_not_readable']],
    ['a null character', { code: GTIN, name: 'a\u0000b' }, ['name text_not_readable']],
    ['nothing', { code: '', name: '' }, ['name name_missing', 'code code_missing']],
    [
      'everything at once',
      { code: '1234567890123', name: '', price: 'x' },
      ['code gtin_check_digit_wrong', 'price amount_not_a_number', 'name name_missing'],
    ],
  ])('%s', (_what, row, problems) => {
    expect(problemsOf(row)).toEqual(problems);
    const mapped = mapOne(row);
    expect(!mapped.ok && mapped.error.every((problem) => problem.remedy.length > 5)).toBe(true);
  });

  test('a code that a row before has, in whatever form', () => {
    const mapper = new ItemRowMapper('EUR');
    expect(mapper.map({ code: GTIN, name: 'X' }, 2).ok).toBe(true);
    const second = mapper.map({ gtin: `0${GTIN}`, name: 'Y' }, 3);
    expect(second).toMatchObject({
      ok: false,
      error: [{ problem: 'code_repeated', remedy: 'Row 2 has this code; keep one of them.' }],
    });
  });
});

test('headers: unknown ones are named, missing and repeated ones stop the file', () => {
  expect(readItemsHeader(['\ufeffgtin', 'Name', 'Colour', 'cis'])).toEqual({
    unknown: ['Colour'],
    ignored: ['cis'],
    problems: [],
  });
  expect(readItemsHeader(['price', 'price']).problems.map(({ field, problem }) => `${field} ${problem}`)).toEqual([
    'name header_missing',
    'code header_missing',
    'price header_repeated',
  ]);
});

const catalogue = readSharedCsv('data/catalogue_fr.csv');
test.skipIf(catalogue === null)('[I1] all 17,168 French packs map (skipped without ../shared/data)', () => {
  const rows = catalogue ?? [];
  expect(readItemsHeader(Object.keys(rows[0] ?? {}))).toMatchObject({ unknown: [], problems: [] });
  const mapper = new ItemRowMapper('EUR');
  const mapped = rows.map((row, index) => mapper.map(row, index + 2));
  expect(mapped.flatMap((row) => (row.ok ? [] : row.error))).toEqual([]);
  const items = mapped.flatMap((row) => (row.ok ? [row.value] : []));
  expect(items).toHaveLength(17_168);
  for (const { item } of items) importedItemSchema.parse(item);
  expect(items.filter(({ assumed }) => assumed.length > 0)).toHaveLength(254);
  expect(items.filter(({ item }) => item.schedule === 'narcotic')).toHaveLength(298);
  expect(items.filter(({ item }) => item.schedule === 'secured')).toHaveLength(369);
  expect(items.filter(({ item }) => item.packPriceMinor !== undefined)).toHaveLength(17_168 - 5_679);
  expect(items[0]?.item).toMatchObject({
    name: 'YELLOX 0,9 mg/ml',
    identifiers: [
      { scheme: 'gtin', value: '03400921604696' },
      { scheme: 'cip7', value: '2160469' },
    ],
    packPriceMinor: 459,
    schedule: 'list_1',
  });
});
