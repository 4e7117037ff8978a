import type { z } from 'zod';
import type { Json } from '../canonical-json.ts';
import type { Sha256 } from '../env.ts';
import type { Role } from '../permissions.ts';
import type { RecordBody, RecordKind } from '../records/registry.ts';
import type { FieldConflict, Receipt } from '../sync/receipt.ts';

/** One record that an act reads. */
export interface RecordKey {
  readonly kind: RecordKind;
  readonly id: string;
}

/** A stretch of a ledger that an act reads: everything of one parent since an instant (decision 0003). */
export interface RangeKey {
  readonly range: RecordKind;
  readonly parent: string;
  readonly since: number;
}

export type ReadKey = RecordKey | RangeKey;

/** Names a record to read. */
export function key(kind: RecordKind, id: string): RecordKey {
  return { kind, id };
}

/** Names a stretch of a ledger to read, from `since` (epoch ms) on. */
export function rangeKey(kind: RecordKind, parent: string, since: number): RangeKey {
  return { range: kind, parent, since };
}

/** What `decide` sees of the store: the records it declared, and nothing else. Reading an undeclared one throws. */
export interface RecordReader {
  /** The record's body, or null when it is absent or not on this device. */
  readonly get: <Kind extends RecordKind>(kind: Kind, id: string) => RecordBody<Kind> | null;
  /** `notHere`: outside this device's window or set, so nothing can be said about it. */
  readonly state: (kind: RecordKind, id: string) => 'found' | 'absent' | 'notHere';
  /** `notHere`: this device does not hold that ledger, and ranges of it look empty. */
  readonly rangeState: (kind: RecordKind) => 'found' | 'notHere';
  /** Ledger records of a declared range, oldest first. */
  readonly range: <Kind extends RecordKind>(kind: Kind, parent: string, since: number) => readonly RecordBody<Kind>[];
}

/** Everything `decide` may know that is not in its arguments or records. */
export interface DecideContext {
  /** Only the server gives series numbers. */
  readonly authority: 'server' | 'device';
  readonly deviceId: string;
  /** Printed number of the tablet. */
  readonly deviceNumber: number;
  readonly n: number;
  /** Hash of this act, the head of its device's chain so far: it vouches for everything the device did up to here (SY1). */
  readonly hash: string;
  readonly actorId: string;
  /** The actor's role at `occurredAt`; null when not a member then; `system` for the server's own acts. */
  readonly role: Role | 'system' | null;
  readonly madeAt: number;
  /** `madeAt` corrected by the device's skew, never before the device's previous act nor after receipt (I7). */
  readonly occurredAt: number;
  /** How far off `occurredAt` may be, in ms; null when unknown (I7). */
  readonly uncertaintyMs: number | null;
  /** When the server applies it; on a device, `madeAt`. */
  readonly receivedAt: number;
  readonly businessOn: string;
  /** Id of the `k`-th record this act makes. */
  readonly newId: (k: number) => string;
  readonly sha256: Sha256;
  /** What this act was answered in a history that the server has lost; a series number in it stands on paper already (SY8). Null in any other case. */
  readonly earlierReceipt: Receipt | null;
}

/** A whole record to store, new or changed. */
export type Write = { readonly [Kind in RecordKind]: { readonly kind: Kind; readonly body: RecordBody<Kind> } }[RecordKind];

/** Stores a record. */
export function put<Kind extends RecordKind>(kind: Kind, body: RecordBody<Kind>): Write {
  return { kind, body } as Write;
}

/** Why a fact that was kept needs a manager. */
export interface Flag {
  readonly code: string;
  readonly about?: RecordKey;
  readonly details?: Readonly<Record<string, Json>>;
  /** Effect in minor units or base units, if there is one. */
  readonly amountMinor?: number;
  readonly units?: number;
}

export interface Accepted {
  readonly accepted: true;
  readonly writes: readonly Write[];
  /** Audit event names, snake_case, past tense. */
  readonly events: readonly string[];
  readonly flags: readonly Flag[];
  readonly conflicts: readonly FieldConflict[];
  /** The record whose fields are in conflict. */
  readonly conflictAbout: RecordKey | null;
  /** What the maker is told besides (SY23): what explains conflicts, the number that was given. Goes into receipt and exception. */
  readonly details: Readonly<Record<string, Json>>;
}

export interface Refused {
  readonly accepted: false;
  readonly code: string;
  readonly details: Readonly<Record<string, Json>>;
}

/** Keeps an act and what it writes (at most `ACT_WRITES_MAX` records). */
export function accept(
  writes: readonly Write[],
  more: {
    readonly events?: readonly string[];
    readonly flags?: readonly Flag[];
    readonly conflicts?: readonly FieldConflict[];
    readonly conflictAbout?: RecordKey;
    readonly details?: Readonly<Record<string, Json>>;
  } = {},
): Accepted {
  return {
    accepted: true,
    writes,
    events: more.events ?? [],
    flags: more.flags ?? [],
    conflicts: more.conflicts ?? [],
    conflictAbout: more.conflictAbout ?? null,
    details: more.details ?? {},
  };
}

/** Refuses a decision; the code has a place in the error table. */
export function refuse(code: string, details: Readonly<Record<string, Json>> = {}): Refused {
  return { accepted: false, code, details };
}

/** Most records one act may write. */
export const ACT_WRITES_MAX = 500;

interface MutationShape<Name extends string, Args extends z.ZodObject, Verdict> {
  readonly name: Name;
  readonly version: number;
  readonly args: Args;
  /** Pure steps from the arguments of version v to v+1, by v; never removed (SY13). */
  readonly upgrades?: Readonly<Record<number, (args: Readonly<Record<string, Json>>) => Record<string, Json>>>;
  /** First round of records read. */
  readonly reads: (args: z.infer<Args>, context: DecideContext) => readonly ReadKey[];
  /** Second and last round, by what the first one found. */
  readonly follow?: (args: z.infer<Args>, records: RecordReader, context: DecideContext) => readonly ReadKey[];
  readonly decide: (args: z.infer<Args>, records: RecordReader, context: DecideContext) => Verdict;
}

export type FactDefinition<Name extends string, Args extends z.ZodObject> = MutationShape<Name, Args, Accepted> & {
  readonly nature: 'fact';
};
export type DecisionDefinition<Name extends string, Args extends z.ZodObject> = MutationShape<Name, Args, Accepted | Refused> & {
  readonly nature: 'decision';
};

/** Declares a fact: something that physically happened. It can be flagged, never refused; its type has no way to. */
export function defineFact<const Name extends string, Args extends z.ZodObject>(
  shape: MutationShape<Name, Args, Accepted>,
): FactDefinition<Name, Args> {
  return { ...shape, nature: 'fact' };
}

/** Declares a decision: a change of plan or a grant, which may be refused with a code. */
export function defineDecision<const Name extends string, Args extends z.ZodObject>(
  shape: MutationShape<Name, Args, Accepted | Refused>,
): DecisionDefinition<Name, Args> {
  return { ...shape, nature: 'decision' };
}
