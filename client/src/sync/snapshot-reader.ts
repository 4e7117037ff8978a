import { snapshotEndSchema, snapshotHeaderSchema, snapshotKindSchema, snapshotMarkSchema } from '#schema/sync/messages.ts';
import type { StoreRow } from '../store/keyed-store.ts';
import { rowOfRecord, storedRecord } from '../store/replica.ts';

/** What a snapshot says of itself. */
export type SnapshotHeader = ReturnType<typeof snapshotHeaderSchema.parse>;

/** What was sent is no snapshot, or does not add up; it is thrown away and taken again. */
export class SnapshotBroken extends Error {
  constructor(problem: string) {
    super(`the snapshot is broken: ${problem}`);
    this.name = 'SnapshotBroken';
  }
}

/** Some records of a snapshot; the stream can be gone on with behind `at`. */
export interface SnapshotPart {
  readonly header: SnapshotHeader;
  readonly rows: readonly StoreRow[];
  readonly at: string;
}

/**
 * Reads a snapshot's lines into rows, handed over in parts of at least `rowsAtOnce` that end at a mark (SY17).
 * Errors: `SnapshotBroken`, or whatever the stream or `keep` throws. Answers the header.
 */
export async function readSnapshot(
  lines: AsyncIterable<string>,
  rowsAtOnce: number,
  keep: (part: SnapshotPart) => Promise<void>,
): Promise<SnapshotHeader> {
  let header: SnapshotHeader | null = null;
  let kind: ReturnType<typeof snapshotKindSchema.parse> | null = null;
  let rows: StoreRow[] = [];
  let at = '';
  let received = 0;
  for await (const line of lines) {
    if (line === '') continue;
    const value = parsed(line);
    if (header === null) header = snapshotHeaderSchema.parse(value);
    else if (Array.isArray(value)) {
      if (kind === null) throw new SnapshotBroken('a record came before its kind');
      rows.push(rowOf(kind, value));
      received += 1;
    } else if (isLineOf(value, 'at')) {
      ({ at } = snapshotMarkSchema.parse(value));
      if (rows.length < rowsAtOnce) continue;
      await keep({ header, rows, at });
      rows = [];
    } else if (isLineOf(value, 'end')) {
      const { records } = snapshotEndSchema.parse(value);
      if (records !== received) throw new SnapshotBroken(`${received} records of ${records}`);
      if (rows.length > 0) await keep({ header, rows, at });
      return header;
    } else kind = snapshotKindSchema.parse(value);
  }
  throw new SnapshotCut();
}

/** The stream ended before its end. What was kept is good. */
export class SnapshotCut extends Error {
  constructor() {
    super('the snapshot stopped before its end');
    this.name = 'SnapshotCut';
  }
}

/** A line that is no JSON was cut in its middle. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new SnapshotCut();
  }
}

function isLineOf(value: unknown, member: 'at' | 'end'): boolean {
  return typeof value === 'object' && value !== null && member in value;
}

function rowOf({ kind, fields }: ReturnType<typeof snapshotKindSchema.parse>, [seq, ...values]: unknown[]): StoreRow {
  if (typeof seq !== 'number' || values.length !== fields.length)
    throw new SnapshotBroken(`a ${kind} has ${values.length} of ${fields.length} values`);
  return rowOfRecord(storedRecord(kind, Object.fromEntries(fields.map((field, i) => [field, values[i]]))), seq);
}
