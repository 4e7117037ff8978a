import { z } from 'zod';
import { noteSchema } from '../../fields.ts';
import { accept, defineFact, put } from '../define.ts';

/** What questions about act `n` of a device stand under: the `parent` of their exceptions. */
export function askedAboutId(deviceId: string, n: number): string {
  return `${deviceId}-${n}`;
}

/**
 * Somebody does not know what to do about an act of this tablet and asks a manager (SY23): a task that names the act, what became of it, and the question. The act itself
 * lies in the log; nothing changes but that somebody looks.
 */
export const askManager = defineFact({
  name: 'exception.ask',
  version: 1,
  args: z.strictObject({
    n: z.int().min(1),
    mutationName: z.string().min(1).max(60),
    /** What the receipt, or the tablet itself, says of the act. */
    codes: z.array(z.string().max(60)).max(19),
    question: noteSchema.min(1),
  }),
  reads: () => [],
  decide({ n, mutationName, codes, question }, _records, context) {
    const exception = {
      id: context.newId(0),
      type: 'flag' as const,
      codes: ['manager_asked', ...codes],
      deviceId: context.deviceId,
      n,
      mutationName,
      actorId: context.actorId,
      aboutKind: 'mutation',
      aboutId: askedAboutId(context.deviceId, n),
      details: { question },
      amountMinor: null,
      units: null,
      status: 'open' as const,
      raisedAt: context.occurredAt,
      resolvedBy: null,
      resolvedAt: null,
      resolution: null,
    };
    return accept([put('exception', exception)], { events: ['manager_asked'] });
  },
});
