import { z } from 'zod';
import type { RangeKey, RecordKey } from '#schema/mutations/define.ts';
import { sortableInstant } from '#schema/records/define-record.ts';
import { isRecordKind, RECORDS, type RecordKind } from '#schema/records/registry.ts';
import type { WireRecord } from '#schema/sync/messages.ts';
import { nameOf, RANGE_MAX, type RecordLoader, type Stored } from '#schema/working-set.ts';
import type { KeyedStore, StoreQuery, StoreRow } from './keyed-store.ts';

/**
 * The replica: the tenant's records as they truly are at one seq, only ever written by the sync. The checkpoint is a row of the same store, written
 * in the same storage write as the records it speaks of (SY15).
 */
export const checkpointSchema = z.strictObject({
  epoch: z.int(),
  seq: z.int(),
  /** The last own mutation that is inside this state (SY20). */
  ackedN: z.int(),
  /** Own receipts up to this n are those of this epoch; a server that was restored may say something else of the same acts (SY8). */
  heardN: z.int().default(0),
  /** When the server last answered, on this device's clock. */
  contactAt: z.int(),
  /** Device clock minus server clock at the last answer; null when never measured. */
  skewMs: z.int().nullable(),
  head: z.strictObject({ size: z.int(), hash: z.string() }).nullable(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** Whether two checkpoints describe the same state; when it was heard of does not matter. */
export function isSameState(a: Checkpoint | null, b: Checkpoint | null): boolean {
  if (a === null || b === null) return a === b;
  return a.epoch === b.epoch && a.seq === b.seq && a.ackedN === b.ackedN;
}

const CHECKPOINT_ID = '~checkpoint';
const SORT_LENGTH_MAX = 100;

export class Replica implements RecordLoader {
  readonly #store: KeyedStore;

  constructor(store: KeyedStore) {
    this.#store = store;
  }

  async checkpoint(): Promise<Checkpoint | null> {
    const [row] = await this.#store.load([CHECKPOINT_ID]);
    return row ? checkpointSchema.parse(row.body) : null;
  }

  /** Applies the gathered pages of one pull and where they lead to, in one storage write. */
  async apply(records: readonly WireRecord[], checkpoint: Checkpoint): Promise<void> {
    const rows = new Map(records.map((record) => [nameOf(record.kind, record.id), rowOfWire(record)]));
    await this.#store.write([...rows.values(), checkpointRow(checkpoint)]);
  }

  async load(keys: readonly RecordKey[]): Promise<Stored[]> {
    const rows = await this.#store.load(keys.map(({ kind, id }) => nameOf(kind, id)));
    return rows.flatMap(storedOf);
  }

  async loadRange({ range, parent, since }: RangeKey): Promise<Stored[]> {
    // The newest of them, oldest first.
    const rows = await this.#store.query({
      kind: range,
      parent,
      sortFrom: sortableInstant(since),
      descending: true,
      limit: RANGE_MAX,
    });
    return rows.toReversed().flatMap(storedOf);
  }

  isHere(): boolean {
    return true;
  }

  async query(query: StoreQuery): Promise<Stored[]> {
    return (await this.#store.query(query)).flatMap(storedOf);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** A record as a row of the replica. */
export function rowOfRecord(stored: Stored, seq: number): StoreRow {
  const { parent, status, sort } = projectionOf(stored);
  return { id: nameOf(stored.kind, stored.body.id), kind: stored.kind, seq, parent, status, sort, body: stored.body };
}

/** What a record is listed by. */
export function projectionOf(stored: Stored): { parent: string; status: string; sort: string } {
  const project: (body: never) => { parent: string; status: string; sort: string } = RECORDS[stored.kind].project;
  // The kind and its body come from one `Stored`, which a lookup by kind cannot express.
  const { parent, status, sort } = project(stored.body as never);
  return { parent, status, sort: sort.slice(0, SORT_LENGTH_MAX) };
}

function rowOfWire({ kind, seq, body }: WireRecord): StoreRow {
  return rowOfRecord(storedRecord(kind, body), seq);
}

/** A record received from the server, which alone writes records. */
export function storedRecord(kind: RecordKind, body: unknown): Stored {
  return { kind, body } as Stored;
}

function storedOf({ kind, body }: StoreRow): Stored[] {
  return isRecordKind(kind) ? [storedRecord(kind, body)] : [];
}

/** The row that makes a store a replica. */
export function checkpointRow(checkpoint: Checkpoint): StoreRow {
  return { id: CHECKPOINT_ID, kind: '~', seq: checkpoint.seq, parent: '', status: '', sort: '', body: checkpoint };
}
