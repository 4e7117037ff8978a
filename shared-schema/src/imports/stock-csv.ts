import type { ItemCode } from '../domain/identifiers.ts';
import { UNKNOWN_LOT } from '../records/lot.ts';
import { err, ok } from '../result.ts';
import { parseExpiryOn } from '../time.ts';
import { codeKey, isCodeColumn, readCodeCell } from './code-cells.ts';
import { type MappedRow, normaliseHeader, problemOf, type RowProblem, readTextCell, readWholeCell } from './csv-cells.ts';

/**
 * Opening stock from a CSV file: item code, lot, expiry, units. Each row is one lot counted on the shelf; the file becomes one opening
 * count. Units are base units (I2). Pure: the caller parses the file, and finds the item by its code.
 */

/** Most base units of one lot in a file; more is a typing error or a barcode in the wrong column. */
export const OPENING_UNITS_MAX = 10_000_000;

/** A row ready to be counted once its item is found. */
export interface StockRow {
  readonly code: ItemCode;
  readonly lotText: string;
  /** Null when the file does not say. */
  readonly expiryOn: string | null;
  readonly countedUnits: number;
}

const COLUMNS = { lot: 'lot', lot_text: 'lot', batch: 'lot', expiry: 'expiry', expiry_on: 'expiry', units: 'units' } as const;

function columnOf(header: string): 'lot' | 'expiry' | 'units' | null {
  const known: Readonly<Record<string, 'lot' | 'expiry' | 'units'>> = COLUMNS;
  return Object.hasOwn(known, header) ? (known[header] ?? null) : null;
}

/** Reads the headers: those nobody knows, and problems (header_missing) that stop the file. */
export function readStockHeader(headers: readonly string[]): {
  readonly unknown: readonly string[];
  readonly problems: readonly RowProblem[];
} {
  const names = headers.map(normaliseHeader);
  const problems: RowProblem[] = [];
  const lacks = (field: string, remedy: string) => problems.push(problemOf(field, '', { problem: 'header_missing', remedy }));
  if (!names.some(isCodeColumn)) lacks('code', 'Add a column "code", "gtin", "cip13", "cip7" or "local_code".');
  if (!names.some((name) => columnOf(name) === 'units')) lacks('units', 'Add a column "units" with the number of base units.');
  const unknown = headers.filter((_, index) => !isCodeColumn(names[index] ?? '') && columnOf(names[index] ?? '') === null);
  return { unknown, problems };
}

/** Maps the rows of one file, in order; it remembers lots, because a file must count each only once. */
export class StockRowMapper {
  readonly #rowByLot = new Map<string, number>();

  /**
   * One row by header, with its number in the file. Without a lot it is `UNKNOWN` (I3), without an expiry none is known. Problems, all
   * of the row: those of its cells, code_missing, expiry_not_a_date, units_missing, lot_repeated.
   */
  map(row: Readonly<Record<string, string>>, rowNumber: number): MappedRow<StockRow> {
    const problems: RowProblem[] = [];
    let code: ItemCode | null = null;
    let lotText = UNKNOWN_LOT;
    let expiryOn: string | null = null;
    let countedUnits: number | null = null;
    for (const [header, cell] of Object.entries(row)) {
      const name = normaliseHeader(header);
      const text = cell.trim();
      if (text === '') continue;
      if (isCodeColumn(name)) {
        const read = readCodeCell(name, text);
        if ('problem' in read) problems.push(read);
        else code ??= read;
        continue;
      }
      const read = readStockCell(name, text);
      if (read === null) continue;
      if ('problem' in read) problems.push(read);
      else if (read.column === 'lot') lotText = read.lotText;
      else if (read.column === 'expiry') expiryOn = read.expiryOn;
      else countedUnits = read.units;
    }
    const isWrong = (test: (field: string) => boolean) => problems.some((problem) => test(problem.field));
    if (code === null && !isWrong(isCodeColumn))
      problems.push(problemOf('code', '', { problem: 'code_missing', remedy: 'Write the code of the item.' }));
    if (countedUnits === null && !isWrong((field) => columnOf(field) === 'units'))
      problems.push(problemOf('units', '', { problem: 'units_missing', remedy: 'Write how many there are; zero is a count.' }));
    if (problems.length > 0 || code === null || countedUnits === null) return err(problems);
    const lot = `${codeKey(code)} ${expiryOn ?? ''} ${lotText}`;
    const before = this.#rowByLot.get(lot);
    if (before !== undefined)
      return err([problemOf('lot', lotText, { problem: 'lot_repeated', remedy: `Row ${before} counts this lot; add them up.` })]);
    this.#rowByLot.set(lot, rowNumber);
    return ok({ code, lotText, expiryOn, countedUnits });
  }
}

type StockCell =
  | { readonly column: 'lot'; readonly lotText: string }
  | { readonly column: 'expiry'; readonly expiryOn: string }
  | { readonly column: 'units'; readonly units: number };

function readStockCell(header: string, text: string): StockCell | RowProblem | null {
  switch (columnOf(header)) {
    case 'lot': {
      const lot = readTextCell(text, 64);
      return lot.ok ? { column: 'lot', lotText: lot.value } : problemOf(header, text, lot.error);
    }
    case 'expiry': {
      const expiry = parseExpiryOn(text);
      if (expiry.ok) return { column: 'expiry', expiryOn: expiry.value };
      return problemOf(header, text, { problem: expiry.error.code, remedy: 'Write 2027-06-30, 2027-06 or 06/2027.' });
    }
    case 'units': {
      const units = readWholeCell(text, 0, OPENING_UNITS_MAX);
      return units.ok ? { column: 'units', units: units.value } : problemOf(header, text, units.error);
    }
    case null:
      return null;
  }
}
