import { z } from 'zod';

/**
 * What can be wrong with a request, and what to tell whoever sent it: one table for the server's answers and for screens.
 * Answers have the shape of RFC 9457 (`application/problem+json`). Programs branch on `code`; the sentences may change.
 */

interface ErrorEntry {
  /** HTTP status. */
  readonly status: number;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  /** One sentence: what happened and, where it helps, what to do. */
  readonly message: string;
}

/** code → status, retryability and sentence. The codes are part of the wire contract and never change their meaning. */
export const ERRORS = {
  malformed_json: { status: 400, retryable: false, message: 'The body is not valid JSON.' },
  invalid_request: { status: 400, retryable: false, message: 'The request has values that cannot be accepted.' },
  unknown_key: { status: 400, retryable: false, message: 'The request has fields that are not known here. Remove them.' },
  sign_in_required: { status: 401, retryable: false, message: 'Sign in first.' },
  wrong_credentials: { status: 401, retryable: false, message: 'E-mail or password is wrong.' },
  device_not_enrolled: { status: 401, retryable: false, message: 'This device is not enrolled here. Enrol it again.' },
  device_lost: {
    status: 401,
    retryable: false,
    message: 'This tablet was declared lost. It may only send what it holds; enrol it again to go on.',
  },
  role_not_allowed: { status: 403, retryable: false, message: 'Your role may not do this. Ask a manager.' },
  origin_not_allowed: { status: 403, retryable: false, message: 'This request came from another site.' },
  password_change_required: {
    status: 403,
    retryable: false,
    message: 'Somebody else chose this password. Choose your own first.',
  },
  not_a_member: { status: 403, retryable: false, message: 'You are not a member of this pharmacy.' },
  kind_not_held: {
    status: 403,
    retryable: false,
    message: 'This device is not one that keeps records of this kind. Look at them on one that does.',
  },
  not_found: { status: 404, retryable: false, message: 'There is nothing here.' },
  method_not_allowed: { status: 405, retryable: false, message: 'This address does not take that method.' },
  act_refused: { status: 409, retryable: false, message: 'This was refused. Nothing has been changed.' },
  gap: { status: 409, retryable: true, message: 'Acts before these are missing. Send from the expected number on.' },
  forked: {
    status: 409,
    retryable: false,
    message: 'This device sent two different acts under one number. A manager has to look at it.',
  },
  rebuild: { status: 409, retryable: true, message: 'The data here was restored. Fetch a snapshot.' },
  snapshot_required: { status: 409, retryable: true, message: 'Too far behind for single pages. Fetch a snapshot.' },
  idempotency_key_reused: {
    status: 409,
    retryable: false,
    message: 'This Idempotency-Key was used for another request. Use a new one.',
  },
  idempotency_in_progress: { status: 409, retryable: true, message: 'A request with this Idempotency-Key is being worked on.' },
  email_taken: { status: 409, retryable: false, message: 'An account with this e-mail exists already.' },
  import_running: { status: 409, retryable: true, message: 'An import is running in this pharmacy. Wait for it or cancel it.' },
  body_too_large: { status: 413, retryable: false, message: 'The body is larger than allowed here.' },
  unsupported_media_type: { status: 415, retryable: false, message: 'This address takes another content type.' },
  update_required: {
    status: 426,
    retryable: false,
    message: 'This app is too old for the server. Update it; what is unsent is kept.',
  },
  too_many_requests: { status: 429, retryable: true, message: 'Too many requests. Wait a moment.' },
  too_many_sign_ins: { status: 429, retryable: true, message: 'Too many failed sign-ins. Wait before the next try.' },
  internal_error: { status: 500, retryable: true, message: 'Something went wrong here. It has been noted.' },
  unavailable: { status: 503, retryable: true, message: 'The server cannot work on this just now. Try again shortly.' },
} as const satisfies Record<string, ErrorEntry>;

/** Stable name of a failure. */
export type ErrorCode = keyof typeof ERRORS;

/** One field of a request that is wrong: which, what is wrong with its value, and what would be right. */
export const fieldProblemSchema = z.strictObject({ field: z.string(), problem: z.string(), remedy: z.string() });
export type FieldProblem = z.infer<typeof fieldProblemSchema>;

/** Body of every failed answer (RFC 9457); `code`, `retryable`, `errors` and `details` are extension members. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  retryable: z.boolean(),
  errors: z.array(fieldProblemSchema),
  details: z.record(z.string(), z.json()),
});
export type Problem = z.infer<typeof problemSchema>;

/** Makes the body of a failed answer. `detail` defaults to the table's sentence. */
export function problemOf(
  code: ErrorCode,
  more: { readonly detail?: string; readonly errors?: readonly FieldProblem[]; readonly details?: Problem['details'] } = {},
): Problem {
  const { status, retryable, message } = ERRORS[code];
  return {
    type: `urn:pharmasaas:error:${code}`,
    title: message,
    status,
    detail: more.detail ?? message,
    code,
    retryable,
    errors: [...(more.errors ?? [])],
    details: more.details ?? {},
  };
}

/** Says of each issue of a failed zod parse which field it is about, what is wrong and what to do. At most 20. */
export function fieldProblemsOf(error: z.ZodError, prefix = ''): FieldProblem[] {
  return error.issues.slice(0, 20).flatMap((issue) => {
    const at = [prefix, ...issue.path.map(String)].filter((part) => part !== '').join('.');
    if (issue.code !== 'unrecognized_keys') return [{ field: at, problem: issue.message, remedy: remedyOf(issue) }];
    return issue.keys.map((name) => ({
      field: at === '' ? name : `${at}.${name}`,
      problem: 'This field is not known.',
      remedy: 'Remove it, or check its spelling.',
    }));
  });
}

function remedyOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Give a value of type ${issue.expected}.`;
    case 'too_big':
      return `Give at most ${String(issue.maximum)}.`;
    case 'too_small':
      return `Give at least ${String(issue.minimum)}.`;
    case 'invalid_value':
      return `Give one of: ${issue.values.map(String).join(', ')}.`;
    default:
      return 'Give a value of the form described.';
  }
}
