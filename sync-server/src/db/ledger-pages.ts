import {
  LEDGER_PARENTS,
  type LedgerKind,
  type LedgerPageRequest,
  type LedgerPageResponse,
  ledgerPageResponseSchema,
} from '#schema/api/ledger-page.ts';
import { RECORDS } from '#schema/records/registry.ts';
import type { TenantPool } from './pool.ts';
import { RECORD_TABLES } from './record-columns.ts';
import { bodyExpression, columnNamed } from './record-tables.ts';
import { withTenant } from './tenant-transaction.ts';

const linesSchema = ledgerPageResponseSchema.shape.lines;

/**
 * Lines of a long ledger under one parent, newest first, behind a place (SY17). Paged by instant and id, which no line ever changes, so that a line that
 * is written meanwhile moves no other to a page where it was seen already or is missed.
 */
export function readLedgerPage(
  pool: TenantPool,
  tenantId: string,
  { kind, parent, before, limit }: LedgerPageRequest,
): Promise<LedgerPageResponse> {
  return withTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ body: unknown }>({
      name: `ledger page ${kind}`,
      text: LEDGER_PAGE_SQL[kind],
      values: [tenantId, parent, before.at, before.id, limit + 1],
    });
    const lines = linesSchema.parse(rows.slice(0, limit).map(({ body }) => body));
    const last = lines.at(-1);
    return { lines, next: rows.length > limit && last ? { at: last.occurredAt, id: last.id } : null };
  });
}

/** Each follows the index of its table on tenant, parent and instant, backwards from the place, and ends with the page. */
export const LEDGER_PAGE_SQL: Readonly<Record<LedgerKind, string>> = {
  sale: pageSql('sale'),
  cashMovement: pageSql('cashMovement'),
  stockMovement: pageSql('stockMovement'),
};

function pageSql(kind: LedgerKind): string {
  const table = RECORD_TABLES[kind];
  const at = columnNamed(table, RECORDS[kind].monthsBy ?? '');
  return `select ${bodyExpression(table, 'r')} as body from ${table.table} r
    where r.tenant_id = $1 and r.${columnNamed(table, LEDGER_PARENTS[kind])} = $2 and (r.${at}, r.id) < ($3::bigint, $4::text)
    order by r.${at} desc, r.id desc limit $5`;
}
