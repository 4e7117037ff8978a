import type { Request, RequestHandler } from 'express';
import { HttpProblem } from './http-problem.ts';

/** Most requests under way at once: of all, and of one tenant. */
export interface AdmissionLimits {
  readonly all: number;
  readonly each: number;
}

/** Of all requests to the API. */
export const API_LIMITS: AdmissionLimits = { all: 500, each: 100 };
/** Of snapshots: each keeps up to some megabytes in memory for as long as its tablet takes to read them (`ahead-writer.ts`). */
export const SNAPSHOT_LIMITS: AdmissionLimits = { all: 40, each: 10 };

/**
 * Counts the requests under way and turns away what is too much, before anything is read or done for it (SY12). Nobody holds more than half of what is left, so that
 * there is room for one more however many storm. `whoseOf` names who is counted; it must be cheap.
 * Errors, in order: `unavailable` (too much in all), `too_many_requests` (too much of this one), both with `Retry-After`.
 */
export function admission({ all, each }: AdmissionLimits, whoseOf: (request: Request) => string): RequestHandler {
  const underWay = new Map<string, number>();
  let left = all;
  return (request, response, next) => {
    const whose = whoseOf(request);
    const own = underWay.get(whose) ?? 0;
    const ownMax = Math.min(each, Math.floor(left / 2));
    if (ownMax === 0) throw new HttpProblem('unavailable', { retryAfterS: 2 });
    if (own >= ownMax) throw new HttpProblem('too_many_requests', { retryAfterS: 1 });
    left -= 1;
    underWay.set(whose, own + 1);
    response.once('close', () => {
      left += 1;
      const rest = (underWay.get(whose) ?? 0) - 1;
      if (rest > 0) underWay.set(whose, rest);
      else underWay.delete(whose);
    });
    next();
  };
}
