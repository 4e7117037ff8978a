import type { RangeKey, ReadKey, RecordKey, RecordReader, Write } from './mutations/define.ts';
import { RECORDS, type RecordBody, type RecordKind } from './records/registry.ts';

/**
 * The records a run of acts reads and writes, in memory.
 *
 * Both sides decide over one: the server over rows it locked, a device over its replica. Each act sees what the acts before it
 * wrote. What is missing is loaded in as few rounds as possible, by key.
 */

/** Where a working set gets records from. */
export interface RecordLoader {
  /** Bodies of those that exist; what is left out is absent, or not here when `isHere` says so. */
  readonly load: (keys: readonly RecordKey[]) => Promise<readonly Stored[]>;
  /** All records of a ledger range, oldest first, at most `RANGE_MAX` of the newest. */
  readonly loadRange: (range: RangeKey) => Promise<readonly Stored[]>;
  /** Whether the store would hold this record if it existed; without an id, records of this kind in general. The server holds all. */
  readonly isHere: (kind: RecordKind, id?: string) => boolean;
}

/** Most records a range read answers. */
export const RANGE_MAX = 2_000;

/** A record as a store holds it: what an act may put is what a store may answer. */
export type Stored = Write;

/** `kind/id`, the key of a record in maps. */
export function nameOf(kind: RecordKind, id: string): string {
  return `${kind}/${id}`;
}

function rangeName({ range, parent, since }: RangeKey): string {
  return `${range}/${parent}/${since}`;
}

/** What is known of a record; `stored` is null when it is absent, undefined before anybody asked. */
export interface Known {
  stored: Stored | null | undefined;
}

export class WorkingSet {
  readonly #loader: RecordLoader;
  /** By kind and id: making and hashing a name at each look takes longer than all the rest of an act. */
  readonly #known = new Map<RecordKind, Map<string, Known>>();
  readonly #ranges = new Map<string, readonly Stored[]>();
  /** Everything the acts wrote, by name, newest body. */
  readonly #written = new Map<string, Stored>();
  /** What was known of each written record before its first write; null is absent, undefined never asked for. */
  readonly #before = new Map<string, Stored | null | undefined>();

  constructor(loader: RecordLoader) {
    this.#loader = loader;
  }

