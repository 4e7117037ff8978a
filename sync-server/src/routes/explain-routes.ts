import { Router } from 'express';
import { type ExplainResponse, explainRequestSchema } from '#schema/api/explain.ts';
import { readActsOnRecords } from '../db/acts-on-records.ts';
import type { Deps } from '../deps.ts';
import { handle } from '../http/handle.ts';

/** What the screen that explains a conflict cannot know by itself: who did that, and when (SY23). For every member: their devices hold all of it. */
export function explainRoutes(deps: Deps): Router {
  const router = Router();
  router.post(
    '/explain',
    handle({ body: explainRequestSchema }, async ({ body, request }): Promise<ExplainResponse> => {
      const { tenantId } = await deps.sessions.require(request);
      return readActsOnRecords(deps.pool, tenantId, body);
    }),
  );
  return router;
}
