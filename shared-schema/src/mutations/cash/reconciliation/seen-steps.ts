import { z } from 'zod';
import type { Json } from '../../../canonical-json.ts';
import { refSchema } from '../../../fields.ts';
import { type Reconciliation, STEPS_MAX } from '../../../records/reconciliation.ts';
import { type Refused, refuse } from '../../define.ts';

/**
 * What a decision about a reconciliation saw of it. The revision alone is not enough: made offline, it counts the maker's own acts, of which
 * the server may have refused one while as many of somebody else's were accepted; the number is then the same and the content is not (case 7).
 */

/** Ids of the steps on the screen; null where it is not said. */
export const seenStepsSchema = z.array(refSchema).max(STEPS_MAX).nullable();

/** Arguments of the first version, which named the revision only. */
export function withoutSteps(args: Readonly<Record<string, Json>>): Record<string, Json> {
  return { ...args, steps: null };
}

/** Refuses with `reconciliation_changed` when what was seen is not what stands now; names who added the newest step that was not seen. */
export function whyChanged(
  seen: { readonly revision: number; readonly steps: readonly string[] | null },
  now: Pick<Reconciliation, 'revision' | 'steps'>,
): Refused | null {
  const known = new Set(seen.steps ?? now.steps.map(({ id }) => id));
  const unseen = now.steps.filter(({ id }) => !known.has(id));
  if (now.revision === seen.revision && unseen.length === 0 && known.size === now.steps.length) return null;
  const newest = unseen.at(-1);
  return refuse('reconciliation_changed', {
    seen: seen.revision,
    revision: now.revision,
    changedBy: newest?.addedBy ?? null,
    changedAt: newest?.addedAt ?? null,
  });
}
