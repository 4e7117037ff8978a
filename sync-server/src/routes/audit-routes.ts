import { Router } from 'express';
import { z } from 'zod';
import { readAuditHead, readAuditPage } from '../db/tenant-reads.ts';
import type { Deps } from '../deps.ts';
import { handle } from '../http/handle.ts';

const AUDIT_PAGE_MAX = 1_000;
const instantQuerySchema = z.coerce.number().int().optional();

const auditQuerySchema = z.strictObject({
  /** First index, going up; with `order=newest`, the index to stay below, going down. Left out: that end of the log. */
  from: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(AUDIT_PAGE_MAX).default(200),
  order: z.enum(['oldest', 'newest']).default('oldest'),
  actorId: z.string().min(1).max(96).optional(),
  deviceId: z.string().min(1).max(96).optional(),
  action: z.string().min(1).max(60).optional(),
  fromAt: instantQuerySchema,
  toAt: instantQuerySchema,
});

/** The audit timeline: pages of leaves with their mutations, and the chain's head to compare with; the browser verifies (C17). */
export function auditRoutes(deps: Deps): Router {
  const router = Router();
  router.get(
    '/audit-log',
    handle({ query: auditQuerySchema }, async ({ query, request }) => {
      const { tenantId } = await deps.sessions.require(request, 'view.audit');
      const { from, limit, order, ...filter } = query;
      const newestFirst = order === 'newest';
      const { head, entries } = await readAuditPage(deps.pool, tenantId, { from: from ?? null, limit, newestFirst, filter });
      const last = entries.at(-1)?.index;
      const next = entries.length < limit || last === undefined ? null : newestFirst ? last : last + 1;
      return { head, entries, next };
    }),
  );
  router.get(
    '/audit-log/head',
    handle({}, async ({ request }) => {
      const { tenantId } = await deps.sessions.require(request, 'view.audit');
      return readAuditHead(deps.pool, tenantId);
    }),
  );
  return router;
}
