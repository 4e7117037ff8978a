import { AUDIT_CHAIN_START } from '#schema/audit/leaf.ts';
import type { RecordKey } from '#schema/mutations/define.ts';
import { RECORDS, type RecordKind } from '#schema/records/registry.ts';
import { addSums, ledgerMonthOf, monthOf } from '#schema/sync/digest.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import { kindsInSet } from '#schema/sync/sets.ts';
import { nameOf, RANGE_MAX, type Stored } from '#schema/working-set.ts';
import {
  type DeviceState,
  type LogRow,
  type NewDevice,
  type TenantChanges,
  type TenantHead,
  TenantNotFound,
  type TenantState,
  type TenantStore,
  type TenantTransaction,
} from '#server/apply/tenant-store.ts';
import type { Random } from '../support/random.ts';
import type { Faults } from './faults.ts';
import { bodyTextOf, type DeviceRow, type MemoryDatabase, newDeviceRow, rowTextOf } from './memory-database.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** Text that this database refuses to hold, as Postgres refuses some. */
export const POISON = '☠';

/** The database or the way to it failed. */
export class DatabaseFault extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the database failed: ${code}`);
    this.name = 'DatabaseFault';
    this.code = code;
  }
}

/** What a store runs on. */
interface Machine {
  readonly process: Process;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
}

/**
 * The server's store in memory, for one life of a server process: the same promises as Postgres makes (one transaction a tenant at a time, all of it
 * or nothing, readers see one moment), with a turn of the machine at every call.
 */
export class MemoryTenantStore implements TenantStore {
  readonly #tenantId: string;
  readonly #database: MemoryDatabase;
  readonly #machine: Machine;
  #lock: Promise<unknown> = Promise.resolve();

  constructor(tenantId: string, database: MemoryDatabase, machine: Machine) {
    this.#tenantId = tenantId;
    this.#database = database;
    this.#machine = machine;
  }

  async create(_tenantId: string, channels: readonly NewDevice[]): Promise<void> {
    await this.#turn();
    if (this.#database.devices.size === 0) for (const device of channels) this.#database.putDevice(newDeviceRow(device));
  }

  transact<Value>(tenantId: string, work: (transaction: TenantTransaction) => Promise<Value>): Promise<Value> {
    const done = this.#lock.then(() => this.#transactNow(tenantId, work));
    this.#lock = done.catch(() => undefined);
    return done;
  }

  async read<Value>(tenantId: string, deviceId: string, work: (state: TenantState) => Promise<Value>): Promise<Value> {
    await this.#turn();
    this.#checkTenant(tenantId);
    failDatabase(this.#machine, 'begin');
    const device = this.#database.devices.get(deviceId);
    if (!device) throw new Error('the device is not of this tenant');
    return work(stateOf(this.#database.moment(), device, () => this.#turn()));
  }

  async findDevice(tenantId: string, tokenHash: string) {
    await this.#turn();
    failDatabase(this.#machine, 'begin');
    if (tenantId !== this.#tenantId) return null;
    return [...this.#database.devices.values()].find((device) => device.tokenHash === tokenHash) ?? null;
  }

  /** What is kept in memory is never wrong. */
  async recountDigest(): Promise<readonly string[]> {
    await this.#turn();
    return [];
  }

  async noteContact(_tenantId: string, deviceId: string, at: number): Promise<void> {
    await this.#turn();
    failDatabase(this.#machine, 'begin');
    const device = this.#database.devices.get(deviceId);
    if (device) this.#database.putDevice({ ...device, lastContactAt: Math.max(device.lastContactAt ?? 0, at) });
  }

  async #transactNow<Value>(tenantId: string, work: (transaction: TenantTransaction) => Promise<Value>): Promise<Value> {
    await this.#turn();
    this.#checkTenant(tenantId);
    failDatabase(this.#machine, 'begin');
    const staged = new Staged(this.#database, () => this.#turn());
    const result = await work(staged);
    await this.#turn();
    failDatabase(this.#machine, 'commit');
    if (staged.changes) this.#database.commit(staged.changes);
    await this.#turn();
    // It is committed, and the answer is lost.
    failDatabase(this.#machine, 'committed');
    return result;
  }

  #checkTenant(tenantId: string): void {
    if (tenantId !== this.#tenantId) throw new TenantNotFound(tenantId);
  }

  #turn(): Promise<void> {
    return this.#machine.scheduler.turn(this.#machine.process, 2);
  }
}

/** A transaction: reads see what it wrote itself, and nothing is there before the commit. */
export class Staged implements TenantTransaction {
  readonly head: TenantHead;
  changes: TenantChanges | null = null;
  readonly #database: MemoryDatabase;
  readonly #turn: () => Promise<void>;

  constructor(database: MemoryDatabase, turn: () => Promise<void> = async () => undefined) {
    this.#database = database;
    this.#turn = turn;
    this.head = database.head;
  }

  async load(keys: readonly RecordKey[]): Promise<Stored[]> {
    await this.#turn();
    const own = new Map(this.changes?.records.map(({ stored }) => [nameOf(stored.kind, stored.body.id), stored]));
    return keys.flatMap(
      ({ kind, id }) => own.get(nameOf(kind, id)) ?? this.#database.current.get(nameOf(kind, id))?.stored ?? [],
    );
  }

  async loadRange({ range, parent, since }: { range: RecordKind; parent: string; since: number }): Promise<Stored[]> {
    await this.#turn();
    const fields = RECORDS[range].range;
    if (!fields) throw new Error(`${range} has no range to read`);
    const found: Stored[] = [];
    for (const { stored } of [...this.#database.current.values(), ...(this.changes?.records ?? [])]) {
      if (stored.kind !== range) continue;
      const body: Readonly<Record<string, unknown>> = stored.body;
      if (body[fields.parentField] === parent && Number(body[fields.sinceField]) >= since) found.push(stored);
    }
    const at = ({ body }: Stored) => Number((body as Readonly<Record<string, unknown>>)[fields.sinceField]);
    return found.sort((a, b) => at(a) - at(b)).slice(-RANGE_MAX);
  }

  isHere(): boolean {
    return true;
  }

  takeTurn() {
    return () => null;
  }

  async loadDevice(wanted: { readonly id: string } | { readonly channel: string }): Promise<DeviceState | null> {
    await this.#turn();
    const devices = [...this.#database.devices.values(), ...(this.changes?.newDevices ?? []).map(newDeviceRow)];
    const found = devices.find((device) => ('id' in wanted ? device.id === wanted.id : device.channel === wanted.channel));
    return (found && this.changes?.devices.find(({ id }) => id === found.id)) ?? found ?? null;
  }

  async loadLogged(deviceId: string, fromN: number, toN: number) {
    await this.#turn();
    const rows = [...this.#database.log, ...(this.changes?.log ?? [])];
    const logged = new Map<number, { n: number; hash: string; receipt: Receipt }>();
    for (const { deviceId: device, n, mutationHash: hash, receipt } of rows)
      if (device === deviceId && n !== null && n >= fromN && n <= toN && hash !== null && receipt !== null)
        logged.set(n, { n, hash, receipt });
    return logged;
  }

  async tabletNumbers(): Promise<ReadonlySet<number>> {
    await this.#turn();
    return new Set([...this.#database.devices.values()].flatMap(({ channel, number }) => (channel === 'tablet' ? [number] : [])));
  }

  async write(changes: TenantChanges): Promise<void> {
    await this.#turn();
    for (const { stored } of changes.records) {
      const { ledger } = RECORDS[stored.kind];
      if (ledger && this.#database.current.has(nameOf(stored.kind, stored.body.id))) throw new DatabaseFault('23505');
      if ('name' in stored.body && stored.body.name.includes(POISON)) throw new DatabaseFault('22P05');
    }
    const isLogged = ({ deviceId, n }: LogRow) =>
      deviceId !== null && this.#database.log.some((row) => row.n === n && row.deviceId === deviceId);
    if (changes.log.some(isLogged)) throw new DatabaseFault('23505');
    if (changes.log.some(({ index }) => index < this.#database.head.logSize)) throw new DatabaseFault('23505');
    this.changes = joined(this.changes, changes);
  }

  async savepoint(work: () => Promise<void>): Promise<void> {
    const before = this.changes;
    try {
      await work();
    } catch (error) {
      this.changes = before;
      throw error;
    }
  }

  isDataError(error: unknown): boolean {
    return error instanceof DatabaseFault && /^2[23]/.test(error.code);
  }
}

/** What a transaction has written so far and what it writes now, in a copy: whoever hands changes over uses the lists again. */
export function joined(
  before: TenantChanges | null,
  { records, digest, log, newDevices, devices, forks, head }: TenantChanges,
): TenantChanges {
  return {
    records: [...(before?.records ?? []), ...records],
    digest: addSums(before?.digest ?? {}, digest),
    log: [...(before?.log ?? []), ...log],
    newDevices: [...(before?.newDevices ?? []), ...newDevices],
    devices: [...new Map([...(before?.devices ?? []), ...devices].map((device) => [device.id, device])).values()],
    forks: [...(before?.forks ?? []), ...forks],
    head,
  };
}

/** Fails as a database or the way to it does: before anything happened, at the commit, or after it with the answer lost. */
export function failDatabase(
  { faults, random }: { readonly faults: Faults; readonly random: Random },
  at: 'begin' | 'commit' | 'committed',
): void {
  if (!faults.isOn('database') || !random.chance(at === 'begin' ? 0.03 : 0.05)) return;
  throw new DatabaseFault(at === 'begin' ? 'ECONNREFUSED' : '08006');
}

function stateOf(database: MemoryDatabase, device: DeviceRow, turn: () => Promise<void>): TenantState {
  const { head } = database;
  const changed = (since: number) => {
    const kinds = kindsInSet(device.set);
    return database
      .since(since)
      .filter(({ stored }) => kinds.includes(stored.kind))
      .sort((a, b) => a.seq - b.seq || a.k - b.k);
  };
  const ofKind = (kind: RecordKind, sinceAt: number) => {
    const from = monthOf(sinceAt);
    return [...database.current.values()].filter(({ stored }) => stored.kind === kind && (ledgerMonthOf(stored) ?? from) >= from);
  };
  return {
    head,
    set: device.set,
    ackedN: device.lastN,
    lastContactAt: device.lastContactAt,
    readDigest: async () => database.digest,
    readFeed: async (since, limit) => {
      await turn();
      const all = changed(since);
      const last = all[limit - 1]?.seq;
      const page = last === undefined ? all : all.filter(({ seq }) => seq <= last);
      const rows = page.map((placed) => ({
        kind: placed.stored.kind,
        id: placed.stored.body.id,
        seq: placed.seq,
        body: bodyTextOf(placed),
      }));
      return { rows, more: rows.length < all.length };
    },
    countFeed: async (since, atMost) => Math.min(atMost, changed(since).length),
    loadReceipts: async (fromN, toN) => {
      await turn();
      return database.log.flatMap(({ deviceId, n, receipt }) =>
        deviceId === device.id && n !== null && n >= fromN && n <= toN && receipt ? [receipt] : [],
      );
    },
    lastNOf: async (id) => database.devices.get(id)?.lastN ?? 0,
    chainHashAt: async (size) => (size === 0 ? AUDIT_CHAIN_START : (database.log[size - 1]?.hash ?? null)),
    countKind: async (kind, sinceAt) => ofKind(kind, sinceAt).length,
    readKind: async function* (kind, sinceAt, after) {
      const behind = ofKind(kind, sinceAt).filter(({ stored }) => stored.body.id > after);
      for (const placed of behind.sort((a, b) => (a.stored.body.id < b.stored.body.id ? -1 : 1)))
        yield { rows: [rowTextOf(placed)], at: placed.stored.body.id };
    },
  };
}
