import fc from 'fast-check';
import { z } from 'zod';
import { RECORDS, type RecordKind } from '#schema/records/registry.ts';
import type { Stored } from '#schema/working-set.ts';

/**
 * Bodies of a kind as its schema shapes them, with the hardest values a column must give back unchanged: any text that can be stored, any safe
 * integer. What the store does not look at (patterns, limits) is not kept.
 */
export function arbitraryRecord(kind: RecordKind): fc.Arbitrary<Stored> {
  return arbitraryOf('', RECORDS[kind].schema).map((body) => ({ kind, body }) as unknown as Stored);
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\u0000', '').toWellFormed()),
  fc.constantFrom('', 'null', 'NULL', '{}', '"', '\\', ',', 'a\tb\nc'),
);
const whole = fc
  .oneof(fc.constantFrom(0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER), fc.maxSafeInteger())
  .map((value) => value + 0);
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => onlyStorable(value));

function arbitraryOf(field: string, schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodNullable) return fc.option(arbitraryOf(field, schema.unwrap()), { nil: null });
  if (schema instanceof z.ZodObject) {
    const shape: Record<string, z.core.$ZodType> = schema.shape;
    return fc.record(Object.fromEntries(Object.entries(shape).map(([name, inner]) => [name, arbitraryOf(name, inner)])));
  }
  if (schema instanceof z.ZodArray) return fc.array(arbitraryOf('', schema.element), { maxLength: 3 });
  if (schema instanceof z.ZodRecord) return fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), json, { maxKeys: 3 });
  if (schema instanceof z.ZodNumber) return whole;
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (/On$/.test(field)) return fc.constantFrom('0001-01-01', '1970-01-01', '2024-02-29', '9999-12-31');
  return text;
}

/** What decide may put into free JSON: integers and text that can be stored (SY3). */
function onlyStorable(value: unknown): unknown {
  if (typeof value === 'number') return Math.trunc(value % 1e15) + 0;
  if (typeof value === 'string') return value.replaceAll('\u0000', '').toWellFormed();
  if (Array.isArray(value)) return value.map(onlyStorable);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner], i) => [`m${i}${name.length}`, onlyStorable(inner)]));
  return value;
}
