import compression from 'compression';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { PUSH_BYTES_MAX } from '#schema/sync/messages.ts';
import type { Deps } from './deps.ts';
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
import { SNAPSHOT_TYPE, syncRoutes } from './routes/sync-routes.ts';

/** Largest JSON body outside sync and imports. */
const BODY_BYTES_MAX = 64 * 1024;

/** Snapshots too, whose lines the middleware does not know as text. */
function isCompressible(request: Request, response: Response): boolean {
  const type = response.getHeader('Content-Type');
  return (typeof type === 'string' && type.startsWith(SNAPSHOT_TYPE)) || compression.filter(request, response);
}

/** Brotli saves a snapshot another seventh of its bytes and takes five times as long (`bench/snapshot.ts`). */
const preferGzip: RequestHandler = (request, _response, next) => {
  if (/\bgzip\b/.test(request.get('accept-encoding') ?? '')) request.headers['accept-encoding'] = 'gzip';
  next();
};

/** The whole HTTP side: headers, limits, routes, the built PWA, and problems for whatever goes wrong. */
export function createApp(deps: Deps, distFolder: string): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 'loopback');
  app.set('query parser', 'simple');
  app.use(securityHeaders());
  app.use(healthRoutes(deps));
  app.use('/api/sync/snapshot', preferGzip);
  app.use(compression({ filter: isCompressible }));
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
