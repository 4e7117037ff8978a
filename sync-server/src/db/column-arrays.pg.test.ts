import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { type ArrayType, columnArray } from './column-arrays.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const VALUES: Readonly<Record<ArrayType, fc.Arbitrary<unknown>>> = {
  boolean: fc.boolean(),
  bigint: fc.maxSafeInteger(),
  text: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\u0000')),
  jsonb: fc.jsonValue().filter((value) => !JSON.stringify(value).includes('\\u0000')),
  bytea: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('hex')),
};

/** What Postgres makes of a column, one row an element, in order. */
async function readBack(type: ArrayType, values: readonly unknown[]): Promise<unknown[]> {
  const shown = { boolean: 'u', bigint: 'u', text: 'u', jsonb: 'u', bytea: `encode(u, 'hex')` }[type];
  const { rows } = await database.app.query<{ value: unknown }>(
    `select ${shown} as value from unnest($1::${type}[]) with ordinality as x(u, i) order by i`,
    [columnArray(type, values)],
  );
  return rows.map(({ value }) => value);
}

describe('a column is read as it was given', () => {
  test.for(Object.keys(VALUES) as ArrayType[])('%s', async (type) => {
    const columns = fc.array(fc.option(VALUES[type]), { maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(columns, async (values) => {
        expect(await readBack(type, values)).toEqual(values.map((value) => JSON.parse(JSON.stringify(value))));
      }),
      { numRuns: 50 },
    );
  });

  test('the ends of the integers, nothing at all, and what is left out', async () => {
    const ends = [
      Number.MIN_SAFE_INTEGER,
      -4_294_967_297,
      -4_294_967_296,
      -1,
      0,
      4_294_967_295,
      4_294_967_296,
      Number.MAX_SAFE_INTEGER,
    ];
    expect(await readBack('bigint', ends)).toEqual(ends);
    expect(await readBack('text', [])).toEqual([]);
    expect(await readBack('text', [undefined])).toEqual([null]);
  });
});

test('[SY6] what a column cannot hold is said to be a fault of the data', () => {
  for (const value of [1.5, Number.NaN, 2 ** 53, '1', true])
    expect(() => columnArray('bigint', [value])).toThrow(expect.objectContaining({ code: '22003' }));
  expect(() => columnArray('boolean', ['t'])).toThrow(expect.objectContaining({ code: '22003' }));
});
