import { actsBehind } from '#schema/records/field-edit.ts';
import type { Item, ItemFields } from '#schema/records/item.ts';

/** The fields a person edits on the product page. */
export type EditedFields = Pick<
  ItemFields,
  | 'name'
  | 'packLabel'
  | 'substances'
  | 'strength'
  | 'form'
  | 'unitsPerPack'
  | 'packPriceMinor'
  | 'vatRateBp'
  | 'schedule'
  | 'coldChain'
>;

/**
 * What was really changed, as an edit names it: `from` is the value the editor saw when it opened, not the one that is there now, so that
 * somebody else's change in between becomes a conflict instead of being overwritten (case 15). What protects somebody also names who had set
 * it, so that clearing it clears nothing that was not seen (case 17). Empty when nothing differs.
 */
export function changesOf(seen: Item, wanted: EditedFields): Partial<Record<keyof EditedFields, EditedField>> {
  const changes: Partial<Record<keyof EditedFields, EditedField>> = {};
  for (const field of Object.keys(wanted) as (keyof EditedFields)[]) {
    if (seen[field] === wanted[field]) continue;
    const isSafety = field === 'schedule' || field === 'coldChain';
    changes[field] = {
      from: seen[field],
      to: wanted[field],
      ...(isSafety ? { setBy: actsBehind(seen.edits, field) } : {}),
    };
  }
  return changes;
}

interface EditedField {
  readonly from: unknown;
  readonly to: unknown;
  readonly setBy?: readonly string[];
}
