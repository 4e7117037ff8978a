/** Codes printed on packs: check digits, and one normal form so that a scan, a typed code and an import meet on the same item [I1]. */
import { z } from 'zod';
import { err, ok, type Result } from '../result.ts';

/** The schemes an item may be known by. A CIP13 is a GTIN-13, so it is kept as `gtin`, in 14 digits; `local` is the shop's own code. Source: I1. */
export const itemCodeSchemeSchema = z.enum(['gtin', 'cip7', 'pzn', 'pip', 'ndc', 'local']);
export type ItemCodeScheme = z.infer<typeof itemCodeSchemeSchema>;

/** A code in its normal form. */
export interface ItemCode {
  readonly scheme: ItemCodeScheme;
  readonly value: string;
}

/** Longest code anyone may type or scan as an item's own. */
export const ITEM_CODE_LENGTH_MAX = 40;

/**
 * The GS1 check digit (0–9) over the digits before it: weights 3 and 1 from the right, to the next ten. Digits only; the same for every
 * length. Source: GS1 General Specifications 7.9.
 */
export function computeGs1CheckDigit(digitsBefore: string): number {
  let sum = 0;
  for (let index = 0; index < digitsBefore.length; index += 1) {
    const weight = (digitsBefore.length - index) % 2 === 1 ? 3 : 1;
    sum += Number(digitsBefore[index]) * weight;
  }
  return (10 - (sum % 10)) % 10;
}

/** Whether a text of digits ends with its GS1 check digit. */
export function hasValidCheckDigit(digits: string): boolean {
  return /^\d{2,}$/.test(digits) && computeGs1CheckDigit(digits.slice(0, -1)) === Number(digits.slice(-1));
}

/** Why a text is no GTIN. */
export type GtinError = { readonly code: 'gtin_wrong_length' | 'gtin_check_digit_wrong' };

/** GTIN-14 of a GTIN of 8, 12, 13 or 14 digits, by zeros in front. Errors: gtin_wrong_length, gtin_check_digit_wrong. Source: I1. */
export function toGtin14(digits: string): Result<string, GtinError> {
  if (!/^(?:\d{8}|\d{12,14})$/.test(digits)) return err({ code: 'gtin_wrong_length' });
  return hasValidCheckDigit(digits) ? ok(digits.padStart(14, '0')) : err({ code: 'gtin_check_digit_wrong' });
}

/** CIP13 of a CIP7: 34009 + CIP7 + check digit. Holds for all 17,168 marketed French packs. Source: I1. */
export function cip7ToCip13(cip7: string): string {
  const digitsBefore = `34009${cip7}`;
  return `${digitsBefore}${computeGs1CheckDigit(digitsBefore)}`;
}

/** GTIN-14 of a French CIP7. Source: I1. */
export function cip7ToGtin14(cip7: string): string {
  return `0${cip7ToCip13(cip7)}`;
}

/** PZN8 ends with its check digit: Σ digit × position (1–7) modulo 11; a remainder of 10 is never given out. */
function isPzn8(digits: string): boolean {
  if (!/^\d{8}$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < 7; index += 1) sum += Number(digits[index]) * (index + 1);
  return sum % 11 === Number(digits[7]);
}

/** NDC-10 in its three layouts or 5-4-2; without hyphens the layout is lost, so they are required and kept. Source: I1. */
const NDC = /^(?:\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-[12]|\d{5}-\d{4}-\d{1,2})$/;

/** Why a text is no code. */
export type ItemCodeError = { readonly code: 'code_empty' | 'code_too_long' | 'gtin_check_digit_wrong' };

/**
 * Normal form of a typed or plainly scanned code (for GS1 element strings see `gs1.ts`). Spaces inside digits are dropped. 8, 12, 13 or
 * 14 digits: `gtin` (so a CIP13 becomes 0 + CIP13). 7 digits: `cip7`. `PZN` or `-` and 8 digits: `pzn`. Hyphenated 4-4-2, 5-3-2,
 * 5-4-1, 5-4-2: `ndc`, hyphens kept. Anything else: `local`, as typed. Errors in order of precedence: code_empty, code_too_long,
 * gtin_check_digit_wrong (a GTIN's length with a wrong digit is a misread; the caller may still keep it as `local`). Source: I1.
 */
export function normaliseItemCode(text: string): Result<ItemCode, ItemCodeError> {
  const trimmed = text.trim();
  if (trimmed === '') return err({ code: 'code_empty' });
  if (trimmed.length > ITEM_CODE_LENGTH_MAX) return err({ code: 'code_too_long' });
  if (NDC.test(trimmed)) return ok({ scheme: 'ndc', value: trimmed });
  const pzn = /^(?:PZN[\s:-]*|-)(\d{8})$/i.exec(trimmed)?.[1];
  if (pzn !== undefined && isPzn8(pzn)) return ok({ scheme: 'pzn', value: pzn });
  const digits = trimmed.replace(/[\s\u00a0\u202f]/g, '');
  if (/^\d{7}$/.test(digits)) return ok({ scheme: 'cip7', value: digits });
  const gtin14 = toGtin14(digits);
  if (gtin14.ok) return ok({ scheme: 'gtin', value: gtin14.value });
  if (gtin14.error.code === 'gtin_check_digit_wrong') return err({ code: 'gtin_check_digit_wrong' });
  return ok({ scheme: 'local', value: trimmed });
}

/** The codes an item may be found under for one normal form: a CIP7 is also its GTIN-14, and a French GTIN-14 its CIP7. Source: I1. */
export function equivalentItemCodes(code: ItemCode): ItemCode[] {
  if (code.scheme === 'cip7') return [code, { scheme: 'gtin', value: cip7ToGtin14(code.value) }];
  const cip7 = code.scheme === 'gtin' ? /^034009(\d{7})\d$/.exec(code.value)?.[1] : undefined;
  return cip7 === undefined ? [code] : [code, { scheme: 'cip7', value: cip7 }];
}
