import type { z } from 'zod';
import { ERRORS, type ErrorCode, type FieldProblem, fieldProblemsOf, type Problem } from '#schema/errors.ts';

/** What a handler throws to answer with a problem; `sendProblem` is the only place that turns it into a response. */
export class HttpProblem extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldProblem[];
  readonly details: Problem['details'];
  /** Seconds after which to try again; sent as `Retry-After`. */
  readonly retryAfterS: number | null;

  constructor(
    code: ErrorCode,
    more: {
      readonly detail?: string;
      readonly errors?: readonly FieldProblem[];
      readonly details?: Problem['details'];
      readonly retryAfterS?: number;
    } = {},
  ) {
    super(more.detail ?? ERRORS[code].message);
    this.name = 'HttpProblem';
    this.code = code;
    this.errors = more.errors ?? [];
    this.details = more.details ?? {};
    this.retryAfterS = more.retryAfterS ?? null;
  }
}

/** The problem for input that failed its schema: `unknown_key` when nothing else is wrong, else `invalid_request`. */
export function invalidInput(error: z.ZodError, prefix = ''): HttpProblem {
  const onlyUnknown = error.issues.every((issue) => issue.code === 'unrecognized_keys');
  return new HttpProblem(onlyUnknown ? 'unknown_key' : 'invalid_request', { errors: fieldProblemsOf(error, prefix) });
}
