import { Router } from 'express';
import { z } from 'zod';
import { recordIdSchema } from '#schema/ids.ts';
import { itemFieldsSchema, itemSchema } from '#schema/records/item.ts';
import { pageOfRecords, readRecord } from '../db/tenant-reads.ts';
import type { Deps } from '../deps.ts';
import { handle, Reply } from '../http/handle.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { actOnce } from './act-once.ts';
import { nextCursor, pageQuerySchema } from './page-query.ts';

/** A new item over HTTP: its name is enough, the rest is what an unknown box says of itself. */
const newItemSchema = z.strictObject({
  ...itemFieldsSchema.shape,
  form: itemFieldsSchema.shape.form.default(''),
  route: itemFieldsSchema.shape.route.default(''),
  substances: itemFieldsSchema.shape.substances.default(''),
  strength: itemFieldsSchema.shape.strength.default(''),
  packLabel: itemFieldsSchema.shape.packLabel.default(''),
  unitsPerPack: itemFieldsSchema.shape.unitsPerPack.default(1),
  atc: itemFieldsSchema.shape.atc.default(''),
  schedule: itemFieldsSchema.shape.schedule.default('none'),
  coldChain: itemFieldsSchema.shape.coldChain.default(false),
  identifiers: itemFieldsSchema.shape.identifiers.default([]),
  packPriceMinor: itemFieldsSchema.shape.packPriceMinor.default(null),
  packCostMinor: itemFieldsSchema.shape.packCostMinor.default(null),
  vatRateBp: itemFieldsSchema.shape.vatRateBp.default(null),
  holder: itemFieldsSchema.shape.holder.default(''),
});

/** Items of the pharmacy, to be mounted under `/api/inventory`. */
export function inventoryRoutes(deps: Deps): Router {
  const router = Router();
  const listQuerySchema = pageQuerySchema.extend({ status: itemSchema.shape.status.optional() });
  router.get(
    '/items',
    handle({ query: listQuerySchema }, async ({ query, request }) => {
      const { tenantId } = await deps.sessions.require(request, 'view.reports');
      const where = query.status === undefined ? {} : { status: query.status };
      const items = await pageOfRecords(deps.pool, tenantId, 'item', { afterId: query.cursor, limit: query.limit, where });
      return { items, next: nextCursor(items, query.limit) };
    }),
  );
  router.get(
    '/items/:id',
    handle({ params: z.strictObject({ id: recordIdSchema }) }, async ({ params, request }) => {
      const { tenantId } = await deps.sessions.require(request, 'view.reports');
      const item = await readRecord(deps.pool, tenantId, 'item', params.id);
      if (!item) throw new HttpProblem('not_found');
      return item;
    }),
  );
  router.post(
    '/items',
    handle({ body: newItemSchema }, async ({ body, request }) => {
      const identity = await deps.sessions.require(request, 'item.add');
      const kept = await actOnce(deps, request, identity, { name: 'item.add', args: { fields: body } });
      return new Reply(201, kept, { Location: `/api/inventory/items/${kept.id}` });
    }),
  );
  return router;
}
