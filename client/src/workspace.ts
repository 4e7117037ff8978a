import type { ExplainRequest } from '#schema/api/explain.ts';
import type { LedgerCursor, LedgerKind } from '#schema/api/ledger-page.ts';
import type { RecordKey } from '#schema/mutations/define.ts';
import type { MutationArgs, MutationName } from '#schema/mutations/registry.ts';
import type { Role } from '#schema/permissions.ts';
import type { Device } from '#schema/records/device.ts';
import type { Exception } from '#schema/records/exception.ts';
import type { RecordBody, RecordKind } from '#schema/records/registry.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import type { Receipt, Verdict } from '#schema/sync/receipt.ts';
import type { Background } from './explain-act.ts';
import type { OlderLines } from './ledger/older-lines.ts';
import type { DataSafety } from './safety/data-safety.ts';

/**
 * The workspace: what a screen may know and do. One per tenant and device, the same in every tab.
 *
 * Screens read records as the overlay shows them, run commands, and watch the sync; how that is stored and sent is not their matter.
 */
export interface Workspace {
  readonly tenant: { readonly id: string; readonly name: string };
  readonly device: { readonly id: string; readonly number: number; readonly name: string };
  /** The last signed-in member; acts on this tablet are made in this name and the screen says so. */
  readonly actor: { readonly id: string; readonly name: string; readonly role: Role };
  /** Live list of a kind, overlay included; calls back at once when known and after every change. The answer stops it. */
  readonly watchRecords: <Kind extends RecordKind>(
    kind: Kind,
    where: RecordFilter,
    onRecords: (records: readonly RecordBody<Kind>[]) => void,
  ) => Unsubscribe;
  /** Live single record, overlay included; `null` when absent. */
  readonly watchRecord: <Kind extends RecordKind>(
    kind: Kind,
    id: string,
    onRecord: (record: RecordBody<Kind> | null) => void,
  ) => Unsubscribe;
  /** One record now, overlay included. */
  readonly readRecord: <Kind extends RecordKind>(kind: Kind, id: string) => Promise<RecordBody<Kind> | null>;
  /** A list now, overlay included. */
  readonly readRecords: <Kind extends RecordKind>(kind: Kind, where: RecordFilter) => Promise<readonly RecordBody<Kind>[]>;
  /** Decides and saves one act; see `CommandResult`. */
  readonly run: <Name extends MutationName>(name: Name, args: MutationArgs<Name>) => Promise<CommandResult>;
  /** Finds items by name, substance or code, best first, within a keystroke. Offline. */
  readonly searchItems: (text: string, limit: number) => Promise<readonly RecordBody<'item'>[]>;
  /** The item that carries a scanned code (GTIN in any length, CIP7, local code), or null. */
  readonly findItemByCode: (code: string) => Promise<RecordBody<'item'> | null>;
  readonly watchSync: (onStatus: (status: SyncStatus) => void) => Unsubscribe;
  /** The outbox, newest first, with what the server said of each act. */
  readonly watchQueue: (limit: number, onQueue: (entries: readonly QueueEntry[]) => void) => Unsubscribe;
  /** Own acts that need somebody, newest first, however long ago. */
  readonly watchTrouble: (onTrouble: (entries: readonly QueueEntry[]) => void) => Unsubscribe;
  /** One own act by its number, or null when this tablet does not keep it. */
  readonly watchAct: (n: number, onEntry: (entry: QueueEntry | null) => void) => Unsubscribe;
  /** The records an act is about, the likeliest first. */
  readonly subjectsOf: (mutation: Mutation) => readonly RecordKey[];
  /** Who changed the records of an act, as the server knows it (SY23). Never rejects. */
  readonly askBackground: (question: ExplainRequest) => Promise<Background>;
  /**
   * Lines of a long ledger under one parent that this device does not keep, a page behind a place, from the server (SY17). For showing only: they are no
   * part of what `readRecords` and acts see. Never rejects.
   */
  readonly readOlderLines: <Kind extends LedgerKind>(
    kind: Kind,
    parent: string,
    before: LedgerCursor,
  ) => Promise<OlderLines<Kind>>;
  /** Puts an own act's verdict aside: it no longer needs attention; nothing else changes (SY23). */
  readonly dismiss: (n: number) => void;
  /** What of the work lies only here, and the rescue file (SY24). */
  readonly safety: DataSafety;
  /** Push and pull now. */
  readonly syncNow: () => void;
  /** The injected clock, for what screens show and for business dates. */
  readonly now: () => number;
  /** Minutes that local time in an IANA zone is ahead of UTC now. */
  readonly offsetMinutes: (timeZone: string) => number;
}

