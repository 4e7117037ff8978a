import type { Json } from '#schema/canonical-json.ts';
import { actValueOf } from '#schema/mutations/act-value.ts';
import type { RecordKey } from '#schema/mutations/define.ts';
import type { Exception } from '#schema/records/exception.ts';
import { isRecordKind } from '#schema/records/registry.ts';
import { type FieldConflict, fieldConflictSchema } from '#schema/sync/receipt.ts';
import type { QueueEntry } from '../../workspace.ts';

/**
 * What became of an act, for the one screen that explains every kind of it (SY23): own acts from the outbox, and what the pharmacy's tasks say of acts of any tablet.
 * Pure: what is there now and who did that is looked up by the screen.
 */
export interface Explanation {
  readonly outcome: OutcomeKind;
  readonly deviceId: string;
  readonly n: number;
  readonly name: string;
  readonly actorId: string | null;
  /** Device time, or when the task was raised. */
  readonly at: number;
  /** What was entered; null where only the server knows. */
  readonly args: Args | null;
  readonly codes: readonly string[];
  /** What the refusal or the flag names. */
  readonly details: Args;
  /** Fields that two people changed. */
  readonly conflicts: readonly FieldConflict[];
  readonly effect: Effect | null;
  readonly subject: RecordKey | null;
  /** The number of the refused act that this one rests on. */
  readonly restsOn: number | null;
  /** Seq of the records its maker saw; 0 when not known. */
  readonly since: number;
  readonly exception: Exception | null;
  /** `put_aside`: read here; `resolved`: a manager dealt with it. */
  readonly state: 'open' | 'put_aside' | 'resolved';
}

export type Args = Readonly<Record<string, Json>>;

/**
 * `fine`: nothing to do. `will_be_refused`, `will_conflict`: not sent yet, and something that came in stands against it (SY21). `depends_on`: it rests on an act that was refused.
 * `forked`: the tablet sent another act under the same number. `asked`: somebody asks a manager. The rest are the server's verdicts.
 */
export type OutcomeKind =
  | 'fine'
  | 'will_be_refused'
  | 'will_conflict'
  | 'refused'
  | 'depends_on'
  | 'merged'
  | 'flagged'
  | 'quarantined'
  | 'forked'
  | 'asked';

/** What is at stake: the `difference` between the two sides, what the exception says (`effect`), or what the act itself moves (`value`). */
export interface Effect {
  readonly kind: 'effect' | 'difference' | 'value';
  readonly amountMinor: number | null;
  readonly units: number | null;
}

/** Explains an own act. `subjects` are the records it is about, the likeliest first. */
export function explainEntry(entry: QueueEntry, subjects: readonly RecordKey[]): Explanation {
  const { mutation, receipt, expected, exception, needsMe } = entry;
  const said = receipt ?? expected;
  const outcome = outcomeOfEntry(entry);
  const restsOn = said?.codes.includes('depends_on') === true ? said.details.n : null;
  const conflicts = said?.conflicts ?? [];
  const details = said?.details ?? {};
  return {
    outcome,
    deviceId: mutation.deviceId,
    n: mutation.n,
    name: mutation.name,
    actorId: mutation.actorId,
    at: mutation.madeAt,
    args: mutation.args,
    codes: said?.codes ?? [],
    details,
    conflicts,
    effect: effectOf(exception, conflicts, mutation.args),
    subject: aboutOf(exception) ?? namedIn(details, subjects) ?? subjects[0] ?? null,
    restsOn: typeof restsOn === 'number' ? restsOn : null,
    since: mutation.basis,
    exception,
    state: exception?.status === 'resolved' ? 'resolved' : needsMe || outcome === 'fine' ? 'open' : 'put_aside',
  };
}

/** Explains a task of the pharmacy. */
export function explainTask(task: Exception): Explanation {
  const conflicts = fieldConflictSchema.array().safeParse(task.details.conflicts);
  const { received } = task.details;
  const { conflicts: _conflicts, received: _received, ...details } = task.details;
  const args = isArgs(received) ? received : null;
  const found = conflicts.success ? conflicts.data : [];
  return {
    outcome: outcomeOfTask(task),
    deviceId: task.deviceId,
    n: task.n,
    name: task.mutationName,
    actorId: task.actorId,
    at: task.raisedAt,
    args,
    codes: task.codes,
    details,
    conflicts: found,
    effect: effectOf(task, found, args),
    subject: aboutOf(task),
    restsOn: null,
    since: 0,
    exception: task,
    state: task.status === 'resolved' ? 'resolved' : 'open',
  };
}

