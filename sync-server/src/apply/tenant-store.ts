import type { Device } from '#schema/records/device.ts';
import type { RecordKind } from '#schema/records/registry.ts';
import type { DigestSums } from '#schema/sync/digest.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import type { RecordLoader } from '#schema/working-set.ts';
import type { FeedRow, PlacedRecord } from '../db/record-tables.ts';

/**
 * What the door and the sync need of the authoritative store. Postgres implements it; the simulator brings one in memory, so that the code that
 * decides and answers is the same under both.
 */
export interface TenantStore {
  /** Makes an empty tenant with the server's own channels as devices; does nothing when it is there. */
  readonly create: (tenantId: string, channels: readonly NewDevice[]) => Promise<void>;
  /**
   * Runs `work` in one transaction that holds the tenant's lock, and commits it. Anything thrown rolls back.
   * Throws `TenantNotFound` before `work` when there is no such tenant.
   */
  readonly transact: <T>(tenantId: string, work: (transaction: TenantTransaction) => Promise<T>) => Promise<T>;
  /**
   * Runs `work` over the tenant as it is at one moment, without the lock, as one of its devices sees it. Throws before `work` when there is no such
   * tenant or device.
   */
  readonly read: <T>(
    tenantId: string,
    deviceId: string,
    work: (state: TenantState) => Promise<T>,
    /** The size `chainHashAt` will be asked for, when that is known: it saves a question to the store. */
    chainSize?: number,
  ) => Promise<T>;
  /** The device that a token's SHA-256 belongs to; null for none, or one of another tenant. */
  readonly findDevice: (tenantId: string, tokenHash: string) => Promise<KnownDevice | null>;
  /** Counts the tenant's digest anew from its records and keeps that; answers the buckets that were wrong (SY18). */
  readonly recountDigest: (tenantId: string) => Promise<readonly string[]>;
  /** Notes that a device was heard of, so that its next acts are as sure as that (I7); never moves the instant back. */
  readonly noteContact: (tenantId: string, deviceId: string, at: number) => Promise<void>;
}

/** A tenant at one moment, in the eyes of one device. */
export interface TenantState {
  readonly head: TenantHead;
  /** Which kinds the device replicates. */
  readonly set: Device['set'];
  /** The device's last `n` inside this state (SY20). */
  readonly ackedN: number;
  /** When the device was last heard of, epoch ms. */
  readonly lastContactAt: number | null;
  /** The last number received of any device of the tenant; 0 of one it does not know. */
  readonly lastNOf: (deviceId: string) => Promise<number>;
  /** Hash of the log's last leaf when it had `size` of them; null when it never had so many. */
  readonly chainHashAt: (size: number) => Promise<string | null>;
  /** Records of the device's set changed after `since`, in seq order, whole seqs only: about `limit` of them, more when a single act wrote more (SY14). */
  readonly readFeed: (since: number, limit: number) => Promise<{ readonly rows: readonly FeedRow[]; readonly more: boolean }>;
  /** How many records of the device's set changed after `since`, counting no further than `atMost`. */
  readonly countFeed: (since: number, atMost: number) => Promise<number>;
  /** The tenant's digest, all kinds and months (SY18). Null: it is not known, since the records are older than it; the next transaction counts it. */
  readonly readDigest: () => Promise<DigestSums | null>;
  /** The device's own receipts with `fromN ≤ n ≤ toN`, by n. */
  readonly loadReceipts: (fromN: number, toN: number) => Promise<readonly Receipt[]>;
  /** How many records of a kind a snapshot holds; long ledgers since an instant. */
  readonly countKind: (kind: RecordKind, sinceAt: number) => Promise<number>;
  /**
   * Those records, in chunks, in an order that a record never changes its place in. `at` marks a chunk's end: given as `after`, any later reading of
   * the kind goes on behind it; '' is the beginning.
   */
  readonly readKind: (kind: RecordKind, sinceAt: number, after: string) => AsyncIterable<SnapshotChunk>;
}

