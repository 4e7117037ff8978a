import { once } from 'node:events';
import { type Request, type Response, Router } from 'express';
import {
  PROTOCOL_OLDEST,
  PROTOCOL_VERSION,
  type PushResponse,
  pullRequestSchema,
  pushRequestSchema,
} from '#schema/sync/messages.ts';
import { findDeviceByToken } from '../apply/tenants.ts';
import type { Identity } from '../auth/sessions.ts';
import type { Deps } from '../deps.ts';
import { handle, Reply, STREAMED } from '../http/handle.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { pull } from '../sync/pull.ts';
import { streamSnapshot } from '../sync/snapshot.ts';

interface SyncPeer {
  readonly identity: Identity;
  readonly deviceId: string;
  readonly isRevoked: boolean;
}

/**
 * Push, pull and snapshot, to be mounted under `/api/sync`. Every request carries a member's session and the device's token (SY5); a revoked device may only push, into
 * quarantine, and gets receipts and nothing else.
 */
export function syncRoutes(deps: Deps): Router {
  const router = Router();

  const peerOf = async (request: Request): Promise<SyncPeer> => {
    const identity = await deps.sessions.require(request);
    const token = request.headers['x-device-token'];
    if (typeof token !== 'string' || token === '') throw new HttpProblem('device_not_enrolled');
    const device = await findDeviceByToken(deps, identity.tenantId, token);
    if (!device) throw new HttpProblem('device_not_enrolled');
    return { identity, deviceId: device.id, isRevoked: device.status === 'revoked' };
  };
  const readerOf = async (request: Request): Promise<SyncPeer> => {
    checkProtocol(request);
    const peer = await peerOf(request);
    if (peer.isRevoked)
      throw new HttpProblem('device_not_enrolled', { detail: 'This device was revoked. It may only send what it holds.' });
    return peer;
  };

  router.post(
    '/push',
    handle({ body: pushRequestSchema }, async ({ body, request }): Promise<PushResponse> => {
      const { identity, deviceId } = await peerOf(request);
      const { mutations, lastHash } = body;
      const outcome = await deps.door.submit(identity.tenantId, { kind: 'push', deviceId, received: mutations, lastHash });
      switch (outcome.kind) {
        case 'receipts':
          return { epoch: outcome.epoch, seq: outcome.seq, serverTime: deps.env.now(), receipts: [...outcome.receipts] };
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
    '/pull',
    handle({ body: pullRequestSchema }, async ({ body, request }) => {
      const { identity, deviceId } = await readerOf(request);
      const outcome = await pull(deps, identity.tenantId, deviceId, body);
      if (outcome.kind !== 'page') throw new HttpProblem(outcome.kind, { details: { epoch: outcome.epoch } });
      return new Reply(200, outcome.json, { 'Content-Type': 'application/json; charset=utf-8' });
    }),
  );

  router.get(
    '/snapshot',
    handle({}, async ({ request, response }) => {
      const { identity, deviceId } = await readerOf(request);
      response.set({ 'Content-Type': 'application/x-ndjson; charset=utf-8', 'Cache-Control': 'no-store' });
      await streamSnapshot(deps, identity.tenantId, deviceId, async (chunk) => {
        if (response.destroyed) throw new Error('the device hung up');
        if (!response.write(chunk)) await drained(response);
      });
      response.end();
      return STREAMED;
    }),
  );
  return router;
}

/** Until the answer takes more, or its reader is gone; leaves no listener behind. */
async function drained(response: Response): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  waiting.abort();
}

/** Pulls need a protocol the server still speaks; pushing may always be done (SY13). */
function checkProtocol(request: Request): void {
  const spoken = Number(request.headers['x-protocol-version'] ?? PROTOCOL_VERSION);
  if (!(spoken >= PROTOCOL_OLDEST))
    throw new HttpProblem('update_required', { details: { oldest: PROTOCOL_OLDEST, newest: PROTOCOL_VERSION } });
}