function outcomeOfEntry({ receipt, expected }: QueueEntry): OutcomeKind {
  if (receipt === null) {
    if (expected?.verdict === 'refused') return 'will_be_refused';
    return expected?.verdict === 'merged' ? 'will_conflict' : 'fine';
  }
  if (receipt.codes.includes('depends_on')) return 'depends_on';
  if (receipt.codes.includes('forked')) return 'forked';
  return receipt.verdict === 'applied' ? 'fine' : receipt.verdict;
}

function outcomeOfTask({ type, codes }: Exception): OutcomeKind {
  if (codes.includes('manager_asked')) return 'asked';
  if (codes.includes('forked')) return 'forked';
  return type === 'conflict' ? 'merged' : type === 'flag' ? 'flagged' : 'quarantined';
}

/** What a flag or quarantine is about, when that is a record. */
function aboutOf(exception: Exception | null): RecordKey | null {
  if (exception?.aboutKind == null || exception.aboutId === null) return null;
  return isRecordKind(exception.aboutKind) ? { kind: exception.aboutKind, id: exception.aboutId } : null;
}

/** The record that a refusal names, such as the one line of a count that stood against it. */
function namedIn(details: Args, subjects: readonly RecordKey[]): RecordKey | null {
  const named = new Set(Object.values(details).filter((value) => typeof value === 'string'));
  return subjects.find(({ id }) => named.has(id)) ?? null;
}

function effectOf(exception: Exception | null, conflicts: readonly FieldConflict[], args: Args | null): Effect | null {
  if (exception !== null && (exception.amountMinor !== null || exception.units !== null))
    return { kind: 'effect', amountMinor: exception.amountMinor, units: exception.units };
  const amountMinor = differenceOf(conflicts, 'Minor');
  const units = differenceOf(conflicts, 'Units');
  if (amountMinor !== null || units !== null) return { kind: 'difference', amountMinor, units };
  const value = actValueOf(args ?? {});
  return value.amountMinor === null && value.units === null ? null : { kind: 'value', ...value };
}

/** Mine less theirs, of the only field in conflict that ends so; sums of different fields would say nothing. */
function differenceOf(conflicts: readonly FieldConflict[], ending: string): number | null {
  const [first, ...more] = conflicts.filter(({ field }) => field.endsWith(ending));
  if (!first || more.length > 0 || typeof first.mine !== 'number' || typeof first.theirs !== 'number') return null;
  return first.mine - first.theirs;
}

function isArgs(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Something a person can do about an act; none of them throws away what was entered. */
export type Choice = 'use_mine' | 'edit' | 'keep_theirs' | 'read' | 'ask_manager' | 'resolve';

/** Refusals that say: look again at what is there now. Sending the same once more would approve what nobody looked at. */
const LOOK_AGAIN = new Set([
  'reconciliation_changed',
  'reconciliation_already_approved',
  'attempt_changed',
  'attempt_superseded',
  'reconciliation_rejected',
  'count_line_superseded',
  'exception_already_resolved',
  'count_line_already_posted',
]);

/** What may be done about an own act, the likeliest first. A fact that is in the books is never sent again: that would book it twice. */
export function choicesForMine({ outcome, codes, state }: Explanation): readonly Choice[] {
  if (state !== 'open') return [];
  switch (outcome) {
    case 'fine':
      return [];
    case 'merged':
    case 'will_conflict':
      return ['use_mine', 'keep_theirs', 'edit', 'ask_manager'];
    case 'refused':
    case 'will_be_refused':
      return codes.some((code) => LOOK_AGAIN.has(code))
        ? ['keep_theirs', 'ask_manager']
        : ['use_mine', 'edit', 'keep_theirs', 'ask_manager'];
    case 'depends_on':
      return ['edit', 'keep_theirs', 'ask_manager'];
    case 'quarantined':
      return ['edit', 'read', 'ask_manager'];
    case 'flagged':
    case 'forked':
    case 'asked':
      return ['read', 'ask_manager'];
  }
}

/** What a manager may do about a task. */
export function choicesForTask({ outcome, state }: Explanation, mayResolve: boolean): readonly Choice[] {
  if (state !== 'open' || !mayResolve) return [];
  return outcome === 'merged' ? ['use_mine', 'resolve'] : ['resolve'];
}
