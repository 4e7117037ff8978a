import { type Request, Router } from 'express';
import { ledgerPageRequestSchema } from '#schema/api/ledger-page.ts';
import { pullRequestSchema, pushRequestSchema, snapshotQuerySchema, syncReportSchema } from '#schema/sync/messages.ts';
import { readLedgerPage } from '../db/ledger-pages.ts';
import type { Deps } from '../deps.ts';
import { AheadWriter, ReaderGone } from '../http/ahead-writer.ts';
import { handle, Reply, STREAMED } from '../http/handle.ts';
import { answerReport } from '../sync/reports.ts';
import {
  answerPull,
  answerPush,
  answerSnapshot,
  checkProtocol,
  checkReaderOf,
  peerOf,
  type SyncPeer,
} from '../sync/sync-service.ts';

const SNAPSHOT_HEADERS = { 'Content-Type': 'application/x-ndjson; charset=utf-8', 'Cache-Control': 'no-store' };

/**
 * Push, pull, snapshot and pages of old ledger lines, to be mounted under `/api/sync`. Every request carries a member's session and the device's token (SY5).
 */
export function syncRoutes(deps: Deps): Router {
  const router = Router();

  const senderOf = async (request: Request): Promise<SyncPeer> => {
    const { identity, device } = await deps.sessions.requireWithDevice(request);
    return peerOf(identity.tenantId, device);
  };
  const readerOf = (request: Request): Promise<SyncPeer> => {
    checkProtocol(request.get('x-protocol-version') ?? null);
    return senderOf(request);
  };

  router.post(
    '/push',
    handle({ body: pushRequestSchema }, async ({ body, request }) => answerPush(deps, await senderOf(request), body)),
  );

  router.post(
    '/pull',
    handle({ body: pullRequestSchema }, async ({ body, request }) => {
      const json = await answerPull(deps, await readerOf(request), body);
      return new Reply(200, json, { 'Content-Type': 'application/json; charset=utf-8' });
    }),
  );

  router.get(
    '/snapshot',
    handle({ query: snapshotQuerySchema }, async ({ query, request, response }) => {
      const peer = await readerOf(request);
      const writer = new AheadWriter(request, response, SNAPSHOT_HEADERS);
      await answerSnapshot({ ...deps, store: deps.snapshotStore }, peer, query, writer.write).catch((error: unknown) => {
        // It asks for the rest, behind the last mark it got.
        if (!(error instanceof ReaderGone)) throw error;
      });
      await writer.end();
      return STREAMED;
    }),
  );

  router.post(
    '/ledger',
    handle({ body: ledgerPageRequestSchema }, async ({ body, request }) => {
      const peer = await readerOf(request);
      checkReaderOf(peer, body.kind);
      return readLedgerPage(deps.pool, peer.tenantId, body);
    }),
  );

  router.post(
    '/report',
    handle({ body: syncReportSchema }, async ({ body, request }) => {
      await answerReport(deps, await readerOf(request), body);
    }),
  );
  return router;
}