  /** Loads what of `keys` is not known yet, in one round. */
  async ensure(keys: readonly ReadKey[]): Promise<void> {
    const missing: RecordKey[] = [];
    for (const wanted of keys) {
      if ('range' in wanted) {
        const name = rangeName(wanted);
        if (!this.#ranges.has(name)) this.#ranges.set(name, await this.#loader.loadRange(wanted));
      } else {
        const known = this.known(wanted.kind, wanted.id);
        if (known.stored !== undefined) continue;
        known.stored = null;
        missing.push(wanted);
      }
    }
    if (missing.length === 0) return;
    for (const stored of await this.#loader.load(missing)) this.known(stored.kind, stored.body.id).stored = stored;
  }

  /** A reader over exactly the declared keys; whatever else is asked of it throws. */
  reader(declared: readonly ReadKey[]): RecordReader {
    const records = new Set<Known>();
    const ranges = new Set<string>();
    for (const wanted of declared) {
      if ('range' in wanted) ranges.add(rangeName(wanted));
      else records.add(this.known(wanted.kind, wanted.id));
    }
    return new DeclaredReader(this, this.#loader, records, ranges);
  }

  /** What is known of a record, declared or not; for readers. */
  known(kind: RecordKind, id: string): Known {
    const found = this.#known.get(kind)?.get(id);
    if (found) return found;
    const known: Known = { stored: undefined };
    const ofKind = this.#known.get(kind);
    if (ofKind) ofKind.set(id, known);
    else this.#known.set(kind, new Map([[id, known]]));
    return known;
  }

  /** A stretch of a ledger with what the acts wrote, declared or not; for readers. */
  stretch(range: RangeKey): Stored[] {
    return [...(this.#ranges.get(rangeName(range)) ?? []), ...this.#writtenIn(range)];
  }

  /** Folds an act's writes in, so that the next act sees them. */
  write(writes: readonly Write[]): void {
    const changed = writes.find(({ kind, body }) => RECORDS[kind].ledger && this.known(kind, body.id).stored);
    if (changed) throw new Error(`${nameOf(changed.kind, changed.body.id)} is in a ledger and cannot be changed`);
    for (const stored of writes) {
      const name = nameOf(stored.kind, stored.body.id);
      const known = this.known(stored.kind, stored.body.id);
      if (!this.#written.has(name)) this.#before.set(name, known.stored);
      known.stored = stored;
      this.#written.set(name, stored);
    }
  }

  /** The records of these keys, which the acts wrote, as they were in the store before; those new to it are left out. */
  async before(keys: readonly RecordKey[]): Promise<readonly Stored[]> {
    const unasked = keys.filter(({ kind, id }) => this.#before.get(nameOf(kind, id)) === undefined);
    const loaded = unasked.length > 0 ? await this.#loader.load(unasked) : [];
    return [...loaded, ...keys.flatMap(({ kind, id }) => this.#before.get(nameOf(kind, id)) ?? [])];
  }

  /** Every record the acts wrote, newest body each, in order of first write. */
  written(): ReadonlyMap<string, Stored> {
    return this.#written;
  }

  #writtenIn({ range, parent, since }: RangeKey): Stored[] {
    const fields = RECORDS[range].range;
    if (!fields) throw new Error(`${range} has no range to read`);
    return [...this.#written.values()].filter((stored) => {
      if (stored.kind !== range) return false;
      const body: Readonly<Record<string, unknown>> = stored.body;
      return body[fields.parentField] === parent && Number(body[fields.sinceField]) >= since;
    });
  }
}

/** Reads the declared records of a working set. A class: an object of arrow functions is named anew, one by one, whenever it is made under `tsx`. */
class DeclaredReader implements RecordReader {
  readonly #set: WorkingSet;
  readonly #loader: RecordLoader;
  readonly #records: ReadonlySet<Known>;
  readonly #ranges: ReadonlySet<string>;

  constructor(set: WorkingSet, loader: RecordLoader, records: ReadonlySet<Known>, ranges: ReadonlySet<string>) {
    this.#set = set;
    this.#loader = loader;
    this.#records = records;
    this.#ranges = ranges;
  }

  get<Kind extends RecordKind>(kind: Kind, id: string): RecordBody<Kind> | null {
    const stored = this.#declared(kind, id);
    return stored ? bodyOf(kind, stored) : null;
  }

  state(kind: RecordKind, id: string): 'found' | 'absent' | 'notHere' {
    if (this.#declared(kind, id)) return 'found';
    return this.#loader.isHere(kind, id) ? 'absent' : 'notHere';
  }

  rangeState(kind: RecordKind): 'found' | 'notHere' {
    return this.#loader.isHere(kind) ? 'found' : 'notHere';
  }

  range<Kind extends RecordKind>(kind: Kind, parent: string, since: number): readonly RecordBody<Kind>[] {
    const range = { range: kind, parent, since };
    const name = rangeName(range);
    if (!this.#ranges.has(name)) throw new Error(`an act read ${name} without declaring it`);
    return this.#set.stretch(range).map((stored) => bodyOf(kind, stored));
  }

  #declared(kind: RecordKind, id: string): Stored | null {
    const known = this.#set.known(kind, id);
    if (!this.#records.has(known)) throw new Error(`an act read ${nameOf(kind, id)} without declaring it`);
    return known.stored ?? null;
  }
}

function bodyOf<Kind extends RecordKind>(kind: Kind, stored: Stored): RecordBody<Kind> {
  if (stored.kind !== kind) throw new Error(`expected ${kind}, found ${stored.kind}`);
  return stored.body as RecordBody<Kind>;
}
