import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, canonicalJsonAsReceived } from './canonical-json.ts';

const vectors = new URL('../../../shared/vectors/jcs/', import.meta.url);

describe('RFC 8785', () => {
  test('keys are ordered by UTF-16 code units, at every depth', () => {
    expect(canonicalJson({ b: { '\ud83d\ude00': 1, '\ufb33': 2 }, a: [3, { y: null, x: true }] })).toBe(
      '{"a":[3,{"x":true,"y":null}],"b":{"\ud83d\ude00":1,"\ufb33":2}}',
    );
  });

  test('what JSON cannot carry is refused', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800', { a: '\udc00' }, 1n, () => 1]) {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    }
  });

  test('[SY9] a lone surrogate can still be written as it was received', () => {
    expect(canonicalJsonAsReceived({ note: '\ud800' })).toBe('{"note":"\\ud800"}');
  });

  test('the order of names is theirs alone, whatever was written before and however many', () => {
    const name = fc.oneof(
      fc.constantFrom('a', 'b', 'B', 'é', '\ufb33', '__proto__', '10', '9', '"'),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 8 }), (names) => {
        const plain = [...names].sort().map((one) => `${JSON.stringify(one)}:1`);
        // As `JSON.parse` makes it: a member may be called `__proto__`.
        const object: unknown = JSON.parse(`{${names.map((one) => `${JSON.stringify(one)}:1`).join(',')}}`);
        expect(canonicalJson(object)).toBe(`{${plain.join(',')}}`);
      }),
      { numRuns: 2_500 },
    );
  });

  test('text is written as JSON.stringify writes it', () => {
    const sameText = (text: string) => canonicalJson(text) === JSON.stringify(text);
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), sameText));
    const units = Array.from({ length: 0xd800 }, (_, unit) => String.fromCharCode(unit));
    expect(units.filter((text) => !sameText(text))).toEqual([]);
  });

  test.skipIf(!existsSync(vectors))('public vectors (needs ../shared)', () => {
    const names = readdirSync(new URL('input/', vectors));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const input: unknown = JSON.parse(readFileSync(new URL(`input/${name}`, vectors), 'utf8'));
      expect({ name, text: canonicalJson(input) }).toEqual({
        name,
        text: readFileSync(new URL(`output/${name}`, vectors), 'utf8'),
      });
    }
  });
});
