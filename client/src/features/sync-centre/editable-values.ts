import { z } from 'zod';
import type { Json } from '#schema/canonical-json.ts';
import { MUTATIONS } from '#schema/mutations/registry.ts';
import { isIdField } from './describe-values.ts';
import type { Args } from './explanation.ts';

/** Finding the plain values of an act that a person can type anew, and putting them back. For acts of any kind, by their schema and field names. */
export interface EditableValue {
  /** Where it stands in the arguments. */
  readonly path: readonly (string | number)[];
  readonly field: string;
  readonly kind: 'money' | 'integer' | 'text' | 'date' | 'boolean' | 'choice';
  /** For a choice, its words of the program. */
  readonly options: readonly string[];
  readonly value: Json;
}

/** Most fields one form shows; larger acts are entered anew on their own screen. */
export const EDITABLE_MAX = 60;
/** Bookkeeping that a person does not type. */
const KEPT_AS_IS = new Set(['revision', 'attempt', 'offsetMinutes', 'currency', 'fefoSkipped', 'codes', 'n', 'mutationName']);

/** The plain values of an act, in order; of an edit only what is wanted, not what was seen. */
export function editableValuesOf(name: string, args: Args): readonly EditableValue[] {
  const schema = MUTATIONS.get(name)?.args;
  const found: EditableValue[] = [];
  const look = (value: Json, path: readonly (string | number)[], field: string): void => {
    if (KEPT_AS_IS.has(field) || isIdField(field)) return;
    if (Array.isArray(value)) for (const [index, one] of value.entries()) look(one, [...path, index], field);
    else if (typeof value === 'object' && value !== null) {
      if ('from' in value && 'to' in value) look(value.to ?? null, [...path, 'to'], field);
      else for (const [name, one] of Object.entries(value)) look(one, [...path, name], name);
    } else {
      const options = optionsAt(schema, path);
      found.push({ path, field, kind: kindOf(field, value, options), options: options ?? [], value });
    }
  };
  for (const [field, value] of Object.entries(args)) look(value, [field], field);
  return found;
}

/** The arguments with one value put in its place. */
export function withValue(args: Args, path: readonly (string | number)[], value: Json): Args {
  const [first, ...rest] = path;
  if (first === undefined) return args;
  const put = (into: Json | undefined, [at, ...more]: readonly (string | number)[]): Json => {
    if (at === undefined) return value;
    if (Array.isArray(into)) return into.map((one, index) => (index === at ? put(one, more) : one));
    const fields = typeof into === 'object' && into !== null ? into : {};
    return { ...fields, [at]: put(fields[at], more) };
  };
  return { ...args, [first]: put(args[first], rest) };
}

function kindOf(field: string, value: Json, options: readonly string[] | null): EditableValue['kind'] {
  if (options !== null) return 'choice';
  if (typeof value === 'boolean') return 'boolean';
  if (field.endsWith('Minor')) return 'money';
  if (typeof value === 'number' || /(?:Units|Bp|unitsPerPack|^units)$/.test(field)) return 'integer';
  return field.endsWith('On') ? 'date' : 'text';
}

/** The words that the schema allows at a place, or null where it is no choice. */
function optionsAt(schema: unknown, path: readonly (string | number)[]): readonly string[] | null {
  const bare = unwrapped(schema);
  const [at, ...rest] = path;
  if (at === undefined) return bare instanceof z.ZodEnum ? bare.options.map(String) : null;
  if (bare instanceof z.ZodArray) return optionsAt(bare.element, rest);
  return bare instanceof z.ZodObject ? optionsAt(bare.shape[at], rest) : null;
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrapped(schema.unwrap()) : schema;
}
