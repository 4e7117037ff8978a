import { type Currency, parseAmountMinor } from '../money.ts';
import { err, ok, type Result } from '../result.ts';

/** Reading single cells of an imported file: a value, or what is wrong with it and what would be right. */

/** Why a row was refused. `field` is the column as the file names it, `value` the cell, shortened. */
export interface RowProblem {
  readonly field: string;
  readonly value: string;
  /** snake_case fact. */
  readonly problem: string;
  /** What would be right, for a person. */
  readonly remedy: string;
}

/** One row, mapped or refused with everything that is wrong with it. */
export type MappedRow<Value> = Result<Value, readonly RowProblem[]>;

type Cell<Value> = Result<Value, Pick<RowProblem, 'problem' | 'remedy'>>;

function wrong(problem: string, remedy: string): { readonly ok: false; readonly error: Pick<RowProblem, 'problem' | 'remedy'> } {
  return err({ problem, remedy });
}

/** A header as it is compared: without byte order mark and case, words joined by `_`. */
export function normaliseHeader(header: string): string {
  return header
    .replace(/^\ufeff/, '')
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
}

/** A cell that a spreadsheet would run: `=…`, `@…`, or `+…`/`-…` with a call, a reference or a pipe in it. */
function looksLikeFormula(text: string): boolean {
  return /^[=@]/.test(text) || /^[+-].*[(=!|]/.test(text);
}

/** Text of at most `lengthMax` characters. Errors: cell_is_formula, text_too_long, text_not_readable. */
export function readTextCell(text: string, lengthMax: number): Cell<string> {
  if (looksLikeFormula(text)) return wrong('cell_is_formula', 'Write plain text; a cell must not start with = or @.');
  if (text.length > lengthMax) return wrong('text_too_long', `Shorten it to ${lengthMax} characters; it has ${text.length}.`);
  if (text.includes('\u0000') || !text.isWellFormed() || text.includes('\ufffd'))
    return wrong('text_not_readable', 'Save the file as UTF-8.');
  return ok(text);
}

/** A whole number between two limits; `10`, `10.0` and `10,0` are the same. Errors: number_not_whole, number_out_of_range. */
export function readWholeCell(text: string, min: number, max: number): Cell<number> {
  if (!/^-?\d{1,15}(?:[.,]0+)?$/.test(text)) return wrong('number_not_whole', `Write a whole number from ${min} to ${max}.`);
  const value = Number(text.replace(/[.,]0+$/, '')) + 0;
  return value < min || value > max ? wrong('number_out_of_range', `Write a whole number from ${min} to ${max}.`) : ok(value);
}

/** An amount that is not negative, decimal point or comma, in minor units. Errors: those of `parseAmountMinor`, amount_negative. */
export function readAmountCell(text: string, currency: Currency): Cell<number> {
  const amount = parseAmountMinor(text, currency);
  if (!amount.ok) return wrong(amount.error.code, 'Write an amount such as 12,50 or 12.50, without currency sign.');
  return amount.value < 0 ? wrong('amount_negative', 'Write zero or more.') : ok(amount.value);
}

/** A percentage from 0 to 100 with at most two decimals, in basis points (`2,1` is 210). Errors: rate_not_a_percentage. */
export function readRateCell(text: string): Cell<number> {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(text);
  const rateBp = Number(match?.[1]) * 100 + Number((match?.[2] ?? '').padEnd(2, '0'));
  return rateBp <= 10_000 ? ok(rateBp) : wrong('rate_not_a_percentage', 'Write a percentage such as 2,1 or 20.');
}

/** Yes or no in a few spellings. Errors: not_yes_or_no. */
export function readFlagCell(text: string): Cell<boolean> {
  if (/^(?:1|y|yes|true|oui|o|x)$/i.test(text)) return ok(true);
  if (/^(?:0|n|no|false|non)$/i.test(text)) return ok(false);
  return wrong('not_yes_or_no', 'Write yes or no.');
}

/** One word of a list, any case. Errors: word_not_known. */
export function readWordCell<Word extends string>(text: string, words: readonly Word[]): Cell<Word> {
  const wanted = normaliseHeader(text);
  const word = words.find((known) => known === wanted);
  return word === undefined ? wrong('word_not_known', `Write one of: ${words.join(', ')}.`) : ok(word);
}

/** A problem of a cell as the report shows it. */
export function problemOf(field: string, value: string, problem: Pick<RowProblem, 'problem' | 'remedy'>): RowProblem {
  return { field, value: value.slice(0, 80), ...problem };
}
