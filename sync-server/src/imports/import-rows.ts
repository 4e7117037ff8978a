import { problemOf, type RowProblem } from '#schema/imports/csv-cells.ts';
import { err, ok, type Result } from '#schema/result.ts';
import type { Receipt } from '#schema/sync/receipt.ts';

/** The file lacks columns without which no row can be read. */
export class HeaderRefused extends Error {
  readonly problems: readonly RowProblem[];

  constructor(problems: readonly RowProblem[]) {
    super(problems.map(({ field, problem, remedy }) => `${field}: ${problem}. ${remedy}`).join(' '));
    this.name = 'HeaderRefused';
    this.problems = problems;
  }
}

/** An import's acts were refused as a whole, so that going on is pointless. */
export class ImportRefused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the import was refused: ${code}`);
    this.name = 'ImportRefused';
    this.code = code;
  }
}

/** Throws `HeaderRefused` when there is any problem. */
export function demandHeader(problems: readonly RowProblem[]): void {
  if (problems.length > 0) throw new HeaderRefused(problems);
}

/** A row by header; a row that has more cells than there are headers is refused, missing cells are empty. */
export function recordOf(headers: readonly string[], cells: readonly string[]): Result<Record<string, string>, RowProblem[]> {
  const extra = cells.slice(headers.length).find((cell) => cell.trim() !== '');
  if (extra !== undefined) {
    const remedy = 'Put a text that holds the separator between quotation marks.';
    return err([problemOf('', extra, { problem: 'more_cells_than_headers', remedy })]);
  }
  return ok(Object.fromEntries(headers.map((header, i) => [header, cells[i] ?? ''])));
}

/**
 * What to tell of the rows of an act that was not kept; null when it was. Throws `ImportRefused` when the person may not import (any more).
 */
export function demandKept(receipt: Receipt | undefined): RowProblem | null {
  if (receipt && receipt.verdict !== 'refused' && receipt.verdict !== 'quarantined') return null;
  const code = receipt?.codes[0] ?? 'not_answered';
  if (code === 'role_not_allowed') throw new ImportRefused(code);
  return { field: '', value: '', problem: code, remedy: 'Import these rows again; tell support when it happens again.' };
}
