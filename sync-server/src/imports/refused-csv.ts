import type { RefusedRow } from './import-job.ts';

const COLUMNS = ['row', 'field', 'value', 'problem', 'remedy'] as const;

/** The refused rows as CSV (RFC 4180), with cells that a spreadsheet would run made harmless by a leading apostrophe. */
export function refusedRowsCsv(rows: readonly RefusedRow[]): string {
  const lines = rows.map((row) => COLUMNS.map((column) => cellOf(row[column])).join(','));
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
}

function cellOf(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : value.replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
