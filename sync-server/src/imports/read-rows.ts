import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';

/** Most rows of one file. */
export const IMPORT_ROWS_MAX = 100_000;
/** Longest row in bytes. */
const ROW_BYTES_MAX = 64 * 1024;
const COLUMNS_MAX = 200;
const DELIMITERS = [',', ';', '\t'] as const;

/** Why a file cannot be read at all; codes of `ImportProblem`. */
export class UnreadableFile extends Error {
  readonly code: 'file_empty' | 'file_not_csv' | 'too_many_rows' | 'too_many_columns';
  readonly line: number | null;

  constructor(code: UnreadableFile['code'], line: number | null = null) {
    super(line === null ? code : `${code} near line ${line}`);
    this.name = 'UnreadableFile';
    this.code = code;
    this.line = line;
  }
}

/** One record of a file; the header is row 1, as a spreadsheet numbers it. */
export interface FileRow {
  readonly number: number;
  readonly cells: readonly string[];
}

/**
 * Reads a CSV file (UTF-8, separated by comma, semicolon or tab as its first line shows) row by row, the header first. Empty lines are left out but
 * counted. Errors: `file_empty`, `file_not_csv` (quotes that do not close, an overlong row), `too_many_rows`, `too_many_columns`.
 */
export async function* readRows(file: Buffer): AsyncGenerator<FileRow> {
  const parser = Readable.from(chunksOf(file), { objectMode: false }).pipe(
    parse({
      bom: true,
      delimiter: delimiterOf(file),
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: ROW_BYTES_MAX,
    }),
  );
  let number = 0;
  try {
    for await (const record of parser) {
      number += 1;
      const cells = cellsOf(record);
      if (number > IMPORT_ROWS_MAX + 1) throw new UnreadableFile('too_many_rows');
      if (cells.length > COLUMNS_MAX) throw new UnreadableFile('too_many_columns', number);
      if (cells.some((cell) => cell.trim() !== '')) yield { number, cells };
    }
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableFile('file_not_csv', number + 1);
    throw error;
  }
  if (number === 0) throw new UnreadableFile('file_empty');
}

/** The separator that the first line has most of; a comma when it has none. */
function delimiterOf(file: Buffer): string {
  const end = file.indexOf(0x0a);
  const line = file.subarray(0, end < 0 ? ROW_BYTES_MAX : Math.min(end, ROW_BYTES_MAX)).toString('utf8');
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** In pieces, so that a long file does not hold the event loop. */
function* chunksOf(file: Buffer): Generator<Buffer> {
  for (let from = 0; from < file.length; from += ROW_BYTES_MAX) yield file.subarray(from, from + ROW_BYTES_MAX);
}

function cellsOf(record: unknown): string[] {
  return Array.isArray(record) ? record.map(String) : [];
}
