import { z } from 'zod';
import { makerOf } from '#schema/ids.ts';
import type { RangeKey, RecordKey } from '#schema/mutations/define.ts';
import { sortableInstant } from '#schema/records/define-record.ts';
import { DEVICE_SETS, type Device } from '#schema/records/device.ts';
import { isRecordKind, RECORDS, type RecordKind } from '#schema/records/registry.ts';
import type { Till } from '#schema/records/till.ts';
import { Digest, type DigestSums } from '#schema/sync/digest.ts';
import type { WireRecord } from '#schema/sync/messages.ts';
import { isInSet } from '#schema/sync/sets.ts';
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
  /** When the server last answered, on this device's clock. */
  contactAt: z.int(),
  /** Device clock minus server clock at the last answer; null when never measured. */
  skewMs: z.int().nullable(),
  head: z.strictObject({ size: z.int(), hash: z.string() }).nullable(),
  /** Which kinds are here (SY14). */
  set: z.enum(DEVICE_SETS),
  /** The month from which on long ledgers are here, `YYYY-MM` (SY17). */
  ledgersFrom: z.string(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** Whether two checkpoints describe the same state; when it was heard of does not matter. */
export function isSameState(a: Checkpoint | null, b: Checkpoint | null): boolean {
  if (a === null || b === null) return a === b;
  return a.epoch === b.epoch && a.seq === b.seq && a.ackedN === b.ackedN;
}

/** How far devices and series had come in the state that a replica holds. */
export interface HighestNumbers {
  readonly acts: ReadonlyMap<string, number>;
  readonly zNumbers: readonly { readonly tillId: string; readonly zNumber: number }[];
}

const CHECKPOINT_ID = '~checkpoint';
const DIGEST_ID = '~digest';
const SORT_LENGTH_MAX = 100;

const digestSchema = z.record(z.string(), z.string());
/** Rows of one reading while all are counted. */
const COUNT_ROWS = 2_000;

export class Replica implements RecordLoader {
  readonly #store: KeyedStore;
  /** As the last reading of the checkpoint said; it never changes while a replica is in use. */
  #set: Device['set'] = 'office';

  constructor(store: KeyedStore) {
    this.#store = store;
  }

  async checkpoint(): Promise<Checkpoint | null> {
    const [row] = await this.#store.load([CHECKPOINT_ID]);
    return this.#checkpointIn(row);
  }

  #checkpointIn(row: StoreRow | undefined): Checkpoint | null {
    const checkpoint = row ? checkpointSchema.parse(row.body) : null;
    if (checkpoint) this.#set = checkpoint.set;
    return checkpoint;
  }

  /**
   * Applies the gathered pages of one pull and where they lead to, in one storage write, with what all records then add up to (SY18). Rows that are
   * replaced are taken out of the sums as they are stored, so that one that went bad shows. `sums` is where to start from when no digest is kept yet.
   */
  async apply(records: readonly WireRecord[], checkpoint: Checkpoint, sums?: DigestSums): Promise<DigestSums> {
    const rows = new Map(records.map((record) => [nameOf(record.kind, record.id), rowOfWire(record)]));
    const digest = new Digest(sums ?? (await this.sums()));
    for (const row of await this.#store.load([...rows.keys()])) for (const stored of storedOf(row)) digest.remove(stored);
    for (const row of rows.values()) for (const stored of storedOf(row)) digest.add(stored);
    await this.#store.write([...rows.values(), digestRow(digest.sums()), checkpointRow(checkpoint)]);
    return digest.sums();
  }

  /** What the records add up to, as it was kept while they came. */
  async sums(): Promise<DigestSums> {
    const [row] = await this.#store.load([DIGEST_ID]);
    return row ? digestSchema.parse(row.body) : {};
  }

  /** What the records add up to as they are stored now, counted in slices; null when `goOn` said no. */
  async countSums(goOn: () => boolean): Promise<DigestSums | null> {
    const digest = new Digest();
    for (let after = ''; goOn(); ) {
      const rows = await this.#store.scan(after, COUNT_ROWS);
      for (const row of rows) for (const stored of storedOf(row)) digest.add(stored);
      const last = rows.at(-1);
      if (!last) return digest.sums();
      after = last.id;
    }
    return null;
  }

  /** The highest act of each device, and of each channel of the server, whose records are here, as far as ids tell; and the last Z number of each till that had one. */
  async highestNumbers(goOn: () => boolean): Promise<HighestNumbers> {
    const acts = new Map<string, number>();
    const zNumbers: HighestNumbers['zNumbers'][number][] = [];
    for (let after = ''; goOn(); ) {
      const rows = await this.#store.scan(after, COUNT_ROWS);
      for (const row of rows) {
        const maker = isRecordKind(row.kind) ? makerOf(row.id.slice(row.kind.length + 1)) : null;
        if (maker) acts.set(maker.deviceId, Math.max(maker.n, acts.get(maker.deviceId) ?? 0));
        if (row.kind !== 'till') continue;
        const { id: tillId, lastZNumber: zNumber } = row.body as Till;
        if (zNumber > 0) zNumbers.push({ tillId, zNumber });
      }
      const last = rows.at(-1);
      if (!last) break;
      after = last.id;
    }
    return { acts, zNumbers };
  }

  async load(keys: readonly RecordKey[]): Promise<Stored[]> {
    const rows = await this.#store.load(keys.map(({ kind, id }) => nameOf(kind, id)));
    return rows.flatMap(storedOf);
  }

  /** The same, and where the replica stood, which is read with the last of them. */
  async loadAt(keys: readonly RecordKey[]): Promise<{ records: Stored[]; at: Checkpoint | null }> {
    const rows = await this.#store.load([...keys.map(({ kind, id }) => nameOf(kind, id)), CHECKPOINT_ID]);
    return { records: rows.flatMap(storedOf), at: this.#checkpointIn(rows.find(({ id }) => id === CHECKPOINT_ID)) };
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

  isHere(kind: RecordKind, id?: string): boolean {
    return isInSet(this.#set, kind, id);
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

/** The row that keeps what the records add up to. */
function digestRow(sums: DigestSums): StoreRow {
  return { id: DIGEST_ID, kind: '~', seq: 0, parent: '', status: '', sort: '', body: sums };
}

/** The row that makes a store a replica. */
function checkpointRow(checkpoint: Checkpoint): StoreRow {
  return { id: CHECKPOINT_ID, kind: '~', seq: checkpoint.seq, parent: '', status: '', sort: '', body: checkpoint };
}
