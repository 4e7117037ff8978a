import { AUDIT_CHAIN_START } from '#schema/audit/leaf.ts';
import { addSums, type DigestSums } from '#schema/sync/digest.ts';
import { CHAIN_START } from '#schema/sync/mutation.ts';
import { nameOf } from '#schema/working-set.ts';
import type { DeviceState, LogRow, NewDevice, TenantChanges, TenantHead } from '#server/apply/tenant-store.ts';
import { RECORD_TABLES } from '#server/db/record-columns.ts';
import type { PlacedRecord } from '#server/db/record-tables.ts';

/** A device as the database holds it. */
export interface DeviceRow extends DeviceState {
  readonly set: NewDevice['set'];
  readonly tokenHash: string | null;
}

/** One tenant's committed state: survives every crash of the server. Versions of records are kept, so that every earlier moment can be looked at. */
export class MemoryDatabase {
  head: TenantHead = { epoch: 1, seq: 0, logSize: 0, chainHash: AUDIT_CHAIN_START };
  /** Every version of every record in the order of their seqs. */
  versions: PlacedRecord[] = [];
  current = new Map<string, PlacedRecord>();
  log: LogRow[] = [];
  devices = new Map<string, DeviceRow>();
  digest: DigestSums = {};
  #moment: MemoryDatabase | null = null;

  /** The state of this moment, for readers that take their time; the same for all who ask before anything changes. */
  moment(): MemoryDatabase {
    this.#moment ??= this.copy();
    return this.#moment;
  }

  /** A copy, as a backup is one. */
  copy(): MemoryDatabase {
    const copy = new MemoryDatabase();
    copy.head = this.head;
    copy.versions = [...this.versions];
    copy.current = new Map(this.current);
    copy.log = [...this.log];
    copy.devices = new Map(this.devices);
    copy.digest = this.digest;
    return copy;
  }

  commit({ records, digest, log, newDevices, devices, head }: TenantChanges): void {
    this.digest = addSums(this.digest, digest);
    for (const placed of records) this.current.set(nameOf(placed.stored.kind, placed.stored.body.id), placed);
    this.versions.push(...records.toSorted((a, b) => a.seq - b.seq));
    this.log.push(...log);
    for (const device of newDevices) this.putDevice(newDeviceRow(device));
    for (const device of devices) {
      const known = this.devices.get(device.id);
      if (known) this.putDevice({ ...known, ...device });
    }
    this.head = head;
    this.#moment = null;
  }

  putDevice(device: DeviceRow): void {
    this.devices.set(device.id, device);
    this.#moment = null;
  }

  /** Records whose newest version is newer than `seq`. */
  since(seq: number): PlacedRecord[] {
    let from = this.versions.length;
    while (from > 0 && (this.versions[from - 1]?.seq ?? 0) > seq) from -= 1;
    return this.versions
      .slice(from)
      .filter((placed) => this.current.get(nameOf(placed.stored.kind, placed.stored.body.id)) === placed);
  }

  /** The records as they were at `seq`, by name. */
  at(seq: number): Map<string, PlacedRecord> {
    if (seq >= this.head.seq) return this.current;
    const state = new Map<string, PlacedRecord>();
    for (const placed of this.versions) {
      if (placed.seq > seq) continue;
      state.set(nameOf(placed.stored.kind, placed.stored.body.id), placed);
    }
    return state;
  }
}

/** A device before its first act. */
export function newDeviceRow({ id, channel, number, set, tokenHash, now }: NewDevice): DeviceRow {
  const chain = { lastN: 0, lastHash: CHAIN_START, lastOccurredAt: 0, lastContactAt: now, skewFromAt: now };
  return { id, channel, number, status: 'active', set, tokenHash, ...chain };
}
/** Texts of records as they are answered: every tablet asks for the same ones. */
const bodyTexts = new WeakMap<PlacedRecord, string>();
const rowTexts = new WeakMap<PlacedRecord, string>();

/** Its body. */
export function bodyTextOf(placed: PlacedRecord): string {
  return kept(bodyTexts, placed, ({ stored }) => JSON.stringify(stored.body));
}

/** Its seq and its values in the order of its kind's columns. */
export function rowTextOf(placed: PlacedRecord): string {
  return kept(rowTexts, placed, ({ stored, seq }) => {
    const body: Readonly<Record<string, unknown>> = stored.body;
    return JSON.stringify([seq, ...RECORD_TABLES[stored.kind].columns.map(({ field }) => body[field])]);
  });
}

function kept(texts: WeakMap<PlacedRecord, string>, placed: PlacedRecord, write: (placed: PlacedRecord) => string): string {
  const text = texts.get(placed) ?? write(placed);
  texts.set(placed, text);
  return text;
}
