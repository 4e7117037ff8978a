import { z } from 'zod';
import { refSchema } from '../fields.ts';
import { instantSchema } from '../time.ts';

/**
 * Who set a field to the value it has, when, and by which act: what a person is told when somebody else changed the same (SY23, case 15).
 * A field nobody edited since the record was made has none. Two acts that set the same value without knowing of each other both stand.
 */
export const fieldEditSchema = z.strictObject({
  field: z.string().min(1).max(40),
  by: refSchema,
  at: instantSchema,
  /** `<deviceId>-<n>` of the act. */
  act: refSchema,
});
export type FieldEdit = z.infer<typeof fieldEditSchema>;

/** Most acts of one field that are remembered for wanting the value it has already. */
const AGREEING_MAX = 10;

/** The member of a record that holds them, by field, then in the order they came. */
export const editsSchema = z.array(fieldEditSchema).max(100);

/** Edits with these fields set anew by one act: what stood for them before is gone. */
export function withEdits(edits: readonly FieldEdit[], fields: readonly string[], by: Omit<FieldEdit, 'field'>): FieldEdit[] {
  const others = edits.filter(({ field }) => !fields.includes(field));
  return ordered([...others, ...fields.map((field) => ({ field, ...by }))]);
}

/** Edits with one more act that wants the value a field has already. */
export function withAgreement(edits: readonly FieldEdit[], field: string, by: Omit<FieldEdit, 'field'>): FieldEdit[] {
  return actsBehind(edits, field).length < AGREEING_MAX ? ordered([...edits, { field, ...by }]) : [...edits];
}

/** The newest edit of a field, or null. */
export function lastEditOf(edits: readonly FieldEdit[], field: string): FieldEdit | null {
  return edits.findLast((edit) => edit.field === field) ?? null;
}

/** Acts that set a field to the value it has. */
export function actsBehind(edits: readonly FieldEdit[], field: string): string[] {
  return edits.filter((edit) => edit.field === field).map(({ act }) => act);
}

function ordered(edits: readonly FieldEdit[]): FieldEdit[] {
  return edits.toSorted((a, b) => (a.field === b.field ? 0 : a.field < b.field ? -1 : 1));
}
