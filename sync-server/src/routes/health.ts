import { Router } from 'express';
import type { Deps } from '../deps.ts';
import { handle } from '../http/handle.ts';

/** A check is not repeated within this time, however often it is asked. */
const CACHE_MS = 2_000;

/** `/livez` touches nothing; `/readyz` and `/healthz` say whether the database answers, from a cached check. */
export function healthRoutes({ env, pool }: Deps): Router {
  const router = Router();
  let checked = { at: Number.NEGATIVE_INFINITY, ok: false };
  const check = async () => {
    if (env.now() - checked.at > CACHE_MS) {
      const ok = await pool.query('select 1').then(
        () => true,
        () => false,
      );
      checked = { at: env.now(), ok };
    }
    return checked.ok;
  };
  router.get('/livez', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get(
    ['/readyz', '/healthz'],
    handle(async (_request, response) => {
      const ok = await check();
      response.status(ok ? 200 : 503);
      return { status: ok ? 'ok' : 'unavailable', checks: [{ name: 'postgres', status: ok ? 'ok' : 'unavailable' }] };
    }),
  );
  return router;
}
