import type { Json } from './canonical-json.ts';
import { makerOf, recordIdOf } from './ids.ts';
import {
  ACT_WRITES_MAX,
  type Accepted,
  type DecideContext,
  type Flag,
  put,
  type ReadKey,
  type RecordReader,
  type Refused,
  type Write,
} from './mutations/define.ts';
import { MUTATIONS } from './mutations/registry.ts';
import { type Action, canDo, PERMISSIONS } from './permissions.ts';
import type { Exception } from './records/exception.ts';
import { findUnstorable } from './storable.ts';
import type { Receipt } from './sync/receipt.ts';
import type { WorkingSet } from './working-set.ts';

/**
 * Judging acts: the code both sides run. The server runs it with authority under the tenant's lock, a device runs it for the
 * overlay. An act is first prepared (is it an act at all?), then decided against the records it declared.
 */

/** An act whose arguments have been checked, ready to be decided. */
export interface PreparedAct {
  readonly name: string;
  readonly nature: 'fact' | 'decision';
  readonly reads: (context: DecideContext) => readonly ReadKey[];
  readonly follow: (records: RecordReader, context: DecideContext) => readonly ReadKey[];
  readonly decide: (records: RecordReader, context: DecideContext) => Accepted | Refused;
}

/** Why something is not an act this version understands. */
export interface Unpreparable {
  readonly code: 'unknown_mutation' | 'newer_version' | 'invalid_args';
  readonly details: Readonly<Record<string, Json>>;
}

/**
 * Checks name, version and arguments; older arguments are upgraded step by step, the stored mutation stays as it is (SY3, SY13).
 * Errors, in order: `unknown_mutation`, `newer_version`, `invalid_args` (with `field`, `problem`).
 */
export function prepareAct(name: string, version: number, args: unknown): PreparedAct | Unpreparable {
  const definition = MUTATIONS.get(name);
  if (!definition) return { code: 'unknown_mutation', details: { name } };
  if (version > definition.version) return { code: 'newer_version', details: { name, version, known: definition.version } };
  const unstorable = findUnstorable(args);
  if (unstorable) return { code: 'invalid_args', details: { field: unstorable.path, problem: unstorable.problem } };
  return definitionAct(definition, version, args);
}

/** The registry's union of definitions, seen as one whose arguments are whatever its own schema parsed. */
type AnyDefinition = typeof MUTATIONS extends ReadonlyMap<string, infer Definition> ? Definition : never;

function definitionAct(definition: AnyDefinition, version: number, received: unknown): PreparedAct | Unpreparable {
  let upgraded = received;
  const upgrades: Readonly<Record<number, (args: never) => unknown>> = ('upgrades' in definition && definition.upgrades) || {};
  for (let from = version; from < definition.version; from += 1) upgraded = upgrades[from]?.(upgraded as never) ?? upgraded;
  const parsed = definition.args.safeParse(upgraded);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { code: 'invalid_args', details: { field: issue?.path.join('.') ?? '', problem: issue?.message ?? 'not valid' } };
  }
  // Each definition was given arguments of its own schema one line above; the union cannot express that.
  const args = parsed.data as never;
  return {
    name: definition.name,
    nature: definition.nature,
    reads(context) {
      return definition.reads(args, context);
    },
    follow(records, context) {
      return ('follow' in definition && definition.follow?.(args, records, context)) || [];
    },
    decide(records, context) {
      return definition.decide(args, records, context);
    },
  };
}

/** What deciding one act gives: the receipt (without seq), the records to write, and what the audit leaf names. */
export interface Judgement {
  readonly receipt: Omit<Receipt, 'seq'>;
  readonly writes: readonly Write[];
  readonly events: readonly string[];
}

/**
 * Decides one act over the working set and folds its writes in. Declared reads that are not loaded yet are loaded first.
 *
 * Facts: applied, or flagged with one exception that names every flag in order of precedence (`role_not_allowed` last).
 * Decisions: applied, merged (with an exception per act that holds the conflicts), or refused; `role_not_allowed` comes before the
 * act's own codes, and a refusal that rests on an own earlier act which made nothing becomes `depends_on`.
 * Anything that throws is quarantined and writes nothing but the exception that shows it (SY9).
 */
export async function judgeAct(act: PreparedAct, context: DecideContext, workingSet: WorkingSet): Promise<Judgement> {
  let judgement: Judgement;
  try {
    const first = act.reads(context);
    await workingSet.ensure(first);
    const followed = act.follow(workingSet.reader(first), context);
    await workingSet.ensure(followed);
    const declared = [...first, ...followed];
    judgement = judge(act, context, workingSet.reader(declared), declared);
    workingSet.write(judgement.writes);
  } catch (error) {
    judgement = quarantine(context, act.name, 'decide_failed', {
      problem: error instanceof Error ? error.message : String(error),
    });
    workingSet.write(judgement.writes);
  }
  return judgement;
}

