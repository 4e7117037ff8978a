import { canonicalJson, type Json } from '#schema/canonical-json.ts';
import { makerOf } from '#schema/ids.ts';
import { MUTATIONS, type MutationArgs, type MutationName } from '#schema/mutations/registry.ts';
import { actsBehind, editsSchema, type FieldEdit } from '#schema/records/field-edit.ts';
import type { CommandResult, QueueEntry, Workspace } from '../../workspace.ts';
import type { Args } from './explanation.ts';

/** Sending an act again (SY23): the same, over what is there now, or with other values; and with it the acts that rested on it. */

/** Whether an act is an edit that names what its maker saw, field by field. */
export function isEdit(args: Args): args is Args & { readonly changes: { readonly [field: string]: Json } } {
  return isObject(args.changes) && Object.values(args.changes).every((change) => isObject(change) && 'to' in change);
}

/**
 * The same edit over what is there now: each wanted field goes from its present value to the wanted one, and fields that already are as wanted fall away. `only`
 * narrows it to some fields. Null when nothing is left to change. What is no edit stays as it is.
 */
export function overPresent(
  args: Args,
  present: Readonly<Record<string, unknown>> | null,
  only?: readonly string[],
): Args | null {
  if (!isEdit(args)) return args;
  const wanted = Object.entries(args.changes).flatMap(([field, change]) => {
    if (!isObject(change) || (only !== undefined && !only.includes(field))) return [];
    const from = present === null ? (change.from ?? null) : ((present[field] ?? null) as Json);
    const to = change.to ?? null;
    if (canonicalJson(from) === canonicalJson(to)) return [];
    // What protects somebody names the acts behind the value it changes: those that are shown now (case 17).
    const setBy =
      change.setBy === undefined ? {} : { setBy: present === null ? change.setBy : actsBehind(editsOf(present), field) };
    return [[field, { from, to, ...setBy }] as const];
  });
  return wanted.length === 0 ? null : { ...args, changes: Object.fromEntries(wanted) };
}

/** Ids that acts of this device would have made, renamed to those that the acts sent in their place make, wherever they stand. */
export function withRenamedIds(args: Args, deviceId: string, newNByOldN: ReadonlyMap<number, number>): Args {
  const renamed = (value: Json): Json => {
    if (typeof value === 'string') {
      const maker = makerOf(value);
      const newN = maker?.deviceId === deviceId ? newNByOldN.get(maker.n) : undefined;
      return maker === null || newN === undefined
        ? value
        : `${deviceId}-${newN}-${value.slice(`${deviceId}-${maker.n}-`.length)}`;
    }
    if (Array.isArray(value)) return value.map(renamed);
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, renamed(one)])) : value;
  };
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, renamed(value)]));
}

/**
 * Runs an act again with `args` and, once it is saved, those that rested on it, in their order. What was saved is put aside here. Answers the first outcome
 * that is not saved, or the last.
 */
export async function sendAgain(
  workspace: Pick<Workspace, 'run' | 'dismiss'>,
  { name, n, deviceId }: { readonly name: string; readonly n: number; readonly deviceId: string },
  args: Args,
  dependants: readonly QueueEntry[] = [],
): Promise<CommandResult> {
  const newNByOldN = new Map<number, number>();
  const rest = dependants.map(({ mutation }) => mutation).toSorted((a, b) => a.n - b.n);
  let last: CommandResult | null = null;
  for (const act of [{ name, n, args }, ...rest]) {
    last = await runByName(workspace, act.name, withRenamedIds(act.args, deviceId, newNByOldN));
    if (last.kind !== 'saved') return last;
    newNByOldN.set(act.n, last.mutation.n);
    workspace.dismiss(act.n);
  }
  return last ?? { kind: 'refused', code: 'unknown_mutation', details: {} };
}

/** Acts that rest on act `n`, directly or through another, in their order. */
export function dependantsOf(n: number, troubled: readonly QueueEntry[]): QueueEntry[] {
  const roots = new Set([n]);
  return troubled
    .toSorted((a, b) => a.mutation.n - b.mutation.n)
    .filter(({ mutation, receipt, expected }) => {
      const said = receipt ?? expected;
      const restsOn = said?.codes.includes('depends_on') === true ? said.details.n : null;
      if (typeof restsOn !== 'number' || !roots.has(restsOn)) return false;
      roots.add(mutation.n);
      return true;
    });
}

/** Runs an act whose name is only known now; its own schema checks the arguments. */
export function runByName(workspace: Pick<Workspace, 'run'>, name: string, args: Args): Promise<CommandResult> {
  if (!MUTATIONS.has(name)) return Promise.resolve({ kind: 'refused', code: 'unknown_mutation', details: {} });
  const known = name as MutationName;
  return workspace.run(known, args as MutationArgs<typeof known>);
}

/** Who set each field of a record, for kinds that remember it. */
export function editsOf(record: Readonly<Record<string, unknown>>): readonly FieldEdit[] {
  const edits = editsSchema.safeParse(record.edits);
  return edits.success ? edits.data : [];
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
