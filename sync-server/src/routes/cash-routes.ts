import { Router } from 'express';
import { z } from 'zod';
import { denominationCountSchema } from '#schema/domain/denominations.ts';
import { recordIdSchema } from '#schema/ids.ts';
import { nonNegativeMinorSchema } from '#schema/money.ts';
import { cashSessionSchema } from '#schema/records/cash-session.ts';
import { methodCountSchema } from '#schema/records/drawer-count.ts';
import { SHOP_ID } from '#schema/records/shop.ts';
import { zoneOffsetMinutes } from '../business-date.ts';
import { pageOfRecords, readRecord } from '../db/tenant-reads.ts';
import type { Deps } from '../deps.ts';
import { handle, Reply } from '../http/handle.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { actOnce } from './act-once.ts';
import { nextCursor, pageQuerySchema } from './page-query.ts';

const idParamsSchema = z.strictObject({ id: recordIdSchema });
const openRequestSchema = z.strictObject({
  tillId: recordIdSchema,
  floatMinor: nonNegativeMinorSchema,
  floatDenominations: z.array(denominationCountSchema).max(40).nullable().default(null),
});
const closeRequestSchema = z.strictObject({ counts: z.array(methodCountSchema).min(1).max(20) });

/**
 * Till sessions and reconciliations. No answer holds the expectation or the variance of a session that is not counted yet: session records never do,
 * and a reconciliation exists only afterwards (C6).
 */
export function cashRoutes(deps: Deps): Router {
  const router = Router();
  const listQuerySchema = pageQuerySchema.extend({
    status: cashSessionSchema.shape.status.optional(),
    tillId: recordIdSchema.optional(),
  });
  router.get(
    '/cash-sessions',
    handle({ query: listQuerySchema }, async ({ query, request }) => {
      const { tenantId } = await deps.sessions.require(request, 'view.reports');
      const { cursor, limit, ...filter } = query;
      const where = {
        ...(filter.status === undefined ? {} : { status: filter.status }),
        ...(filter.tillId === undefined ? {} : { tillId: filter.tillId }),
      };
      const sessions = await pageOfRecords(deps.pool, tenantId, 'cashSession', { afterId: cursor, limit, where });
      return { sessions, next: nextCursor(sessions, limit) };
    }),
  );
  router.post(
    '/cash-sessions',
    handle({ body: openRequestSchema }, async ({ body, request }) => {
      const identity = await deps.sessions.require(request, 'cashSession.open');
      const shop = await readRecord(deps.pool, identity.tenantId, 'shop', SHOP_ID);
      const till = await readRecord(deps.pool, identity.tenantId, 'till', body.tillId);
      if (!shop || !till) throw new HttpProblem('not_found', { detail: 'There is no such till.' });
      const offsetMinutes = zoneOffsetMinutes(shop.timeZone, deps.env.now());
      const args = { ...body, currency: shop.currency, offsetMinutes };
      const kept = await actOnce(deps, request, identity, { name: 'cashSession.open', args });
      return new Reply(201, kept, { Location: `/api/cash-sessions/${kept.id}` });
    }),
  );
  router.get(
    '/cash-sessions/:id',
    handle({ params: idParamsSchema }, async ({ params, request }) => {
      const { tenantId } = await deps.sessions.require(request, 'view.reports');
      const session = await readRecord(deps.pool, tenantId, 'cashSession', params.id);
      if (!session) throw new HttpProblem('not_found');
      return session;
    }),
  );
  router.post(
    '/cash-sessions/:id/close',
    handle({ params: idParamsSchema, body: closeRequestSchema }, async ({ params, body, request }) => {
      const identity = await deps.sessions.require(request, 'cashSession.close');
      const session = await readRecord(deps.pool, identity.tenantId, 'cashSession', params.id);
      if (!session) throw new HttpProblem('not_found');
      const args = { sessionId: session.id, tillId: session.tillId, counts: body.counts };
      const { receipt } = await actOnce(deps, request, identity, { name: 'cashSession.close', args });
      return { id: session.id, receipt };
    }),
  );
  router.get(
    '/reconciliations/:id',
    handle({ params: idParamsSchema }, async ({ params, request }) => {
      const { tenantId } = await deps.sessions.require(request, 'view.reports');
      const reconciliation = await readRecord(deps.pool, tenantId, 'reconciliation', params.id);
      if (!reconciliation) throw new HttpProblem('not_found');
      return reconciliation;
    }),
  );
  return router;
}
