import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';

/**
 * Text of a file of the `shared` folder that may lie beside the repository (or above a worktree), or null when it is absent. For tests
 * only: the product never needs it, and a test without it skips and says so.
 */
export function readSharedFile(path: string): string | null {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (folder !== dirname(folder)) {
    const candidate = join(folder, 'shared', path);
    if (existsSync(candidate)) return readFileSync(candidate, 'utf8');
    folder = dirname(folder);
  }
  return null;
}

const rowsSchema = z.array(z.record(z.string(), z.string()));

/** Rows of a shared CSV file by its header, or null when the file is absent. One row of the engine vectors is short: kept as it is. */
export function readSharedCsv(path: string): Record<string, string>[] | null {
  const text = readSharedFile(path);
  return text === null ? null : rowsSchema.parse(parse(text, { columns: true, relax_column_count: true }));
}
