import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import { HttpProblem } from './http-problem.ts';

/** Whether a request comes from a page of this server itself, or from no page at all (programs send no Origin). */
export function isOwnOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

/** Refuses writes that another site's page makes with this browser's cookie. */
export const refuseForeignOrigin: RequestHandler = (request, _response, next) => {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  next(isRead || isOwnOrigin(request.headers) ? undefined : new HttpProblem('origin_not_allowed'));
};
