import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { Router } from 'express';
import { HttpProblem } from './http-problem.ts';

/**
 * The built PWA: hashed assets are kept for ever, everything with a fixed name is asked for again, and any other address is the app itself. A missing
 * script or asset stays missing: answering it with the page would poison the service worker's cache.
 */
export function staticFiles(folder: string): Router {
  const router = Router();
  router.use(
    express.static(folder, {
      index: false,
      setHeaders: (response, file) => {
        const isHashed = path.relative(folder, file).startsWith(`assets${path.sep}`);
        response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
  router.get('/{*any}', (request, response) => {
    if (/^\/(api|assets|socket\.io)(\/|$)|\.(js|css|map|wasm|webmanifest|json)$/.test(request.path))
      throw new HttpProblem('not_found');
    const page = path.join(folder, 'index.html');
    if (!existsSync(page)) throw new HttpProblem('not_found', { detail: 'The app has not been built.' });
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile(page);
  });
  return router;
}
