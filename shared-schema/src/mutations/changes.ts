import { z } from 'zod';
import { canonicalJson, type Json } from '../canonical-json.ts';
import { refSchema } from '../fields.ts';
import { actIdOf } from '../ids.ts';
import { actsBehind, type FieldEdit, lastEditOf, withAgreement, withEdits } from '../records/field-edit.ts';
import type { FieldConflict } from '../sync/receipt.ts';
import type { DecideContext } from './define.ts';
import { isSafer } from './stock/safer-value.ts';

/**
 * How a decision changes fields: it says what it saw and what it wants. A field whose value is no longer what the maker saw is a
 * conflict; the record keeps its value and both are shown to a person. Source: architecture, "Facts and decisions"; cases 15, 16.
 *
 * Fields that protect somebody (schedule, cold chain, a lot held back) take the safer of two values until a person decides (case 17). For
 * them the value alone does not say what was seen: a flag set here may have been set elsewhere too, and clearing one's own must not
 * clear the other. So a change may name the acts that had set the value it saw; an act it does not name makes a conflict.
 */

/** Arguments schema for changing some fields of a record: `{field: {from, to, setBy?}}`, at least one. */
export function changesSchema<Shape extends z.ZodRawShape>(fields: z.ZodObject<Shape>) {
  const setBy = z.array(refSchema).max(60).optional();
  const shape = Object.fromEntries(
    Object.entries(fields.shape).map(([name, schema]) => [name, z.strictObject({ from: schema, to: schema, setBy }).optional()]),
  );
  return z
    .strictObject(
      shape as {
        [Field in keyof Shape]: z.ZodOptional<z.ZodObject<{ from: Shape[Field]; to: Shape[Field]; setBy: typeof setBy }>>;
      },
    )
    .refine((changes) => Object.values(changes).some((change) => change !== undefined), 'must change at least one field');
}

/** A field's change as its maker saw it; `setBy` are the acts behind the value seen, where it is said. */
interface Change {
  readonly from: unknown;
  readonly to: unknown;
  readonly setBy?: readonly string[];
}

/** What some changes come to. */
export interface AppliedChanges<Body> {
  readonly body: Body;
  /** Fields that have another value now, by this act. */
  readonly changed: readonly string[];
  /** Whether the record differs, be it only in who stands behind a value. */
  readonly isTouched: boolean;
  readonly conflicts: readonly FieldConflict[];
  /** For the explanation: who set what stood against mine, and for safety fields which of the two stands meanwhile. */
  readonly explanation: {
    readonly theirs: { readonly [field: string]: { readonly by: string; readonly at: number } };
    readonly standing: { readonly [field: string]: Json };
  };
}

/**
 * Applies the changes that still fit. A value that already is what was wanted is no conflict. A conflict about a safety field leaves the
 * safer of the two values.
 */
export function applyChanges<Body extends { readonly edits: readonly FieldEdit[] }>(
  body: Body,
  changes: Readonly<Record<string, unknown>>,
  context: ActAuthor,
): AppliedChanges<Body> {
  const current = new Map<string, unknown>(Object.entries(body));
  const next = new Map(current);
  const by = editBy(context);
  const changed: string[] = [];
  const agreed: string[] = [];
  const conflicts: FieldConflict[] = [];
  const theirs: Record<string, { by: string; at: number }> = {};
  const standing: Record<string, Json> = {};
  for (const [field, change] of Object.entries(changes)) {
    if (!isChange(change)) continue;
    const now = current.get(field);
    if (same(now, change.to)) {
      // Two people protect the same thing: both stand behind it.
      if (isSafer(field, change.to, change.from)) agreed.push(field);
      continue;
    }
    if (same(now, change.from) && !isSetByOthers(body.edits, field, change)) {
      next.set(field, change.to);
      changed.push(field);
      continue;
    }
    conflicts.push({ field, base: toJson(change.from), mine: toJson(change.to), theirs: toJson(now) });
    const last = lastEditOf(body.edits, field);
    if (last) theirs[field] = { by: last.by, at: last.at };
    const isMineSafer = isSafer(field, change.to, now);
    if (isMineSafer || isSafer(field, now, change.to)) standing[field] = toJson(isMineSafer ? change.to : now);
    if (!isMineSafer) continue;
    next.set(field, change.to);
    changed.push(field);
  }
  let edits = withEdits(body.edits, changed, by);
  for (const field of agreed) edits = withAgreement(edits, field, by);
  next.set('edits', edits);
  const isTouched = changed.length + agreed.length > 0;
  return {
    body: isTouched ? (Object.fromEntries(next) as Body) : body,
    changed,
    isTouched,
    conflicts,
    explanation: { theirs, standing },
  };
}

type ActAuthor = Pick<DecideContext, 'actorId' | 'occurredAt' | 'deviceId' | 'n'>;

/** Who edits, when, by which act: what an edited field remembers. */
export function editBy({ actorId, occurredAt, deviceId, n }: ActAuthor): Omit<FieldEdit, 'field'> {
  return { by: actorId, at: occurredAt, act: actIdOf(deviceId, n) };
}

/** Whether a change would make less safe what acts set that its maker had not seen. */
function isSetByOthers(edits: readonly FieldEdit[], field: string, { from, to, setBy }: Change): boolean {
  if (setBy === undefined || !isSafer(field, from, to)) return false;
  return actsBehind(edits, field).some((act) => !setBy.includes(act));
}

function isChange(value: unknown): value is Change {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function toJson(value: unknown): Json {
  return z.json().parse(value);
}
