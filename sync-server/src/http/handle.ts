import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { type Action, canDo } from '#schema/permissions.ts';
import { type Actor, actorOfToken } from '../auth/accounts.ts';
import type { Deps } from '../deps.ts';
import { HttpProblem, invalidInput } from './http-problem.ts';

/** The cookie that holds a browser's session. */
export const SESSION_COOKIE = 'pharmasaas_session';

/** The token a request carries: bearer for programs, cookie for browsers; null for none. */
export function tokenOf(request: {
  headers: { authorization?: string | undefined; cookie?: string | undefined };
}): string | null {
  const bearer = /^Bearer ([0-9a-z]{20,100})$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer) return bearer;
  const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim().split('='));
  return cookies.find(([name]) => name === SESSION_COOKIE)?.[1] ?? null;
}

/** Parses what a request must be; errors name the field (400). */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidInput(parsed.error);
  return parsed.data;
}

/** Who asks. Errors, in order: `sign_in_required`, `role_not_allowed` when an action is named. */
export async function demandActor(deps: Deps, request: Request, action?: Action): Promise<Actor> {
  const token = tokenOf(request);
  const actor = token === null ? null : await actorOfToken(deps, token);
  if (!actor) throw new HttpProblem('sign_in_required');
  if (action !== undefined && !canDo(actor.role, action)) throw new HttpProblem('role_not_allowed');
  return actor;
}

/** A handler whose answer is JSON; what it throws becomes a problem at the one exit. */
export function handle(work: (request: Request, response: Response) => Promise<unknown>): RequestHandler {
  return (request, response, next) => {
    work(request, response).then((answer) => {
      if (!response.headersSent) response.setHeader('Cache-Control', 'no-store').json(answer);
    }, next);
  };
}
