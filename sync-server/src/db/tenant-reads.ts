import type { PoolClient } from 'pg';
import { z } from 'zod';
import { type TabletState, tabletStateSchema } from '#schema/api/devices.ts';
import type { RecordKey } from '#schema/mutations/define.ts';
import type { RecordBody, RecordKind } from '#schema/records/registry.ts';
import type { AuditEntry } from '#schema/sync/messages.ts';
import { receiptSchema } from '#schema/sync/receipt.ts';
import type { ServerChannel } from '../apply/tenant-store.ts';
import type { TenantPool } from './pool.ts';
import { loadRecords, readRecordPage } from './record-tables.ts';
import { withSnapshot, withTenant } from './tenant-transaction.ts';

/** Reads of one tenant for routes; each names the tenant besides row level security. */

/** One record, or null. */
export async function readRecord<Kind extends RecordKind>(
  pool: TenantPool,
  tenantId: string,
  kind: Kind,
  id: string,
): Promise<RecordBody<Kind> | null> {
  const [found] = await readRecords(pool, tenantId, kind, [id]);
  return found ?? null;
}

/** Those records of a kind that exist, in no particular order. */
export function readRecords<Kind extends RecordKind>(
  pool: TenantPool,
  tenantId: string,
  kind: Kind,
  ids: readonly string[],
): Promise<RecordBody<Kind>[]> {
  const keys = ids.map((id): RecordKey => ({ kind, id }));
  return withTenant(pool, tenantId, async (client) => bodiesOf(kind, await loadRecords(client, tenantId, keys)));
}

/** A page of a kind in order of id, after `afterId`; `where` narrows by one text field. */
export async function pageOfRecords<Kind extends RecordKind>(
  pool: TenantPool,
  tenantId: string,
  kind: Kind,
  page: {
    readonly afterId: string;
    readonly limit: number;
    readonly where?: Readonly<Partial<Record<keyof RecordBody<Kind> & string, string>>>;
  },
): Promise<RecordBody<Kind>[]> {
  const where = Object.entries(page.where ?? {}).flatMap(([field, value]) =>
    typeof value === 'string' ? [{ field, value }] : [],
  );
  return withTenant(pool, tenantId, async (client) =>
    bodiesOf(kind, await readRecordPage(client, tenantId, kind, { afterId: page.afterId, limit: page.limit, where })),
  );
}

function bodiesOf<Kind extends RecordKind>(
  kind: Kind,
  stored: readonly { kind: RecordKind; body: unknown }[],
): RecordBody<Kind>[] {
  // Asked for by kind: the bodies are of that kind.
  return stored.filter((one) => one.kind === kind).map(({ body }) => body as RecordBody<Kind>);
}

const tabletsSchema = z.array(tabletStateSchema);

/** Every tablet with what the server received and heard of it, by number (SY25). */
export function readTablets(pool: TenantPool, tenantId: string): Promise<TabletState[]> {
  return withTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query(
      `select d.id, d.name, d.number, d.set, d.status, d.enrolled_at as "enrolledAt", s.last_n as "receivedN",
              s.last_contact_at as "heardAt"
         from devices d join device_states s on s.tenant_id = d.tenant_id and s.id = d.id
        where d.tenant_id = $1 and d.channel = 'tablet' order by d.number`,
      [tenantId],
    );
    return tabletsSchema.parse(rows);
  });
}

/** Id of the device that a server channel is in a tenant; throws when there is no such tenant. */
export function channelDeviceId(pool: TenantPool, tenantId: string, channel: ServerChannel): Promise<string> {
  return withTenant(pool, tenantId, async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from device_states where tenant_id = $1 and channel = $2', [
      tenantId,
      channel,
    ]);
    if (!rows[0]) throw new Error(`the tenant ${tenantId} has no channel ${channel}`);
    return rows[0].id;
  });
}

/** What an audit page is narrowed by; instants are server times in epoch ms, `fromAt` inclusive, `toAt` exclusive. */
export interface AuditFilter {
  readonly actorId?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly action?: string | undefined;
  readonly fromAt?: number | undefined;
  readonly toAt?: number | undefined;
}

const auditRowsSchema = z.array(
  z
    .object({
      index: z.number(),
      leaf: z.string(),
      hash: z.string(),
      mutation: z.string().nullable(),
      receipt: z.string().nullable(),
    })
    .transform(
      ({ receipt, ...row }): AuditEntry => ({
        ...row,
        verdict: receipt === null ? null : receiptSchema.parse(JSON.parse(receipt)).verdict,
      }),
    ),
);

/** A page of the log, up from index `from` (included) or down below it; null starts at that end. With the head, of one state. */
export function readAuditPage(
  pool: TenantPool,
  tenantId: string,
  page: { readonly from: number | null; readonly limit: number; readonly newestFirst: boolean; readonly filter: AuditFilter },
): Promise<{ head: AuditHead; entries: AuditEntry[] }> {
  const { from, limit, newestFirst, filter } = page;
  return withSnapshot(pool, tenantId, async (client) => {
    const { rows } = await client.query(
      `select l.index, l.leaf, encode(l.hash, 'hex') as hash, l.mutation, l.receipt from log l
        where l.tenant_id = $1
          and ($2::bigint is null or ${newestFirst ? 'l.index < $2' : 'l.index >= $2'})
          and ($3::text is null or l.leaf::jsonb ->> 'actorId' = $3)
          and ($4::text is null or l.leaf::jsonb ->> 'deviceId' = $4)
          and ($5::text is null or l.leaf::jsonb ->> 'action' = $5)
          and ($6::bigint is null or (l.leaf::jsonb ->> 'at')::bigint >= $6)
          and ($7::bigint is null or (l.leaf::jsonb ->> 'at')::bigint < $7)
        order by l.index ${newestFirst ? 'desc' : 'asc'} limit $8`,
      [
        tenantId,
        from,
        filter.actorId ?? null,
        filter.deviceId ?? null,
        filter.action ?? null,
        filter.fromAt ?? null,
        filter.toAt ?? null,
        limit,
      ],
    );
    return { head: await loadAuditHead(client, tenantId), entries: auditRowsSchema.parse(rows) };
  });
}

/** The end of a tenant's audit chain. */
export interface AuditHead {
  readonly epoch: number;
  readonly size: number;
  readonly hash: string;
}

/** The end of the tenant's audit chain; throws when there is no such tenant. */
export function readAuditHead(pool: TenantPool, tenantId: string): Promise<AuditHead> {
  return withTenant(pool, tenantId, (client) => loadAuditHead(client, tenantId));
}

async function loadAuditHead(client: PoolClient, tenantId: string): Promise<AuditHead> {
  const { rows } = await client.query<AuditHead>(
    'select epoch, log_size as size, chain_hash as hash from tenant_heads where tenant_id = $1',
    [tenantId],
  );
  if (!rows[0]) throw new Error(`there is no tenant ${tenantId}`);
  return rows[0];
}
