/**
 * What a scan at the counter says: item, lot, expiry, serial [G1]–[G4]. Reads GS1 element strings (DataMatrix, GS1-128, DataBar, QR),
 * EAN-13/EAN-8, bare digits, and GS1 Digital Links. It never guesses: a lot that may have swallowed its neighbours comes back with a
 * warning, everything malformed with a code that names the application identifier (AI).
 */
import { err, ok, type Result } from '../result.ts';
import { daysInMonth, toDateOn } from '../time.ts';
import { GS1_PARTS_BY_AI, type Gs1Part, hasPredefinedLength } from './gs1-ai-table.ts';
import { hasValidCheckDigit, toGtin14 } from './identifiers.ts';

/** The separator FNC1 is transmitted as (GS, U+001D). */
export const GS = '\u001d';

/** A scan that names an item. `lot` is case-sensitive; `expiryOn` is `YYYY-MM-DD`; `others` holds every further AI in scan order. */
export interface PackScan {
  readonly gtin14: string;
  readonly expiryOn: string | null;
  readonly lot: string | null;
  readonly serial: string | null;
  readonly others: readonly { readonly ai: string; readonly value: string }[];
  /** `lot_without_expiry`: a separator may be missing and the lot may hold more than the lot; ask a person. Source: G4. */
  readonly warnings: readonly 'lot_without_expiry'[];
}

/** Why a scan is not a pack; `ai` where one application identifier is at fault. */
export interface ScanError {
  readonly code:
    | 'scan_empty'
    | 'symbology_not_supported'
    | 'gtin_wrong_length'
    | 'ai_unknown'
    | 'value_empty'
    | 'value_wrong_length'
    | 'character_not_allowed'
    | 'check_digit_wrong'
    | 'date_does_not_exist'
    | 'ai_with_two_values'
    | 'gtin_missing';
  readonly ai?: string;
}

interface Element {
  readonly ai: string;
  readonly value: string;
}

/** `todayOn` resolves two-digit years; `separator` is what a wedge scanner types for FNC1 when it is not GS. */
export interface ScanOptions {
  readonly todayOn: string;
  readonly separator?: string;
}

/**
 * Reads a scan. Errors, the first that is met from left to right: scan_empty, symbology_not_supported, gtin_wrong_length, ai_unknown,
 * value_empty, value_wrong_length, character_not_allowed, check_digit_wrong, date_does_not_exist; then over the whole:
 * ai_with_two_values, gtin_missing. Source: G1–G4.
 */
export function parseScan(text: string, options: ScanOptions): Result<PackScan, ScanError> {
  const scan = text.replace(/[\r\n\t ]+$/, '');
  if (scan === '') return err({ code: 'scan_empty' });
  const prefix = /^\][A-Za-z]\d/.exec(scan)?.[0];
  const data = prefix === undefined ? scan : scan.slice(prefix.length);
  if (data === '') return err({ code: 'scan_empty' });
  if (/^https?:\/\//i.test(data)) return parseElements(readDigitalLink(data), options.todayOn);
  switch (prefix) {
    case ']d2':
    case ']C1':
    case ']e0':
    case ']Q3':
      return parseElements(readElementString(data, options.separator), options.todayOn);
    case ']E0':
      return /^\d{13}$/.test(data) ? plainGtin(data) : err({ code: 'gtin_wrong_length' });
    case ']E4':
      return /^\d{8}$/.test(data) ? plainGtin(data) : err({ code: 'gtin_wrong_length' });
    case undefined:
      if (scan.startsWith(']')) return err({ code: 'symbology_not_supported' });
      if (/^(?:\d{8}|\d{12,14})$/.test(data)) return plainGtin(data);
      return parseElements(readElementString(data, options.separator), options.todayOn);
    default:
      return err({ code: 'symbology_not_supported' });
  }
}

function plainGtin(digits: string): Result<PackScan, ScanError> {
  const gtin14 = toGtin14(digits);
  if (!gtin14.ok) return err({ code: 'check_digit_wrong' });
  return ok({ gtin14: gtin14.value, expiryOn: null, lot: null, serial: null, others: [], warnings: [] });
}

/** Cuts an element string into AIs and values by the table; values are not yet checked. Source: G1. */
function readElementString(data: string, separator: string | undefined): Result<Element[], ScanError> {
  const stream = separator === undefined || separator === '' ? data : data.replaceAll(separator, GS);
  const elements: Element[] = [];
  let position = stream.startsWith(GS) ? GS.length : 0;
  while (position < stream.length) {
    const ai = findAi(stream, position);
    if (ai === null) return err({ code: 'ai_unknown', ai: stream.slice(position, position + 4) });
    const start = position + ai.length;
    const separatorAt = stream.indexOf(GS, start);
    const limit = separatorAt === -1 ? stream.length : separatorAt;
    const end = hasPredefinedLength(ai) ? Math.min(limit, start + fixedLength(ai)) : limit;
    elements.push({ ai, value: stream.slice(start, end) });
    position = stream.startsWith(GS, end) ? end + GS.length : end;
  }
  return ok(elements);
}

function findAi(stream: string, position: number): string | null {
  for (const length of [2, 3, 4]) {
    const ai = stream.slice(position, position + length);
    if (ai.length === length && GS1_PARTS_BY_AI.has(ai)) return ai;
  }
  return null;
}

