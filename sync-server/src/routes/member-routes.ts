import { Router } from 'express';
import type { z } from 'zod';
import type { devicesResponseSchema } from '#schema/api/devices.ts';
import { addMemberRequestSchema } from '#schema/api/organisation.ts';
import { enrolRequestSchema } from '#schema/sync/messages.ts';
import { actAs } from '../apply/act-as.ts';
import { enrolDevice } from '../apply/tenants.ts';
import { createUser } from '../auth/create-pharmacy.ts';
import { readTablets } from '../db/tenant-reads.ts';
import type { Deps } from '../deps.ts';
import { handle, Reply } from '../http/handle.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { actingAs } from './acting.ts';
import { refuseUnlessKept } from './refused-act.ts';

const ONE_TIME_PASSWORD_LENGTH = 12;

/** Members and devices of the pharmacy that is being worked in. */
export function memberRoutes(deps: Deps): Router {
  const router = Router();

  router.post(
    '/members',
    handle({ body: addMemberRequestSchema }, async ({ body, request }) => {
      const identity = await deps.sessions.require(request, 'member.add');
      if (body.role === 'owner' && identity.role !== 'owner')
        throw new HttpProblem('role_not_allowed', { detail: 'Only an owner may add another owner.' });
      const known = await deps.identities.userByEmail(body.email);
      const oneTimePassword = known ? null : deps.env.randomId(ONE_TIME_PASSWORD_LENGTH);
      const user = known ?? (await createUser(deps, { ...body, password: oneTimePassword ?? '', mustChangePassword: true }));
      // Before the act: a membership without a member record gives nothing, the other way round nobody could sign in.
      await deps.identities.addMembership(user.id, identity.tenantId, deps.env.now());
      const { role } = body;
      const acting = await actingAs(deps, identity, 'api');
      const outcome = await actAs(deps.door, acting, [{ name: 'member.add', args: { userId: user.id, name: body.name, role } }]);
      refuseUnlessKept(outcome.receipts[0]);
      return new Reply(201, { userId: user.id, oneTimePassword });
    }),
  );

  router.get(
    '/devices',
    handle({}, async ({ request }): Promise<z.infer<typeof devicesResponseSchema>> => {
      const { tenantId } = await deps.sessions.require(request, 'view.devices');
      return { devices: await readTablets(deps.pool, tenantId) };
    }),
  );

  router.post(
    '/devices',
    handle({ body: enrolRequestSchema }, async ({ body, request }) => {
      const identity = await deps.sessions.require(request);
      const { businessOn } = await actingAs(deps, identity, 'worker');
      const enrolled = await enrolDevice(deps, identity.tenantId, { ...body, enrolledBy: identity.userId, businessOn });
      return new Reply(201, { ...enrolled, name: body.name });
    }),
  );
  return router;
}
