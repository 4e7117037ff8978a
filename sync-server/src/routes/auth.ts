import { type Request, type Response, Router } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { z } from 'zod';
import { defaultShop, shopCountrySchema } from '#schema/domain/default-shop.ts';
import { nameSchema } from '#schema/fields.ts';
import { currencySchema } from '#schema/money.ts';
import { type SignInResponse, signInRequestSchema } from '#schema/sync/messages.ts';
import { createPharmacy, SESSION_MS, signIn, signOut } from '../auth/accounts.ts';
import type { Deps } from '../deps.ts';
import { demandActor, handle, parse, SESSION_COOKIE, tokenOf } from '../http/handle.ts';
import { HttpProblem } from '../http/http-problem.ts';

/** Failed sign-ins of one address and account before it must wait. */
const FAILED_SIGN_INS_MAX = 10;
const FAILED_WINDOW_S = 15 * 60;

export const createTenantRequestSchema = z.strictObject({
  email: z.email().max(254),
  password: z.string().min(10, 'must have at least 10 characters').max(200),
  name: nameSchema,
  pharmacy: nameSchema,
  country: shopCountrySchema,
  currency: currencySchema,
  timeZone: z.string().min(1).max(64),
});

/** Sign-in, sign-out, the first run. */
export function authRoutes(deps: Deps): Router {
  const router = Router();
  const failures = new RateLimiterMemory({ points: FAILED_SIGN_INS_MAX, duration: FAILED_WINDOW_S });

  router.post(
    '/auth/sign-in',
    handle(async (request, response) => {
      const input = parse(signInRequestSchema, request.body);
      const key = `${request.ip} ${input.email.toLowerCase()}`;
      const spent = await failures.get(key);
      if (spent !== null && spent.remainingPoints <= 0) throw tooMany(spent);
      try {
        return withCookie(request, response, await signIn(deps, input));
      } catch (error) {
        if (error instanceof HttpProblem && error.code === 'wrong_credentials') await failures.penalty(key);
        throw error;
      }
    }),
  );
  router.post(
    '/tenants',
    handle(async (request, response) => {
      const { email, password, name, pharmacy, country, currency, timeZone } = parse(createTenantRequestSchema, request.body);
      if (!isTimeZone(timeZone))
        throw new HttpProblem('invalid_request', {
          errors: [{ field: 'timeZone', problem: 'is no time zone', remedy: 'Give an IANA zone such as Europe/Paris.' }],
        });
      const createdOn = new Date(deps.env.now()).toISOString().slice(0, 10);
      const shop = { ...defaultShop({ country, currency, timeZone, createdOn }), name: pharmacy };
      response.status(201);
      return withCookie(request, response, await createPharmacy(deps, { email, password, name, shop }));
    }),
  );
  router.get(
    '/auth/session',
    handle((request) => demandActor(deps, request)),
  );
  router.post(
    '/auth/sign-out',
    handle(async (request, response) => {
      const actor = await demandActor(deps, request);
      await signOut(deps, tokenOf(request) ?? '', actor);
      response.clearCookie(SESSION_COOKIE, { path: '/' });
      return {};
    }),
  );
  return router;
}

function withCookie(request: Request, response: Response, session: SignInResponse): SignInResponse {
  response.cookie(SESSION_COOKIE, session.accessToken, {
    httpOnly: true,
    sameSite: 'strict',
    secure: request.secure,
    path: '/',
    maxAge: SESSION_MS,
  });
  return session;
}

function tooMany(spent: RateLimiterRes): HttpProblem {
  return new HttpProblem('too_many_sign_ins', { retryAfterS: Math.ceil(spent.msBeforeNext / 1_000) });
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
