import type { Json } from '#schema/canonical-json.ts';
import type { I18n } from '../../i18n/i18n-context.tsx';

/** One thing somebody entered, ready to be read: where it stood and what it was. */
export interface EnteredLine {
  readonly label: string;
  readonly value: string;
  /** How deep it stands inside what was entered. */
  readonly depth: number;
}

type Words = Pick<I18n, 't' | 'format' | 'findLabel'>;

/**
 * What was entered, line by line in plain words: field names from the catalogue, money and dates in the shop's way. Ids of records are left
 * out unless `nameOf` knows them, because they say nothing to a person. Never shows less than everything else.
 */
export function describeEntered(
  args: Readonly<Record<string, Json>>,
  words: Words,
  nameOf: (id: string) => string | null,
): EnteredLine[] {
  return Object.entries(args).flatMap(([field, value]) => linesOf(field, value, 0, words, nameOf));
}

function linesOf(field: string, value: Json, depth: number, words: Words, nameOf: (id: string) => string | null): EnteredLine[] {
  const label = words.findLabel(`field.${field}`) ?? plainName(field);
  if (Array.isArray(value)) {
    if (value.length === 0) return [];
    return value.flatMap((one, index) =>
      isObject(one)
        ? [{ label: `${label} ${index + 1}`, value: '', depth }, ...inside(one, depth, words, nameOf)]
        : [{ label: `${label} ${index + 1}`, value: describeValue(field, one, words, nameOf), depth }],
    );
  }
  if (isObject(value)) {
    if ('from' in value && 'to' in value) {
      const from = describeValue(field, value.from ?? null, words, nameOf);
      return [{ label, value: `${from} → ${describeValue(field, value.to ?? null, words, nameOf)}`, depth }];
    }
    return [{ label, value: '', depth }, ...inside(value, depth, words, nameOf)];
  }
  const text = describeValue(field, value, words, nameOf);
  return text === '' ? [] : [{ label, value: text, depth }];
}

function inside(value: { readonly [key: string]: Json }, depth: number, words: Words, nameOf: (id: string) => string | null) {
  return Object.entries(value).flatMap(([field, one]) => linesOf(field, one, depth + 1, words, nameOf));
}

/** One value as a person reads it, by what its field's name ends with (`…Minor`, `…On`, `…At`, `…Bp`, `…Id`). */
export function describeValue(
  field: string,
  value: Json,
  { t, format, findLabel }: Words,
  nameOf: (id: string) => string | null,
): string {
  if (value === null || value === '') return '';
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no');
  if (typeof value === 'number') {
    if (field.endsWith('Minor')) return format.money(value);
    if (field.endsWith('At')) return format.dateTime(value);
    if (field.endsWith('Bp')) return format.percentBp(value);
    return format.number(value);
  }
  if (typeof value === 'string') {
    if (/(?:^id|Id|Ids)$/.test(field)) return nameOf(value) ?? '';
    if (field.endsWith('On') && /^\d{4}-\d{2}-\d{2}$/.test(value)) return format.date(value);
    return findLabel(`movement.${value}`) ?? value;
  }
  if (Array.isArray(value)) return value.map((one) => describeValue(field, one, { t, format, findLabel }, nameOf)).join(', ');
  return Object.values(value)
    .map((one) => describeValue(field, one, { t, format, findLabel }, nameOf))
    .filter((text) => text !== '')
    .join(' ');
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `packPriceMinor` → `pack price`: for fields the catalogue does not name yet. */
function plainName(field: string): string {
  return field
    .replace(/(?:Minor|Units|At|On|Ms|Bp|Id)$/, '')
    .replaceAll(/([A-Z])/g, ' $1')
    .toLowerCase()
    .trim();
}
