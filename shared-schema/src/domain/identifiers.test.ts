import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSharedCsv } from '../testing/shared-file.ts';
import {
  cip7ToCip13,
  cip7ToGtin14,
  computeGs1CheckDigit,
  equivalentItemCodes,
  hasValidCheckDigit,
  normaliseItemCode,
  toGtin14,
} from './identifiers.ts';

const catalogue = readSharedCsv('data/catalogue_fr.csv');
const absent = catalogue === null ? ' (skipped: shared/data/catalogue_fr.csv is absent)' : '';

test('[I1] GTIN of 8, 12, 13 and 14 digits become a GTIN-14', () => {
  expect(toGtin14('02345673')).toEqual({ ok: true, value: '00000002345673' });
  expect(toGtin14('416000336108')).toEqual({ ok: true, value: '00416000336108' });
  expect(toGtin14('3400927562396')).toEqual({ ok: true, value: '03400927562396' });
  expect(toGtin14('12345678901231')).toEqual({ ok: true, value: '12345678901231' });
  expect(toGtin14('3400927562395')).toEqual({ ok: false, error: { code: 'gtin_check_digit_wrong' } });
  expect(toGtin14('340092756239')).toEqual({ ok: false, error: { code: 'gtin_check_digit_wrong' } });
  expect(toGtin14('34009275')).toMatchObject({ ok: false });
  expect(toGtin14('340092756')).toEqual({ ok: false, error: { code: 'gtin_wrong_length' } });
});

test('[I1] a CIP7 gives its CIP13 and GTIN-14', () => {
  expect(cip7ToCip13('2160469')).toBe('3400921604696');
  expect(cip7ToGtin14('2160469')).toBe('03400921604696');
});

test('[I1] one wrong digit is always found', () => {
  const digits = fc.array(fc.nat({ max: 9 }), { minLength: 7, maxLength: 13 });
  fc.assert(
    fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (before, at, change) => {
      const code = [...before, computeGs1CheckDigit(before.join(''))];
      expect(hasValidCheckDigit(code.join(''))).toBe(true);
      const index = at % code.length;
      const wrong = code.with(index, ((code[index] ?? 0) + change) % 10);
      expect(hasValidCheckDigit(wrong.join(''))).toBe(false);
    }),
  );
});

describe('[I1] a typed or scanned code has one normal form', () => {
  test.each([
    ['3400921604696', 'gtin', '03400921604696'],
    [' 34009 216 0469 6 ', 'gtin', '03400921604696'],
    ['03400921604696', 'gtin', '03400921604696'],
    ['2160469', 'cip7', '2160469'],
    ['216 0469', 'cip7', '2160469'],
    ['PZN-12345678', 'pzn', '12345678'],
    ['-12345678', 'pzn', '12345678'],
    ['0002-1433-80', 'ndc', '0002-1433-80'],
    ['50242-040-62', 'ndc', '50242-040-62'],
    ['60575-4112-1', 'ndc', '60575-4112-1'],
    ['00002-1433-80', 'ndc', '00002-1433-80'],
    [' Crème 12 ', 'local', 'Crème 12'],
    ['123', 'local', '123'],
  ])('%j is %s %s', (text, scheme, value) => {
    expect(normaliseItemCode(text)).toEqual({ ok: true, value: { scheme, value } });
  });

  test.each([
    ['  ', 'code_empty'],
    ['x'.repeat(41), 'code_too_long'],
    ['3400921604697', 'gtin_check_digit_wrong'],
  ])('%j is refused as %s', (text, code) => {
    expect(normaliseItemCode(text)).toEqual({ ok: false, error: { code } });
  });
});

test('[I1] a French pack is found by CIP7 and by GTIN-14', () => {
  expect(equivalentItemCodes({ scheme: 'cip7', value: '2160469' })).toEqual([
    { scheme: 'cip7', value: '2160469' },
    { scheme: 'gtin', value: '03400921604696' },
  ]);
  expect(equivalentItemCodes({ scheme: 'gtin', value: '03400921604696' })).toContainEqual({ scheme: 'cip7', value: '2160469' });
  expect(equivalentItemCodes({ scheme: 'local', value: 'x' })).toEqual([{ scheme: 'local', value: 'x' }]);
});

test.skipIf(catalogue === null)(`[I1] every marketed French pack is a valid GTIN and follows from its CIP7${absent}`, () => {
  const rows = catalogue ?? [];
  const broken = rows.filter((row) => {
    const code = normaliseItemCode(row['cip13_gtin13'] ?? '');
    return !code.ok || code.value.value !== `0${row['cip13_gtin13']}` || code.value.value !== cip7ToGtin14(row['cip7'] ?? '');
  });
  expect(rows).toHaveLength(17_168);
  expect(broken).toEqual([]);
});
