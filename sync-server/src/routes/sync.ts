import express, { type Request, Router } from 'express';
import {
  enrolRequestSchema,
  PROTOCOL_OLDEST,
  PUSH_BYTES_MAX,
  pullRequestSchema,
  pushRequestSchema,
} from '#schema/sync/messages.ts';
import { TenantBusy } from '../apply/door.ts';
import { enrolDevice, findDeviceByToken } from '../apply/tenants.ts';
import type { Deps } from '../deps.ts';
import { demandActor, handle, parse } from '../http/handle.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { pull } from '../sync/pull.ts';
import { streamSnapshot } from '../sync/snapshot.ts';

/** Devices and their sync: thin, everything is decided behind the door. */
export function syncRoutes(deps: Deps): Router {
  const router = Router();

  router.post(
    '/devices',
    express.json({ limit: '16kb' }),
    handle(async (request, response) => {
      const actor = await demandActor(deps, request);
      const { name, set } = parse(enrolRequestSchema, request.body);
      const businessOn = new Date(deps.env.now()).toISOString().slice(0, 10);
      const device = await enrolDevice(deps, actor.tenantId, { name, set, enrolledBy: actor.userId, businessOn });
      response.status(201);
      return { ...device, name, set };
    }),
  );

  router.post(
    '/sync/push',
    express.json({ limit: PUSH_BYTES_MAX + 1_024 }),
    handle(async (request) => {
      const { actor, device } = await demandDevice(deps, request);
      const { mutations, lastHash } = parse(pushRequestSchema, request.body);
      const outcome = await deps.door
        .submit(actor.tenantId, { kind: 'push', deviceId: device.id, received: mutations, lastHash })
        .catch((error: unknown) => {
          throw error instanceof TenantBusy ? new HttpProblem('too_many_requests', { retryAfterS: error.retryAfterS }) : error;
        });
      switch (outcome.kind) {
        case 'receipts':
          return { epoch: outcome.epoch, seq: outcome.seq, serverTime: deps.env.now(), receipts: outcome.receipts };
        case 'gap':
          throw new HttpProblem('gap', { details: { expected: outcome.expected } });
        case 'forked':
          throw new HttpProblem('forked', { details: { n: outcome.n } });
        case 'unknown_device':
          throw new HttpProblem('device_not_enrolled');
      }
    }),
  );

  router.post(
    '/sync/pull',
    express.json({ limit: '16kb' }),
    handle(async (request, response) => {
      const { actor, device } = await demandDevice(deps, request);
      demandProtocol(request);
      const outcome = await pull(deps, actor.tenantId, device.id, parse(pullRequestSchema, request.body));
      if (outcome.kind !== 'page') throw new HttpProblem(outcome.kind, { details: { epoch: outcome.epoch } });
      response.setHeader('Cache-Control', 'no-store').type('application/json').send(outcome.json);
      return null;
    }),
  );

  router.get(
    '/sync/snapshot',
    handle(async (request, response) => {
      const { actor, device } = await demandDevice(deps, request);
      demandProtocol(request);
      response.setHeader('Cache-Control', 'no-store').type('application/x-ndjson');
      await streamSnapshot(deps, actor.tenantId, device.id, async (chunk) => {
        if (response.destroyed) throw new HttpProblem('invalid_request', { detail: 'The device hung up.' });
        if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
      });
      response.end();
      return null;
    }),
  );
  return router;
}

/** The device a sync request comes from. Errors, in order: `sign_in_required`, `device_not_enrolled`. */
async function demandDevice(deps: Deps, request: Request) {
  const actor = await demandActor(deps, request);
  const device = await findDeviceByToken(deps, actor.tenantId, request.header('x-device-token') ?? '');
  if (!device) throw new HttpProblem('device_not_enrolled');
  return { actor, device };
}

/** Only pushing is open to a client that is too old (SY13). */
function demandProtocol(request: Request): void {
  if (Number(request.header('x-protocol-version') ?? PROTOCOL_OLDEST) < PROTOCOL_OLDEST) throw new HttpProblem('update_required');
}
