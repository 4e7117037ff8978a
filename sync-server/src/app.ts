import compression from 'compression';
import express, { type Express, type Request } from 'express';
import { PUSH_BYTES_MAX } from '#schema/sync/messages.ts';
import type { Deps } from './deps.ts';
import { API_LIMITS, admission, SNAPSHOT_LIMITS } from './http/admission.ts';
import { checkOrigin } from './http/origin-check.ts';
import { problemHandler, unknownRoute } from './http/problems.ts';
import { securityHeaders } from './http/security-headers.ts';
import { staticFiles } from './http/static-files.ts';
import { auditRoutes } from './routes/audit-routes.ts';
import { authRoutes } from './routes/auth-routes.ts';
import { cashRoutes } from './routes/cash-routes.ts';
import { explainRoutes } from './routes/explain-routes.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { importRoutes } from './routes/import-routes.ts';
import { inventoryRoutes } from './routes/inventory-routes.ts';
import { memberRoutes } from './routes/member-routes.ts';
import { syncRoutes } from './routes/sync-routes.ts';

/** Largest JSON body outside sync and imports. */
const BODY_BYTES_MAX = 64 * 1024;

/** The whole HTTP side: headers, limits, routes, the built PWA, and problems for whatever goes wrong. */
export function createApp(deps: Deps, distFolder: string): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 'loopback');
  app.set('query parser', 'simple');
  app.use(securityHeaders());
  app.use(healthRoutes(deps));
  const whoseOf = (request: Request) => deps.sessions.tenantSeen(request) ?? `address ${request.ip}`;
  app.use('/api', admission(API_LIMITS, whoseOf));
  app.use('/api', (request, response, next) => {
    response.once('close', deps.share.want(whoseOf(request)));
    next();
  });
  app.use('/api/sync/snapshot', admission(SNAPSHOT_LIMITS, whoseOf));
  app.use(compression());
  app.use('/api', checkOrigin);
  app.use('/api/sync', express.json({ limit: PUSH_BYTES_MAX }), syncRoutes(deps));
  app.use('/api/imports', importRoutes(deps));
  app.use('/api', express.json({ limit: BODY_BYTES_MAX }));
  for (const routes of [authRoutes, memberRoutes, auditRoutes, cashRoutes, explainRoutes]) app.use('/api', routes(deps));
  app.use('/api/inventory', inventoryRoutes(deps));
  app.use('/api', unknownRoute);
  app.use(staticFiles(distFolder));
  app.use(problemHandler(deps.log));
  return app;
}
