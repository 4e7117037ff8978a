import { RECORD_KINDS, type RecordKind } from '#schema/records/registry.ts';
import { PROTOCOL_VERSION } from '#schema/sync/messages.ts';
import { DAY_MS } from '#schema/time.ts';
import type { TenantState, TenantStore } from '../apply/tenant-store.ts';
import { RECORD_TABLES } from '../db/record-columns.ts';
import type { ServerEnv } from '../env.ts';

/** Ledgers come for so long back; older records stay on the server (SY17). */
export const SNAPSHOT_WINDOW_DAYS = 90;

/** Takes a chunk of text; resolves when it may be given the next. */
export type SnapshotSink = (chunk: string) => Promise<void>;

/**
 * Streams a tenant's state at one seq as newline-delimited JSON (`messages.ts`), positional values passed through as the database wrote them. The sink's
 * pace is kept, so memory stays at one chunk (SY17).
 */
export function streamSnapshot(
  { env, store }: { readonly env: ServerEnv; readonly store: TenantStore },
  tenantId: string,
  deviceId: string,
  sink: SnapshotSink,
): Promise<void> {
  return store.read(tenantId, deviceId, async (state) => {
    const { epoch, seq } = state.head;
    const sinceAt = env.now() - SNAPSHOT_WINDOW_DAYS * DAY_MS;
    const counts = new Map<RecordKind, number>();
    for (const kind of RECORD_KINDS) counts.set(kind, await state.countKind(kind, sinceAt));
    const records = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const header = { protocol: PROTOCOL_VERSION, epoch, seq, ackedN: state.ackedN, serverTime: env.now(), records };
    await sink(`${JSON.stringify(header)}\n`);
    for (const [kind, count] of counts) await streamKind(state, kind, count, sinceAt, sink);
    await sink(`${JSON.stringify({ end: true, records })}\n`);
  });
}

async function streamKind(
  state: TenantState,
  kind: RecordKind,
  count: number,
  sinceAt: number,
  sink: SnapshotSink,
): Promise<void> {
  const fields = RECORD_TABLES[kind].columns.map(({ field }) => field);
  await sink(`${JSON.stringify({ kind, fields, count })}\n`);
  for await (const rows of state.readKind(kind, sinceAt)) await sink(`${rows.join('\n')}\n`);
}
