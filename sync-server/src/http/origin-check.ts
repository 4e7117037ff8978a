import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { HttpProblem } from './http-problem.ts';

/**
 * Whether a request comes from our own pages or from a program: browsers name the page's origin in everything that changes state and in
 * every socket; it must be the address they are talking to. Programs send none.
 */
export function isOwnOrigin(request: Pick<IncomingMessage, 'headers'>): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return request.headers['sec-fetch-site'] !== 'cross-site';
  if (!URL.canParse(origin)) return false;
  return new URL(origin).host === host;
}

/** Refuses state-changing requests that another site's page sends (`origin_not_allowed`). */
export const checkOrigin: RequestHandler = (request, _response, next) => {
  const isSafe = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
  if (!isSafe && !isOwnOrigin(request)) throw new HttpProblem('origin_not_allowed');
  next();
};