/** Which records of a kind, in the order of their `sort` projection. */
export interface RecordFilter {
  readonly parent?: string;
  readonly status?: string;
  readonly descending?: boolean;
  /** Default 500. */
  readonly limit?: number;
}

export type Unsubscribe = () => void;

/**
 * Outcome of a command. `saved`: durably in the outbox (strict durability), with what this device expects the server to say.
 * `refused`: a decision that this device already knows will be refused; nothing was stored. `invalid`: arguments that break the act's
 * schema; nothing was stored. `not_saved`: the browser could not store it (full disk, blocked or cleared storage); nothing was stored.
 */
export type CommandResult =
  | { readonly kind: 'saved'; readonly mutation: Mutation; readonly expected: Omit<Receipt, 'seq'> }
  | { readonly kind: 'refused'; readonly code: string; readonly details: Readonly<Record<string, unknown>> }
  | { readonly kind: 'invalid'; readonly field: string; readonly problem: string }
  | { readonly kind: 'not_saved'; readonly reason: 'quota' | 'cleared' | 'storage'; readonly message: string };

/** State of the sync, for the badge and the sync centre (SY23). */
export interface SyncStatus {
  /** `sign_in`: the server wants a new sign-in before it takes anything. */
  readonly connection: 'online' | 'offline' | 'sign_in' | 'update_required';
  readonly activity: 'idle' | 'pushing' | 'pulling' | 'snapshot';
  /** Records received and expected while a snapshot is loading. */
  readonly snapshot: { readonly received: number; readonly total: number } | null;
  readonly unsent: number;
  readonly oldestUnsentAt: number | null;
  readonly lastSuccessAt: number | null;
  readonly lastError: { readonly code: string; readonly message: string } | null;
  /** This tab pushes and pulls for the device. */
  readonly isLeader: boolean;
  /** Refused, merged, flagged or quarantined acts of this device that nobody dismissed. */
  readonly attention: number;
  /** A replica has been loaded once; before that screens show the first download. */
  readonly hasReplica: boolean;
  /** What this device keeps (SY14, SY17): the kinds of a set, long ledgers from a month on, of one epoch; null before there is a replica. */
  readonly keeps: { readonly epoch: number; readonly set: Device['set']; readonly ledgersFrom: string } | null;
  /** The server no longer speaks this version: reading only, until an update (SY13). Known until the next exchange that worked. */
  readonly isOutdated: boolean;
  readonly seq: number;
}

/** One act of this device, saved, sent or confirmed (principle 2 of `experience.md`). */
export interface QueueEntry {
  readonly mutation: Mutation;
  /** `saved` here, `sent` and receipted but not yet in the replica, `confirmed` inside it. */
  readonly stage: 'saved' | 'sent' | 'confirmed';
  readonly verdict: Verdict | null;
  readonly receipt: Receipt | null;
  /** What this device expects while there is no receipt. */
  readonly expected: Omit<Receipt, 'seq'> | null;
  readonly exception: Exception | null;
  /** Refused, merged, flagged or quarantined (or foreseen to be refused, SY21), neither resolved nor dismissed. */
  readonly needsMe: boolean;
}
