import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { changePasswordRequestSchema, createTenantRequestSchema, switchTenantRequestSchema } from '#schema/api/organisation.ts';
import { type SignInResponse, signInRequestSchema } from '#schema/sync/messages.ts';
import { createPharmacy } from '../auth/create-pharmacy.ts';
import { hashPassword, verifyPassword } from '../auth/passwords.ts';
import { clearSessionCookie, setSessionCookie, tokenOf } from '../auth/sessions.ts';
import { audit, signIn, tenantsOf } from '../auth/sign-in.ts';
import type { Deps } from '../deps.ts';
import { handle, Reply } from '../http/handle.ts';
import { HttpProblem } from '../http/http-problem.ts';

/** Sign-in, sign-out, the session, first run. */
export function authRoutes(deps: Deps): Router {
  const router = Router();
  const answer = (request: Request, response: Response, signedIn: SignInResponse) => {
    setSessionCookie(request, response, signedIn.accessToken);
    return signedIn;
  };

  router.post(
    '/auth/sign-in',
    handle({ body: signInRequestSchema }, async ({ body, request, response }) =>
      answer(request, response, await signIn(deps, body, addressOf(request))),
    ),
  );

  router.post(
    '/tenants',
    handle({ body: createTenantRequestSchema }, async ({ body, request, response }) => {
      // Counted like a failed sign-in: this route, too, tells whether a password fits an account.
      await deps.signInLimits.check(body.email, addressOf(request));
      await deps.signInLimits.fail(body.email, addressOf(request));
      return answer(request, response, await createPharmacy(deps, body));
    }),
  );

  router.post(
    '/auth/sign-out',
    handle({ body: z.strictObject({}).optional() }, async ({ request, response }) => {
      const token = tokenOf(request.headers);
      clearSessionCookie(request, response);
      if (token === null) return new Reply(204, null);
      const identity = await deps.sessions.identify(token).catch(() => null);
      await deps.identities.endSession(deps.env.sha256(token));
      if (identity) {
        await audit(deps, identity.tenantId, identity.userId, 'auth.signOut', 'signed_out');
        deps.sockets.endSession(identity.tokenHash);
      }
      return new Reply(204, null);
    }),
  );

  router.get(
    '/auth/session',
    handle({}, async ({ request }) => {
      const { userId, name, email, tenantId, role, expiresAt, mustChangePassword } =
        await deps.sessions.requireAnyPassword(request);
      const tenants = await tenantsOf(deps, userId);
      const tenant = tenants.find(({ id }) => id === tenantId);
      if (!tenant) throw new HttpProblem('not_a_member');
      return {
        expiresAt,
        user: { id: userId, name, email },
        tenant: { id: tenant.id, name: tenant.name },
        role,
        tenants,
        mustChangePassword,
      };
    }),
  );

  router.post(
    '/auth/switch-tenant',
    handle({ body: switchTenantRequestSchema }, async ({ body, request, response }) => {
      const identity = await deps.sessions.requireAnyPassword(request);
      const tenants = await tenantsOf(deps, identity.userId);
      const tenant = tenants.find(({ id }) => id === body.tenantId);
      if (!tenant) throw new HttpProblem('not_a_member');
      await deps.identities.switchSession(identity.tokenHash, tenant.id);
      await audit(deps, tenant.id, identity.userId, 'auth.switchTenant', 'signed_in');
      deps.sockets.endSession(identity.tokenHash);
      const { userId, name, email, expiresAt, mustChangePassword } = identity;
      return answer(request, response, {
        accessToken: tokenOf(request.headers) ?? '',
        expiresAt,
        user: { id: userId, name, email },
        tenant: { id: tenant.id, name: tenant.name },
        role: tenant.role,
        tenants,
        mustChangePassword,
        rescueKey: deps.rescueKeys.publicKeyOf(tenant.id),
      });
    }),
  );

  router.post(
    '/auth/password',
    handle({ body: changePasswordRequestSchema }, async ({ body, request }) => {
      const identity = await deps.sessions.requireAnyPassword(request);
      await deps.signInLimits.check(identity.email, addressOf(request));
      const user = await deps.identities.userByEmail(identity.email);
      if (!(await verifyPassword(user?.passwordHash ?? null, body.password))) {
        await deps.signInLimits.fail(identity.email, addressOf(request));
        throw new HttpProblem('wrong_credentials', { detail: 'The present password is wrong.' });
      }
      await deps.identities.setPassword(identity.userId, await hashPassword(body.newPassword), identity.tokenHash);
      await audit(deps, identity.tenantId, identity.userId, 'auth.changePassword', 'password_changed');
      return new Reply(204, null);
    }),
  );
  return router;
}

function addressOf(request: Request): string {
  return request.ip ?? 'unknown';
}
