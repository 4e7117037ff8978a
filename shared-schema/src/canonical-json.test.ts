import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
