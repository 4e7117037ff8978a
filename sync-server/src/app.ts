import { existsSync } from 'node:fs';
import path from 'node:path';
import compression from 'compression';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Deps } from './deps.ts';
import { refuseForeignOrigin } from './http/origin.ts';
import { problemHandler, unknownRoute } from './http/problems.ts';
import { auditRoutes } from './routes/audit.ts';
import { authRoutes } from './routes/auth.ts';
import { healthRoutes } from './routes/health.ts';
import { syncRoutes } from './routes/sync.ts';

/** A year: hashed assets never change. */
const IMMUTABLE_MS = 365 * 24 * 3_600_000;

/** The whole HTTP side: API, then the built app from `distFolder`. */
export function createApp(deps: Deps, distFolder: string): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 'loopback');
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
          // Mantine writes style elements; scripts stay strict.
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          workerSrc: ["'self'"],
          objectSrc: ["'none'"],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
          formAction: ["'self'"],
        },
      },
      strictTransportSecurity: false,
    }),
    compression(),
  );
  app.use(healthRoutes(deps));
  app.use(
    '/api',
    refuseForeignOrigin,
    syncRoutes(deps),
    express.json({ limit: '64kb' }),
    authRoutes(deps),
    auditRoutes(deps),
    unknownRoute,
  );
  serveClient(app, distFolder);
  app.use(problemHandler(deps.log));
  return app;
}

/** The built app: hashed assets for ever, everything else always asked for; unknown paths are screens of the app. */
function serveClient(app: Express, distFolder: string): void {
  app.use(
    '/assets',
    express.static(path.join(distFolder, 'assets'), { immutable: true, maxAge: IMMUTABLE_MS, fallthrough: false }),
  );
  app.use(
    express.static(distFolder, { index: false, setHeaders: (response) => response.setHeader('Cache-Control', 'no-cache') }),
  );
  const index = path.join(distFolder, 'index.html');
  app.get(/^\/(?!api\/|assets\/|socket\.io\/)(?!.*\.(?:js|css|map|webmanifest|png|svg)$).*/, (_request, response, next) => {
    if (!existsSync(index)) next();
    else response.setHeader('Cache-Control', 'no-cache').sendFile(index);
  });
}
