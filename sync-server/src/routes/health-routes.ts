import { Router } from 'express';
import type { Deps } from '../deps.ts';

const CHECK_AGE_MS = 2_000;
const CHECK_TIMEOUT_MS = 1_500;

/** `/livez` touches nothing; `/readyz` and `/healthz` ask the database, at most every two seconds. They show no versions and no secrets. */
export function healthRoutes(deps: Deps): Router {
  const router = Router();
  let checked: { at: number; outcome: Promise<{ ok: boolean; latencyMs: number }> } | null = null;
  const check = async () => {
    const now = deps.env.now();
    if (checked === null || now - checked.at >= CHECK_AGE_MS) checked = { at: now, outcome: askDatabase(deps) };
    return { ...(await checked.outcome), ageMs: deps.env.now() - checked.at };
  };

  router.get('/livez', (_request, response) => {
    response.set('Cache-Control', 'no-store').type('text/plain').send('ok');
  });
  router.get(['/readyz', '/healthz'], async (_request, response) => {
    const { ok, latencyMs, ageMs } = await check();
    const checks = [{ name: 'postgres', state: ok ? 'up' : 'down', latencyMs, ageMs }];
    response.set('Cache-Control', 'no-store').status(ok ? 200 : 503);
    response.json({ status: ok ? 'ok' : 'unavailable', checks });
  });
  return router;
}

async function askDatabase({ env, pool }: Deps): Promise<{ ok: boolean; latencyMs: number }> {
  const startedAt = env.now();
  let cancel = () => {};
  const late = new Promise<boolean>((resolve) => {
    cancel = env.schedule(CHECK_TIMEOUT_MS, () => resolve(false));
  });
  const asked = pool.query('select 1').then(
    () => true,
    () => false,
  );
  const ok = await Promise.race([asked, late]);
  cancel();
  return { ok, latencyMs: env.now() - startedAt };
}
