import { z } from 'zod';
import { noteSchema, refSchema } from '../../fields.ts';
import { accept, defineDecision, key, put, refuse } from '../define.ts';

/** Closes something a person had to look at. Refuses, in order: `exception_not_found`, `exception_already_resolved`. */
export const resolveException = defineDecision({
  name: 'exception.resolve',
  version: 1,
  args: z.strictObject({ exceptionId: refSchema, resolution: noteSchema }),
  reads: ({ exceptionId }) => [key('exception', exceptionId)],
  decide({ exceptionId, resolution }, records, context) {
    const exception = records.get('exception', exceptionId);
    if (!exception) return refuse('exception_not_found', { exceptionId });
    if (exception.status === 'resolved') return refuse('exception_already_resolved', { resolvedBy: exception.resolvedBy });
    const resolved = {
      ...exception,
      status: 'resolved' as const,
      resolvedBy: context.actorId,
      resolvedAt: context.occurredAt,
      resolution,
    };
    return accept([put('exception', resolved)], { events: ['exception_resolved'] });
  },
});
