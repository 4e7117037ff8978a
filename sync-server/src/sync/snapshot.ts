import type { Pool, PoolClient } from 'pg';
import { RECORD_KINDS, type RecordKind } from '#schema/records/registry.ts';
import { PROTOCOL_VERSION } from '#schema/sync/messages.ts';
import { DAY_MS } from '#schema/time.ts';
import { RECORD_TABLES } from '../db/record-columns.ts';
import { countSnapshotKind, readSnapshotKind } from '../db/snapshot-rows.ts';
import { readReplicaHead, withSnapshot } from '../db/snapshot-transaction.ts';
import type { ServerEnv } from '../env.ts';

/** Ledgers come for so long back; older records stay on the server (SY17). */
export const SNAPSHOT_WINDOW_DAYS = 90;
/** Rows read from the database at once. */
const CHUNK_ROWS = 2_000;

/** Takes a chunk of text; resolves when it may be given the next. */
export type SnapshotSink = (chunk: string) => Promise<void>;

/**
 * Streams a tenant's state at one seq as newline-delimited JSON (`messages.ts`), positional values passed through as the database wrote them. The sink's
 * pace is kept, so memory stays at one chunk (SY17).
 */
export function streamSnapshot(
  { env, pool }: { readonly env: ServerEnv; readonly pool: Pool },
  tenantId: string,
  deviceId: string,
  sink: SnapshotSink,
): Promise<void> {
  return withSnapshot(pool, tenantId, async (client) => {
    const { epoch, seq, ackedN } = await readReplicaHead(client, tenantId, deviceId);
    const sinceAt = env.now() - SNAPSHOT_WINDOW_DAYS * DAY_MS;
    const counts = new Map<RecordKind, number>();
    for (const kind of RECORD_KINDS) counts.set(kind, await countSnapshotKind(client, tenantId, kind, sinceAt));
    const records = [...counts.values()].reduce((sum, count) => sum + count, 0);
    await sink(`${JSON.stringify({ protocol: PROTOCOL_VERSION, epoch, seq, ackedN, serverTime: env.now(), records })}\n`);
    for (const [kind, count] of counts) await streamKind(client, tenantId, kind, count, sinceAt, sink);
    await sink(`${JSON.stringify({ end: true, records })}\n`);
  });
}

async function streamKind(
  client: PoolClient,
  tenantId: string,
  kind: RecordKind,
  count: number,
  sinceAt: number,
  sink: SnapshotSink,
): Promise<void> {
  const fields = RECORD_TABLES[kind].columns.map(({ field }) => field);
  await sink(`${JSON.stringify({ kind, fields, count })}\n`);
  for await (const rows of readSnapshotKind(client, tenantId, kind, sinceAt, CHUNK_ROWS)) await sink(`${rows.join('\n')}\n`);
}
