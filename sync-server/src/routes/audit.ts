import { Router } from 'express';
import { z } from 'zod';
import { readAuditHead, readAuditPage } from '../db/audit-log.ts';
import { withSnapshot } from '../db/snapshot-transaction.ts';
import type { Deps } from '../deps.ts';
import { demandActor, handle, parse } from '../http/handle.ts';

/** Most entries of one page. */
const PAGE_MAX = 1_000;

const querySchema = z.strictObject({
  from: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(200),
});

/** The audit log in pages that anyone can check link by link, and its head. */
export function auditRoutes(deps: Deps): Router {
  const router = Router();
  router.get(
    '/audit-log',
    handle(async (request) => {
      const actor = await demandActor(deps, request, 'view.audit');
      const { from, limit } = parse(querySchema, request.query);
      return withSnapshot(deps.pool, actor.tenantId, async (client) => ({
        head: await readAuditHead(client, actor.tenantId),
        entries: await readAuditPage(client, actor.tenantId, from, limit),
      }));
    }),
  );
  return router;
}
