import { snapshotEndSchema, snapshotHeaderSchema, snapshotKindSchema } from '#schema/sync/messages.ts';
import type { StoreRow } from '../store/keyed-store.ts';
import { rowOfRecord, storedRecord } from '../store/replica.ts';

/** Rows of one storage write while a snapshot is coming in. */
const ROWS_AT_ONCE = 2_000;

/** What a snapshot says of itself. */
export type SnapshotHeader = ReturnType<typeof snapshotHeaderSchema.parse>;

/** The stream ended before its end, or does not add up; the snapshot is thrown away and taken again. */
export class SnapshotBroken extends Error {
  constructor(problem: string) {
    super(`the snapshot is broken: ${problem}`);
    this.name = 'SnapshotBroken';
  }
}

/**
 * Reads a snapshot's lines into rows, handed over in chunks with how many have come of how many (SY17). Answers the header.
 * Errors: `SnapshotBroken`, or whatever the stream or `keep` throws.
 */
export async function readSnapshot(
  lines: AsyncIterable<string>,
  keep: (rows: readonly StoreRow[], progress: { received: number; total: number }) => Promise<void>,
): Promise<SnapshotHeader> {
  let header: SnapshotHeader | null = null;
  let kind: ReturnType<typeof snapshotKindSchema.parse> | null = null;
  let rows: StoreRow[] = [];
  let received = 0;
  let ended = false;
  const flush = async (total: number) => {
    received += rows.length;
    await keep(rows, { received, total });
    rows = [];
  };
  for await (const line of lines) {
    if (line === '') continue;
    const value: unknown = JSON.parse(line);
    if (header === null) header = snapshotHeaderSchema.parse(value);
    else if (Array.isArray(value)) {
      if (kind === null) throw new SnapshotBroken('a record came before its kind');
      rows.push(rowOf(kind, value));
      if (rows.length >= ROWS_AT_ONCE) await flush(header.records);
    } else if (typeof value === 'object' && value !== null && 'end' in value) {
      snapshotEndSchema.parse(value);
      ended = true;
    } else kind = snapshotKindSchema.parse(value);
  }
  if (header === null || !ended) throw new SnapshotBroken('it stopped before its end');
  await flush(header.records);
  if (received !== header.records) throw new SnapshotBroken(`${received} records of ${header.records}`);
  return header;
}

function rowOf({ kind, fields }: ReturnType<typeof snapshotKindSchema.parse>, [seq, ...values]: unknown[]): StoreRow {
  if (typeof seq !== 'number' || values.length !== fields.length)
    throw new SnapshotBroken(`a ${kind} has ${values.length} of ${fields.length} values`);
  return rowOfRecord(storedRecord(kind, Object.fromEntries(fields.map((field, i) => [field, values[i]]))), seq);
}
