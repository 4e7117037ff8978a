import { type ItemCode, normaliseItemCode } from '../domain/identifiers.ts';
import { problemOf, type RowProblem, readTextCell } from './csv-cells.ts';

/** Columns that carry a code of an item, and the scheme each must turn out to be; `code` takes whatever it is. */
export const CODE_COLUMNS = {
  code: null,
  item_code: null,
  gtin: 'gtin',
  cip13: 'gtin',
  cip13_gtin13: 'gtin',
  cip7: 'cip7',
  pzn: 'pzn',
  ndc: 'ndc',
  local_code: 'local',
} as const satisfies Record<string, ItemCode['scheme'] | null>;

export type CodeColumn = keyof typeof CODE_COLUMNS;

/** Whether a normalised header is a column of codes. */
export function isCodeColumn(header: string): header is CodeColumn {
  return Object.hasOwn(CODE_COLUMNS, header);
}

const REMEDIES = {
  code_empty: 'Write the code of the pack.',
  code_too_long: 'Write at most 40 characters.',
  gtin_check_digit_wrong: 'Scan or type the code again; its last digit does not fit the others.',
} as const;

/**
 * Reads one code cell. Errors: cell_is_formula, text_too_long, text_not_readable, code_too_long, gtin_check_digit_wrong,
 * code_of_other_kind (a `gtin` column without a GTIN). A code in `local_code` is kept as typed.
 */
export function readCodeCell(column: CodeColumn, text: string): ItemCode | RowProblem {
  const plain = readTextCell(text, 200);
  if (!plain.ok) return problemOf(column, text, plain.error);
  const wanted = CODE_COLUMNS[column];
  if (wanted === 'local' && text.length <= 40) return { scheme: 'local', value: text };
  const code = normaliseItemCode(wanted === 'pzn' && /^\d{8}$/.test(text) ? `PZN${text}` : text);
  if (!code.ok) return problemOf(column, text, { problem: code.error.code, remedy: REMEDIES[code.error.code] });
  if (wanted !== null && code.value.scheme !== wanted)
    return problemOf(column, text, {
      problem: 'code_of_other_kind',
      remedy: `Write a ${wanted} code, or use the column "code".`,
    });
  return code.value;
}

/** Text that is equal for equal codes. */
export function codeKey({ scheme, value }: ItemCode): string {
  return `${scheme}:${value}`;
}
