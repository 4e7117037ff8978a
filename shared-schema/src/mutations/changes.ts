import { z } from 'zod';
import { canonicalJson, type Json } from '../canonical-json.ts';
import type { FieldConflict } from '../sync/receipt.ts';

/**
 * How a decision changes fields: it says what it saw and what it wants. A field whose value is no longer what the maker saw is a
 * conflict; the record keeps its value and both are shown to a person. Source: architecture, "Facts and decisions"; cases 15, 16.
 */

/** Arguments schema for changing some fields of a record: `{field: {from, to}}`, at least one. */
export function changesSchema<Shape extends z.ZodRawShape>(fields: z.ZodObject<Shape>) {
  const shape = Object.fromEntries(
    Object.entries(fields.shape).map(([name, schema]) => [name, z.strictObject({ from: schema, to: schema }).optional()]),
  );
  return z
    .strictObject(shape as { [Field in keyof Shape]: z.ZodOptional<z.ZodObject<{ from: Shape[Field]; to: Shape[Field] }>> })
    .refine((changes) => Object.values(changes).some((change) => change !== undefined), 'must change at least one field');
}

/** A field's change as its maker saw it. */
interface Change {
  readonly from: unknown;
  readonly to: unknown;
}

/**
 * Applies the changes that still fit. A value that already is what was wanted is no conflict.
 * Answers the new body and the fields left as they are.
 */
export function applyChanges<Body extends object>(
  body: Body,
  changes: Readonly<Record<string, unknown>>,
): { body: Body; changed: string[]; conflicts: FieldConflict[] } {
  const current = new Map<string, unknown>(Object.entries(body));
  const next = new Map(current);
  const changed: string[] = [];
  const conflicts: FieldConflict[] = [];
  for (const [field, change] of Object.entries(changes)) {
    if (!isChange(change)) continue;
    const theirs = current.get(field);
    if (same(theirs, change.to)) continue;
    if (same(theirs, change.from)) {
      next.set(field, change.to);
      changed.push(field);
    } else {
      conflicts.push({ field, base: toJson(change.from), mine: toJson(change.to), theirs: toJson(theirs) });
    }
  }
  return { body: Object.fromEntries(next) as Body, changed, conflicts };
}

function isChange(value: unknown): value is Change {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function toJson(value: unknown): Json {
  return z.json().parse(value);
}