function judge(act: PreparedAct, context: DecideContext, records: RecordReader, declared: readonly ReadKey[]): Judgement {
  const allowed = isAction(act.name) && canDo(context.role, act.name);
  if (act.nature === 'decision' && !allowed) return refusal(context, 'role_not_allowed', { role: context.role });
  const verdict = act.decide(records, context);
  if (!verdict.accepted) {
    const dependsOn = ownActThatMadeNothing(declared, records, context);
    return dependsOn === null
      ? refusal(context, verdict.code, verdict.details)
      : refusal(context, 'depends_on', { n: dependsOn, code: verdict.code });
  }
  if (verdict.writes.length > ACT_WRITES_MAX)
    throw new Error(`an act may write ${ACT_WRITES_MAX} records, this one wrote ${verdict.writes.length}`);
  return acceptance(act, context, verdict, factFlags(act, context, verdict, allowed, records, declared));
}

function factFlags(
  act: PreparedAct,
  context: DecideContext,
  verdict: Accepted,
  allowed: boolean,
  records: RecordReader,
  declared: readonly ReadKey[],
): readonly Flag[] {
  if (act.nature !== 'fact') return verdict.flags;
  const flags = [...verdict.flags];
  if (declared.some((wanted) => isNotHere(wanted, records))) flags.push({ code: 'unverified' });
  if (!allowed) flags.push({ code: 'role_not_allowed', details: { role: context.role } });
  return flags;
}

function isNotHere(wanted: ReadKey, records: RecordReader): boolean {
  return 'kind' in wanted ? records.state(wanted.kind, wanted.id) === 'notHere' : records.rangeState(wanted.range) === 'notHere';
}

function acceptance(act: PreparedAct, context: DecideContext, verdict: Accepted, flags: readonly Flag[]): Judgement {
  const { conflicts } = verdict;
  const n = context.n;
  if (conflicts.length > 0) {
    const exception = newException(context, act.name, 'conflict', ['field_conflict'], {
      aboutKind: verdict.conflictAbout?.kind ?? null,
      aboutId: verdict.conflictAbout?.id ?? null,
      details: { conflicts: [...conflicts], ...verdict.details },
    });
    return {
      receipt: {
        n,
        verdict: 'merged',
        codes: ['field_conflict'],
        details: { ...verdict.details },
        conflicts: [...conflicts],
      },
      writes: [...verdict.writes, put('exception', exception)],
      events: [...verdict.events, 'conflict_kept'],
    };
  }
  const main = flags[0];
  if (!main) {
    return {
      receipt: { n, verdict: 'applied', codes: [], details: { ...verdict.details }, conflicts: [] },
      writes: verdict.writes,
      events: verdict.events,
    };
  }
  const codes = flags.map((flag) => flag.code);
  const details = Object.assign({ ...verdict.details }, ...flags.map((flag) => flag.details ?? {}).reverse());
  const exception = newException(context, act.name, 'flag', codes, {
    aboutKind: main.about?.kind ?? null,
    aboutId: main.about?.id ?? null,
    details,
    amountMinor: main.amountMinor ?? null,
    units: main.units ?? null,
  });
  return {
    receipt: { n, verdict: 'flagged', codes, details, conflicts: [] },
    writes: [...verdict.writes, put('exception', exception)],
    events: [...verdict.events, 'fact_flagged'],
  };
}

function refusal(context: DecideContext, code: string, details: Readonly<Record<string, Json>>): Judgement {
  return {
    receipt: { n: context.n, verdict: 'refused', codes: [code], details: { ...details }, conflicts: [] },
    writes: [],
    events: ['decision_refused'],
  };
}

/** Keeps something that could not be judged, visible to a manager (SY9). */
export function quarantine(
  context: DecideContext,
  name: string,
  code: string,
  details: Readonly<Record<string, Json>>,
): Judgement {
  const exception = newException(context, name, 'quarantine', [code], { details });
  return {
    receipt: { n: context.n, verdict: 'quarantined', codes: [code], details: { ...details }, conflicts: [] },
    writes: [put('exception', exception)],
    events: ['mutation_quarantined'],
  };
}

function newException(
  context: DecideContext,
  mutationName: string,
  type: Exception['type'],
  codes: string[],
  more: Partial<Pick<Exception, 'aboutKind' | 'aboutId' | 'details' | 'amountMinor' | 'units'>>,
): Exception {
  return {
    id: recordIdOf(context.deviceId, context.n, 'x'),
    type,
    codes,
    deviceId: context.deviceId,
    n: context.n,
    mutationName: mutationName.slice(0, 60),
    actorId: context.actorId,
    aboutKind: null,
    aboutId: null,
    details: {},
    amountMinor: null,
    units: null,
    status: 'open',
    raisedAt: context.receivedAt,
    resolvedBy: null,
    resolvedAt: null,
    resolution: null,
    ...more,
  };
}

/** A record that an own earlier act was to make and that is not there: that act was refused, and this one rests on it. */
function ownActThatMadeNothing(declared: readonly ReadKey[], records: RecordReader, context: DecideContext): number | null {
  for (const wanted of declared) {
    if ('range' in wanted || records.state(wanted.kind, wanted.id) !== 'absent') continue;
    const maker = makerOf(wanted.id);
    if (maker?.deviceId === context.deviceId && maker.n < context.n) return maker.n;
  }
  return null;
}

function isAction(name: string): name is Action {
  return Object.hasOwn(PERMISSIONS, name);
}