function fixedLength(ai: string): number {
  return (GS1_PARTS_BY_AI.get(ai) ?? []).reduce((sum, part) => sum + part.length, 0);
}

/** AIs of a GS1 Digital Link: `/01/<gtin>` and the qualifiers after it, then numeric query keys. Other keys are not ours to read. */
function readDigitalLink(link: string): Result<Element[], ScanError> {
  const [, path = '', query = ''] = /^https?:\/\/[^/?#]+([^?#]*)(?:\?([^#]*))?/i.exec(link) ?? [];
  const segments = path.split('/');
  const primary = segments.indexOf('01');
  if (primary === -1) return err({ code: 'gtin_missing' });
  const pairs: [ai: string, value: string][] = [];
  for (let index = primary; index < segments.length; index += 2) pairs.push([segments[index] ?? '', segments[index + 1] ?? '']);
  for (const parameter of query.split(/[&;]/)) {
    const [key = '', value = ''] = parameter.split('=', 2);
    if (/^\d{2,4}$/.test(key)) pairs.push([key, value]);
  }
  const elements: Element[] = [];
  for (const [ai, encoded] of pairs) {
    const value = decodePercent(encoded);
    if (!GS1_PARTS_BY_AI.has(ai)) return err({ code: 'ai_unknown', ai });
    if (value === null) return err({ code: 'character_not_allowed', ai });
    elements.push({ ai, value: ai === '01' && /^(?:\d{8}|\d{12,13})$/.test(value) ? value.padStart(14, '0') : value });
  }
  return ok(elements);
}

function decodePercent(encoded: string): string | null {
  return /^(?:[^%]|%[0-7][0-9A-Fa-f])*$/.test(encoded) ? decodeURIComponent(encoded) : null;
}

function parseElements(read: Result<Element[], ScanError>, todayOn: string): Result<PackScan, ScanError> {
  if (!read.ok) return read;
  const values = new Map<string, string>();
  for (const { ai, value } of read.value) {
    const fault = checkValue(value, GS1_PARTS_BY_AI.get(ai) ?? [], todayOn);
    if (fault !== null) return err({ code: fault, ai });
  }
  for (const { ai, value } of read.value) {
    if (values.has(ai) && values.get(ai) !== value) return err({ code: 'ai_with_two_values', ai });
    values.set(ai, value);
  }
  const gtin14 = values.get('01');
  if (gtin14 === undefined) return err({ code: 'gtin_missing' });
  const expiry = values.get('17');
  const lot = values.get('10') ?? null;
  const expiryOn = expiry === undefined ? null : readDate(expiry, todayOn, true);
  return ok({
    gtin14,
    expiryOn,
    lot,
    serial: values.get('21') ?? null,
    others: [...values].filter(([ai]) => !['01', '10', '17', '21'].includes(ai)).map(([ai, value]) => ({ ai, value })),
    warnings: lot !== null && expiryOn === null ? ['lot_without_expiry'] : [],
  });
}

const CHARSETS: Record<Gs1Part['charset'], RegExp> = {
  N: /^\d*$/,
  X: /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/,
  Y: /^[#\-/0-9A-Z]*$/,
  Z: /^[\w\-=]*$/,
};

/** The first fault of a value against the parts of its AI, or null. Source: G2, G3. */
function checkValue(value: string, parts: readonly Gs1Part[], todayOn: string): ScanError['code'] | null {
  if (value === '') return 'value_empty';
  let position = 0;
  for (const part of parts) {
    const piece = value.slice(position, position + part.length);
    if (piece === '' && part.isOptional) continue;
    if (piece === '' || (part.isFixed && piece.length < part.length)) return 'value_wrong_length';
    if (!CHARSETS[part.charset].test(piece)) return 'character_not_allowed';
    if (part.check === 'csum' && !hasValidCheckDigit(piece)) return 'check_digit_wrong';
    const isDate = part.check === 'yymmdd' || part.check === 'yymmd0';
    if (isDate && readDate(piece, todayOn, part.check === 'yymmd0') === null) return 'date_does_not_exist';
    position += piece.length;
  }
  return position < value.length ? 'value_wrong_length' : null;
}

/**
 * Date of YYMMDD, or null when it does not exist. Day 00 is the last of the month where `mayOmitDay`. The century is the one that puts
 * the year 49 years back to 50 ahead of today. Source: G2.
 */
function readDate(yymmdd: string, todayOn: string, mayOmitDay: boolean): string | null {
  const thisYear = Number(todayOn.slice(0, 4));
  const [shortYear, month, day] = [Number(yymmdd.slice(0, 2)), Number(yymmdd.slice(2, 4)), Number(yymmdd.slice(4, 6))];
  const ahead = shortYear - (thisYear % 100);
  const century = Math.floor(thisYear / 100) * 100 + (ahead > 50 ? -100 : ahead < -49 ? 100 : 0);
  const year = century + shortYear;
  if (month < 1 || month > 12 || (day === 0 && !mayOmitDay) || day > daysInMonth(year, month)) return null;
  return toDateOn(year, month, day === 0 ? daysInMonth(year, month) : day);
}
