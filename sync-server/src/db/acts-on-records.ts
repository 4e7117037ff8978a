import { z } from 'zod';
import { EXPLAIN_ACTS_MAX, type ExplainRequest, type ExplainResponse, type OtherAct } from '#schema/api/explain.ts';
import { auditLeafSchema } from '#schema/audit/leaf.ts';
import { wireMutationSchema } from '#schema/sync/mutation.ts';
import type { TenantPool } from './pool.ts';
import { withTenant } from './tenant-transaction.ts';

/** How far back in the log is looked: some weeks of a busy pharmacy, and a few ten milliseconds. */
const LOOKS_BACK = 20_000;

const ownRowSchema = z.object({ index: z.number(), mutation: z.string().nullable() });
const rowsSchema = z.array(z.object({ leaf: z.string(), mutation: z.string().nullable() }));
const editSchema = z.looseObject({ changes: z.record(z.string(), z.unknown()) });

/**
 * Reads from the log who wrote the named records since a seq, up to the act in question, and that act as it was received. An act that wrote more records
 * than a leaf names may be missing.
 */
export function readActsOnRecords(
  pool: TenantPool,
  tenantId: string,
  { deviceId, n, refs, since }: ExplainRequest,
): Promise<ExplainResponse> {
  return withTenant(pool, tenantId, async (client) => {
    const own = await client.query('select index, mutation from log where tenant_id = $1 and device_id = $2 and n = $3', [
      tenantId,
      deviceId,
      n,
    ]);
    const held = own.rows[0] === undefined ? null : ownRowSchema.parse(own.rows[0]);
    const { rows } = await client.query(
      `select leaf, mutation from (
         select index, leaf, mutation, receipt from log
          where tenant_id = $1 and ($2::bigint is null or index < $2) order by index desc limit $3) recent
        where receipt is not null and (receipt::jsonb ->> 'seq')::bigint > $4 and leaf::jsonb -> 'refs' ?| $5::text[]
        order by index desc limit $6`,
      [tenantId, held?.index ?? null, LOOKS_BACK, since, refs, EXPLAIN_ACTS_MAX],
    );
    return { held: heldOf(held?.mutation ?? null), others: rowsSchema.parse(rows).map((row) => otherOf(row, refs)) };
  });
}

function otherOf(row: { leaf: string; mutation: string | null }, refs: readonly string[]): OtherAct {
  const { deviceId, n, actorId, action, at, deviceAt, refs: written } = auditLeafSchema.parse(JSON.parse(row.leaf));
  const edit = editSchema.safeParse(readMutation(row.mutation)?.args);
  return {
    deviceId,
    n,
    actorId,
    action,
    at,
    deviceAt,
    refs: written.filter((ref) => refs.includes(ref)),
    fields: edit.success ? Object.keys(edit.data.changes) : [],
  };
}

function heldOf(text: string | null): ExplainResponse['held'] {
  const mutation = readMutation(text);
  return mutation && { name: mutation.name, actorId: mutation.actorId, madeAt: mutation.madeAt, args: mutation.args };
}

/** A logged mutation carries its `prev` besides; one that no device should have sent is kept too, and is not read here (SY9). */
function readMutation(text: string | null) {
  if (text === null) return null;
  const parsed = wireMutationSchema.extend({ prev: z.string() }).safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}
