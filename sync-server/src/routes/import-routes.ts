import express, { type Request, Router } from 'express';
import { z } from 'zod';
import { SHOP_ID } from '#schema/records/shop.ts';
import type { Identity } from '../auth/sessions.ts';
import { audit } from '../auth/sign-in.ts';
import { readRecord } from '../db/tenant-reads.ts';
import type { Deps } from '../deps.ts';
import { handle, Reply } from '../http/handle.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { runItemsImport } from '../imports/import-items.ts';
import { describeJob, type ImportJob, type ImportKind } from '../imports/import-job.ts';
import { HeaderRefused, ImportRefused } from '../imports/import-rows.ts';
import { runStockImport } from '../imports/import-stock.ts';
import { UnreadableFile } from '../imports/read-rows.ts';
import { refusedRowsCsv } from '../imports/refused-csv.ts';
import { actingAs } from './acting.ts';

/** Largest file. */
const FILE_BYTES_MAX = 20 * 1024 * 1024;
const KINDS: readonly ImportKind[] = ['items', 'stock'];

const startQuerySchema = z.strictObject({ dryRun: z.enum(['0', '1']).default('0') });
const jobParamsSchema = z.strictObject({ id: z.string().regex(/^[0-9a-z]{16}$/) });
const pageQuerySchema = z.strictObject({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** Imports from CSV, to be mounted under `/api/imports`: start, progress with the refused rows, their file, cancel. */
export function importRoutes(deps: Deps): Router {
  const router = Router();
  const authorised = express.Router();
  // Before the file is read: nobody sends 20 MiB without the right to.
  authorised.use(async (request, _response, next) => {
    await deps.sessions.require(request, 'import.run');
    next();
  });
  authorised.use(
    express.raw({ type: ['text/csv', 'text/plain', 'application/csv', 'application/vnd.ms-excel'], limit: FILE_BYTES_MAX }),
  );

  for (const kind of KINDS) {
    authorised.post(
      `/${kind}`,
      handle({ query: startQuerySchema }, async ({ query, request }) => {
        const identity = await deps.sessions.require(request, 'import.run');
        const file: unknown = request.body;
        if (!Buffer.isBuffer(file)) throw new HttpProblem('unsupported_media_type', { detail: 'Send the file as text/csv.' });
        const job = await startImport(deps, identity, kind, query.dryRun === '1', file);
        return new Reply(202, describeJob(job, 0, 0), { Location: `/api/imports/${job.id}` });
      }),
    );
  }

  const jobOf = async (request: Request, id: string): Promise<ImportJob> => {
    const { tenantId } = await deps.sessions.require(request, 'import.run');
    const job = deps.imports.find(tenantId, id);
    if (!job) throw new HttpProblem('not_found');
    return job;
  };
  router.get(
    '/:id',
    handle({ params: jobParamsSchema, query: pageQuerySchema }, async ({ params, query, request }) =>
      describeJob(await jobOf(request, params.id), query.offset, query.limit),
    ),
  );
  router.get(
    '/:id/refused.csv',
    handle({ params: jobParamsSchema }, async ({ params, request }) => {
      const { refusedRows, kind } = await jobOf(request, params.id);
      return new Reply(200, refusedRowsCsv(refusedRows), {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="refused-${kind}.csv"`,
      });
    }),
  );
  router.post(
    '/:id/cancel',
    handle({ params: jobParamsSchema }, async ({ params, request }) => {
      const job = await jobOf(request, params.id);
      job.isCancelled = true;
      return describeJob(job, 0, 0);
    }),
  );
  router.use(authorised);
  return router;
}

async function startImport(deps: Deps, identity: Identity, kind: ImportKind, dryRun: boolean, file: Buffer): Promise<ImportJob> {
  const { tenantId, userId } = identity;
  const shop = await readRecord(deps.pool, tenantId, 'shop', SHOP_ID);
  if (!shop) throw new HttpProblem('not_found');
  const acting = await actingAs(deps, identity, 'import');
  const job = deps.imports.start(
    { tenantId, kind, dryRun },
    (started) =>
      kind === 'items'
        ? runItemsImport(deps, started, { file, currency: shop.currency, acting })
        : runStockImport(deps, started, { file, acting }),
    (error) => failureOf(deps, error),
  );
  if (!dryRun) await audit(deps, tenantId, userId, `import.${kind}`, 'import_started');
  return job;
}

function failureOf({ log }: Pick<Deps, 'log'>, error: unknown): { code: string; detail: string } {
  if (error instanceof UnreadableFile || error instanceof ImportRefused) return { code: error.code, detail: error.message };
  if (error instanceof HeaderRefused) return { code: 'header_refused', detail: error.message };
  log.error({ reason: error instanceof Error ? error.stack : String(error) }, 'An import failed');
  return { code: 'internal_error', detail: 'Something went wrong here. What was booked stays; import the file again.' };
}
