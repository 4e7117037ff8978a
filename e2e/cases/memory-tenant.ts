import type { RangeKey, RecordKey } from '#schema/mutations/define.ts';
import { RECORDS } from '#schema/records/registry.ts';
import { type Mutation, toWire } from '#schema/sync/mutation.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import { testSha256 } from '#schema/testing/test-tenant.ts';
import { nameOf, RANGE_MAX, type RecordLoader, type Stored } from '#schema/working-set.ts';
import { applySubmissions } from '#server/apply/apply-mutations.ts';
import type { ServerEnv } from '#server/env.ts';
import { type DeviceRow, MemoryDatabase } from '../sim/memory-database.ts';
import { Staged } from '../sim/memory-tenant-store.ts';

/** Records in memory, by `kind/id`: what a tablet's replica and the common past of a case are made of. */
export class MemoryRecords implements RecordLoader {
  readonly #stored: ReadonlyMap<string, Stored>;
  readonly isHere = () => true;

  constructor(stored: Iterable<readonly [string, Stored]> = []) {
    this.#stored = new Map(stored);
  }

  entries(): IterableIterator<[string, Stored]> {
    return this.#stored.entries();
  }

  readonly load = (keys: readonly RecordKey[]) =>
    Promise.resolve(keys.flatMap(({ kind, id }) => this.#stored.get(nameOf(kind, id)) ?? []));

  readonly loadRange = ({ range, parent, since }: RangeKey) => {
    const fields = RECORDS[range].range;
    if (!fields) throw new Error(`${range} has no range to read`);
    const found = [...this.#stored.values()].filter((stored) => {
      const body: Readonly<Record<string, unknown>> = stored.body;
      return stored.kind === range && body[fields.parentField] === parent && Number(body[fields.sinceField]) >= since;
    });
    return Promise.resolve(found.slice(-RANGE_MAX));
  };
}

/**
 * One tenant at the server: the real door (dedupe, chain, corrected times, judging with authority, audit) over the simulator's database, without
 * its machine: it is asked one thing at a time and nothing fails.
 */
export class MemoryTenant {
  readonly #database = new MemoryDatabase();
  readonly #env: Pick<ServerEnv, 'now' | 'sha256'>;

  constructor(base: MemoryRecords, devices: readonly DeviceRow[], now: () => number) {
    for (const [name, stored] of base.entries()) this.#database.current.set(name, { stored, seq: 0, k: 0 });
    for (const device of devices) this.#database.devices.set(device.id, device);
    this.#env = { now, sha256: testSha256 };
  }

  /** Takes a push in, as the route does; whatever is no receipt throws. */
  async push(deviceId: string, mutations: readonly Mutation[]): Promise<readonly Receipt[]> {
    const submission = {
      kind: 'push',
      deviceId,
      received: mutations.map(toWire),
      lastHash: mutations.at(-1)?.hash ?? '',
    } as const;
    const transaction = new Staged(this.#database);
    const options = { oneByOne: false };
    const { outcomes } = await applySubmissions(this.#env as ServerEnv, 'case', transaction, [submission], options);
    const [outcome] = outcomes;
    if (outcome?.kind !== 'receipts') throw new Error(`a push was answered ${JSON.stringify(outcome)}`);
    for (const { stored } of transaction.changes?.records ?? []) RECORDS[stored.kind].schema.parse(stored.body);
    if (transaction.changes) this.#database.commit(transaction.changes);
    return outcome.receipts;
  }

  /** What changed after `since`, with the device's newest act inside it, as a pull answers. */
  pull(deviceId: string, since: number): { records: Stored[]; next: number; ackedN: number } {
    const changed = [...this.#database.current.values()].filter(({ seq }) => seq > since).toSorted((a, b) => a.seq - b.seq);
    const ackedN = this.#database.devices.get(deviceId)?.lastN ?? 0;
    return { records: changed.map(({ stored }) => stored), next: this.#database.head.seq, ackedN };
  }

  /** Stored receipt of an act; a second one of the same act throws. */
  receipt(deviceId: string, n: number): Receipt | null {
    const rows = this.#database.log.filter((row) => row.deviceId === deviceId && row.n === n);
    if (rows.length > 1) throw new Error(`${deviceId} ${n} has ${rows.length} receipts`);
    return rows[0]?.receipt ?? null;
  }

  /** All records, by name. */
  records(): MemoryRecords {
    return new MemoryRecords([...this.#database.current].map(([name, { stored }]) => [name, stored]));
  }
}
