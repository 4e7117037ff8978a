import type { Json } from '#schema/canonical-json.ts';
import { makerOf } from '#schema/ids.ts';
import { UNKNOWN_LOT } from '#schema/records/lot.ts';
import type { I18n } from '../../i18n/i18n-context.tsx';

/** One thing somebody entered, ready to be read: where it stood and what it was. */
export interface EnteredLine {
  readonly label: string;
  readonly value: string;
  /** How deep it stands inside what was entered. */
  readonly depth: number;
}

type Words = Pick<I18n, 't' | 'format' | 'findLabel'>;
type NameOf = (id: string) => string | null;

/** Bookkeeping of the program itself. */
const UNSPOKEN = new Set(['id', 'revision', 'offsetMinutes', 'fefoSkipped', 'steps']);
/** Fields whose values are words of the program; elsewhere a text is what somebody typed. */
const WORD_FIELDS = new Set(['status', 'type', 'schedule', 'role', 'code', 'target', 'mode']);
/** Catalogues in which a value that is a word of the program has its plain word. */
const WORD_LISTS = [
  'recordStatus',
  'lotStatus',
  'countStatus',
  'movement',
  'step',
  'stockMovement',
  'schedule',
  'role',
  'problem',
];

/** Whether a field holds the id of a record. */
export function isIdField(field: string): boolean {
  return /(?:^id|Id|Ids|By)$/.test(field);
}

/** Whether a value is the id of a record: by its field, or because an act derived it. */
export function isId(field: string, value: string): boolean {
  return isIdField(field) || makerOf(value) !== null;
}

/** A field's name in plain words; details of flags stand under the code of the flag. */
export function labelOf(field: string, { findLabel }: Pick<Words, 'findLabel'>): string {
  return findLabel(`field.${field}`) ?? findLabel(`problem.${field}`) ?? plainName(field);
}

/** Plain word for a value that is a word of the program, or null. */
export function wordOf(value: string, { findLabel }: Pick<Words, 'findLabel'>): string | null {
  for (const list of WORD_LISTS) {
    const word = findLabel(`${list}.${value}`);
    if (word !== null) return word;
  }
  return null;
}

/**
 * What was entered, line by line in plain words: field names from the catalogue, money and dates in the shop's way. Ids of records are left
 * out unless `nameOf` knows them, because they say nothing to a person. Never shows less than everything else.
 */
export function describeEntered(args: Readonly<Record<string, Json>>, words: Words, nameOf: NameOf): EnteredLine[] {
  return Object.entries(args).flatMap(([field, value]) => linesOf(field, value, 0, words, nameOf));
}

function linesOf(field: string, value: Json, depth: number, words: Words, nameOf: NameOf): EnteredLine[] {
  if (UNSPOKEN.has(field)) return [];
  const label = labelOf(field, words);
  if (Array.isArray(value) && value.some(isObject)) {
    return value.flatMap((one, index) =>
      isObject(one) ? [{ label: `${label} ${index + 1}`, value: '', depth }, ...inside(one, depth, words, nameOf)] : [],
    );
  }
  if (isObject(value)) {
    if ('from' in value && 'to' in value) {
      const from = describeValue(field, value.from ?? null, words, nameOf) || words.t('common.none');
      const to = describeValue(field, value.to ?? null, words, nameOf) || words.t('common.none');
      return [{ label, value: `${from} → ${to}`, depth }];
    }
    return [{ label, value: '', depth }, ...inside(value, depth, words, nameOf)];
  }
  const text = describeValue(field, value, words, nameOf);
  return text === '' ? [] : [{ label, value: text, depth }];
}

function inside(value: { readonly [key: string]: Json }, depth: number, words: Words, nameOf: NameOf) {
  return Object.entries(value).flatMap(([field, one]) => linesOf(field, one, depth + 1, words, nameOf));
}

/** One value as a person reads it, by what its field's name ends with (`…Minor`, `…On`, `…At`, `…Bp`, `…Id`). */
export function describeValue(field: string, value: Json, words: Words, nameOf: NameOf): string {
  const { t, format } = words;
  if (value === null || value === '') return '';
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no');
  if (typeof value === 'number') {
    if (field.endsWith('Minor')) return format.money(value);
    if (field.endsWith('At')) return format.dateTime(value);
    if (field.endsWith('Bp')) return format.percentBp(value);
    return format.number(value);
  }
  if (typeof value === 'string') {
    if (isId(field, value)) return nameOf(value) ?? '';
    if (value === UNKNOWN_LOT) return t('common.unknown');
    if (field.endsWith('On') && /^\d{4}-\d{2}-\d{2}$/.test(value)) return format.date(value);
    return (WORD_FIELDS.has(field) ? wordOf(value, words) : null) ?? value;
  }
  if (Array.isArray(value))
    return value
      .map((one) => describeValue(field, one, words, nameOf))
      .filter((text) => text !== '')
      .join(', ');
  return Object.entries(value)
    .map(([name, one]) => describeValue(name, one, words, nameOf))
    .filter((text) => text !== '')
    .join(' ');
}

/** What a person wants to know of a record as it is now, in this order; records have some of these. */
const PRESENT_FIELDS = [
  'name',
  'lotText',
  'expiryOn',
  'status',
  'attempt',
  'onHandUnits',
  'countedUnits',
  'countedBy',
  'packPriceMinor',
  'openedBy',
  'openedAt',
  'closedBy',
  'closedAt',
  'submittedBy',
  'submittedAt',
  'confirmedBy',
  'decidedBy',
  'decidedAt',
  'decisionNote',
  'resolvedBy',
  'resolvedAt',
  'resolution',
];

/** A record as it is now, in a few lines. */
export function describePresent(record: Readonly<Record<string, unknown>>, words: Words, nameOf: NameOf): EnteredLine[] {
  return PRESENT_FIELDS.flatMap((field) => {
    const value = record[field];
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
    return linesOf(field, value, 0, words, nameOf);
  });
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
