import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSharedCsv } from '../testing/shared-file.ts';
import { GS, parseScan } from './gs1.ts';
import { GS1_PARTS_BY_AI } from './gs1-ai-table.ts';

const TODAY = '2026-01-15';
const scan = (text: string) => parseScan(text.replaceAll('{GS}', GS), { todayOn: TODAY });
const vectors = readSharedCsv('vectors/gs1_pharmacy_vectors.csv');
const engineVectors = readSharedCsv('vectors/gs1_engine_vectors.csv');

test('[G1] the usual pack: GTIN, expiry, lot, serial, in either order', () => {
  const expected = {
    ok: true,
    value: { gtin14: '03400927562396', expiryOn: '2027-06-30', lot: 'A1B2C3', serial: 'SN1', others: [], warnings: [] },
  };
  expect(scan(']d201034009275623961727060010A1B2C3{GS}21SN1')).toEqual(expected);
  expect(scan(']d2010340092756239621SN1{GS}10A1B2C3{GS}17270630')).toEqual(expected);
  expect(scan('{GS}01034009275623961727063010A1B2C3{GS}21SN1{GS}')).toEqual(expected);
  expect(scan('01034009275623961727063010A1B2C3{GS}21SN1\r\n')).toEqual(expected);
  expect(parseScan('010340092756239610A1B2C3~17270630~21SN1', { todayOn: TODAY, separator: '~' })).toEqual(expected);
});

test('[G4] a lot that swallowed its neighbours is not taken apart, but warned of', () => {
  expect(scan(']d2010340092185699610L121A17260131')).toMatchObject({
    value: { lot: 'L121A17260131', expiryOn: null, warnings: ['lot_without_expiry'] },
  });
});

test.each([
  ['', 'scan_empty'],
  [']d2', 'scan_empty'],
  [']X9123', 'symbology_not_supported'],
  [']d1TESTING', 'symbology_not_supported'],
  [']E0123', 'gtin_wrong_length'],
  ['3400927562395', 'check_digit_wrong'],
  ['hello', 'ai_unknown'],
  [']d201034009218565381726013110{GS}21A', 'value_empty'],
  [']d20103400921856538172601', 'value_wrong_length'],
  [']d2010340092685338910Lé', 'character_not_allowed'],
  [']d201034009278941141727022910LOT9', 'date_does_not_exist'],
  [']d2010340092185699610L1{GS}0103400926853389', 'ai_with_two_values'],
  [']d21726013110L1', 'gtin_missing'],
  ['https://example.com/10/L1', 'gtin_missing'],
])('[G3] %j is refused as %s', (text, code) => {
  expect(scan(text)).toMatchObject({ ok: false, error: { code } });
});

test('[G2] a Digital Link is read, escapes included', () => {
  expect(scan(']Q1https://id.gs1.org/01/03400926853389/10/L%2F1?17=280131&utm=x')).toMatchObject({
    value: { gtin14: '03400926853389', lot: 'L/1', expiryOn: '2028-01-31' },
  });
  expect(scan('https://id.gs1.org/01/03400926853389/10/%zz')).toMatchObject({ error: { code: 'character_not_allowed' } });
});

test('[G2] no application identifier is the beginning of another', () => {
  const ais = [...GS1_PARTS_BY_AI.keys()];
  expect(ais.filter((ai) => ais.some((other) => other !== ai && other.startsWith(ai)))).toEqual([]);
});

test('[G1] whatever fields a pack carries, in whatever order, each is read back', () => {
  const cset82 = fc.constantFrom(...Array.from('!"%&\'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz'));
  const field = fc.array(cset82, { minLength: 1, maxLength: 20 }).map((characters) => characters.join(''));
  fc.assert(
    fc.property(field, field, fc.shuffledSubarray(['01', '10', '17', '21'], { minLength: 4 }), (lot, serial, order) => {
      const elements: Record<string, string> = {
        '01': '0103400927562396',
        '10': `10${lot}${GS}`,
        '17': '17270630',
        '21': `21${serial}${GS}`,
      };
      expect(scan(`]d2${order.map((ai) => elements[ai]).join('')}`)).toMatchObject({
        value: { gtin14: '03400927562396', lot, serial, expiryOn: '2027-06-30' },
      });
    }),
  );
});

test('any text is a pack or a named error, and never throws', () => {
  const pieces = fc.constantFrom(
    '01',
    '03400927562396',
    '10',
    '17',
    '270630',
    GS,
    ']d2',
    ']E0',
    'é',
    '%',
    'https://a/01/',
    '?17=',
    '0',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (text) => {
        const result = scan(text);
        expect(result.ok ? result.value.gtin14 : result.error.code).toMatch(/^(?:\d{14}|[a-z_0-9]+)$/);
      },
    ),
    { numRuns: 1000 },
  );
});

describe.skipIf(vectors === null)(
  `[G5] the 24 pharmacy scans${vectors === null ? ' (skipped: shared/vectors/gs1_pharmacy_vectors.csv is absent)' : ''}`,
  () => {
    test.each(vectors ?? [])('$id $note', (row) => {
      const result = scan(row['input'] ?? '');
      const read = result.ok ? result.value : null;
      const actual = {
        valid: String(result.ok),
        gtin14: read?.gtin14 ?? '',
        expiry: read?.expiryOn ?? '',
        lot: read?.lot ?? '',
        serial: read?.serial ?? '',
        other: read?.others.map(({ ai, value }) => `${ai}=${value}`).join(' ') ?? '',
      };
      const { valid, gtin14, expiry, lot, serial, other } = row;
      expect(actual).toEqual({ valid, gtin14, expiry, lot, serial, other });
    });
  },
);

/** The engine reads any GS1 data; this parser only packs. So its element strings are compared where they name an item by AI 01. */
const engineScans = engineVectors?.filter((row) => row['kind'] === 'unbracketed_ai' && row['input']?.startsWith('^01'));
test.skipIf(engineScans === undefined)('[G5] element strings of the reference engine that begin with AI 01', () => {
  const disagreeing = (engineScans ?? []).filter((row) => {
    const read = scan(`]d2${(row['input'] ?? '').slice(1).replaceAll('^', GS)}`);
    return String(read.ok) !== row['valid'];
  });
  expect(engineScans?.length).toBeGreaterThan(5);
  expect(disagreeing).toEqual([]);
});