/** Some records of one kind. */
export interface SnapshotChunk {
  /** JSON texts `[seq, ...values]`, values in the order of the kind's columns. */
  readonly rows: readonly string[];
  readonly at: string;
}

/** What a device is known as. */
export interface KnownDevice {
  readonly id: string;
  readonly number: number;
  readonly status: Device['status'];
  readonly set: Device['set'];
}

/** To be asked after each step of long work: a promise to wait for when others have waited long enough for their turn, null while they have not (SY12). */
export type GiveWay = () => Promise<void> | null;

/** Everything one transaction may do. Records are read through `RecordLoader`. */
export interface TenantTransaction extends RecordLoader {
  /** As of the lock. */
  readonly head: TenantHead;
  readonly loadDevice: (device: { readonly id: string } | { readonly channel: ServerChannel }) => Promise<DeviceState | null>;
  /** Logged mutations of a device with `fromN ≤ n ≤ toN`, by n. */
  readonly loadLogged: (deviceId: string, fromN: number, toN: number) => Promise<ReadonlyMap<number, LoggedMutation>>;
  /** The numbers that tablets of the tenant have. */
  readonly tabletNumbers: () => Promise<ReadonlySet<number>>;
  readonly write: (changes: TenantChanges) => Promise<void>;
  /** Begins work that goes on and on. */
  readonly takeTurn: () => GiveWay;
  /** Runs `work` so that its failure undoes only its own writes. */
  readonly savepoint: (work: () => Promise<void>) => Promise<void>;
  /** Whether an error means that the store refused the data themselves (SQLSTATE class 22 or 23), not that it failed. */
  readonly isDataError: (error: unknown) => boolean;
}

/** A channel of the server itself. */
export type ServerChannel = Exclude<Device['channel'], 'tablet'>;

/** The end of a tenant's feed and of its audit chain. */
export interface TenantHead {
  readonly epoch: number;
  readonly seq: number;
  readonly logSize: number;
  readonly chainHash: string;
}

/** What the server knows of a device's chain. */
export interface DeviceState {
  readonly id: string;
  readonly channel: Device['channel'];
  readonly number: number;
  readonly status: Device['status'];
  readonly lastN: number;
  readonly lastHash: string;
  readonly lastOccurredAt: number;
  readonly lastContactAt: number | null;
  /** The contact at which the skew was measured that its newest act carries (I7). */
  readonly skewFromAt: number | null;
}

/** A device before its first act. */
export interface NewDevice {
  readonly id: string;
  readonly channel: Device['channel'];
  readonly number: number;
  readonly set: Device['set'];
  /** SHA-256 of its token; null for the server's own channels. */
  readonly tokenHash: string | null;
  readonly now: number;
}

export interface LoggedMutation {
  readonly n: number;
  readonly hash: string;
  readonly receipt: Receipt;
}

/** One row of the log to append. */
export interface LogRow {
  readonly index: number;
  readonly deviceId: string | null;
  readonly n: number | null;
  readonly mutation: string | null;
  readonly mutationHash: string | null;
  readonly receipt: Receipt | null;
  readonly leaf: string;
  readonly hash: string;
}

/** A version of a mutation that lost its number to another. */
export interface ForkedMutation {
  readonly deviceId: string;
  readonly n: number;
  readonly receivedAt: number;
  readonly mutation: string;
  readonly hash: string;
}

/** Everything a transaction writes, at once. */
export interface TenantChanges {
  readonly records: readonly PlacedRecord[];
  /** To be added to the tenant's digest, bucket by bucket (SY18). */
  readonly digest: DigestSums;
  readonly log: readonly LogRow[];
  readonly newDevices: readonly NewDevice[];
  readonly devices: readonly DeviceState[];
  readonly forks: readonly ForkedMutation[];
  readonly head: TenantHead;
}

/** There is no tenant of this id. */
export class TenantNotFound extends Error {
  constructor(tenantId: string) {
    super(`there is no tenant ${tenantId}`);
    this.name = 'TenantNotFound';
  }
}
