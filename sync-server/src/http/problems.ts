import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { type ErrorCode, problemOf } from '#schema/errors.ts';
import { TenantBusy } from '../apply/door.ts';
import type { DatabaseLog } from '../db/database-log.ts';
import { HttpProblem } from './http-problem.ts';

/** Writes a problem as the answer (RFC 9457). */
export function sendProblem(response: Response, problem: HttpProblem): void {
  const body = problemOf(problem.code, { detail: problem.message, errors: problem.errors, details: problem.details });
  if (problem.retryAfterS !== null) response.setHeader('Retry-After', String(problem.retryAfterS));
  if (body.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response.setHeader('Cache-Control', 'no-store');
  response.status(body.status).type('application/problem+json').send(JSON.stringify(body));
}

/** Body-parser's error types → our codes. */
const BODY_ERRORS: Readonly<Record<string, ErrorCode>> = {
  'entity.parse.failed': 'malformed_json',
  'entity.too.large': 'body_too_large',
  'encoding.unsupported': 'unsupported_media_type',
  'charset.unsupported': 'unsupported_media_type',
  'request.aborted': 'invalid_request',
  'request.size.invalid': 'invalid_request',
  'entity.verify.failed': 'invalid_request',
};

/** SQLSTATE classes and system errors that say the database is away, not that we are wrong. */
const UNAVAILABLE = /^(08...|57P0[123]|53...|55P03|57014|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE)$/;

/** Turns anything thrown into a problem; what nobody expected is logged with its stack and answers 500 without details. */
export function problemHandler(log: DatabaseLog): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const problem = toProblem(error);
    // What was turned away on purpose is no failure.
    const isFailure = problem.code === 'internal_error' || problem.code === 'unavailable';
    if (isFailure && !(error instanceof HttpProblem || error instanceof TenantBusy)) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log.error({ method: request.method, path: request.path, reason }, 'Request failed');
    }
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
  };
}

/** The problem that stands for an error. */
export function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof TenantBusy) return new HttpProblem('unavailable', { retryAfterS: error.retryAfterS });
  if (!(error instanceof Error)) return new HttpProblem('internal_error');
  const type = 'type' in error && typeof error.type === 'string' ? error.type : '';
  const bodyCode = BODY_ERRORS[type];
  if (bodyCode) return new HttpProblem(bodyCode);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (UNAVAILABLE.test(code) || /timeout exceeded when trying to connect|Connection terminated/.test(error.message))
    return new HttpProblem('unavailable', { retryAfterS: 2 });
  if (error instanceof URIError) return new HttpProblem('invalid_request', { detail: 'The address is not readable.' });
  return new HttpProblem('internal_error');
}

/** Answers 404 for addresses under `/api` that no route took. */
export const unknownRoute: RequestHandler = () => {
  throw new HttpProblem('not_found', { detail: 'There is no such address.' });
};
