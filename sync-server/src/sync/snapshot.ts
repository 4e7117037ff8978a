import { isRecordKind, type RecordKind } from '#schema/records/registry.ts';
import { monthStart } from '#schema/sync/digest.ts';
import { PROTOCOL_VERSION, type SnapshotResume } from '#schema/sync/messages.ts';
import { kindsInSet } from '#schema/sync/sets.ts';
import type { TenantState, TenantStore } from '../apply/tenant-store.ts';
import { RECORD_TABLES } from '../db/record-columns.ts';
import type { ServerEnv } from '../env.ts';
import { isOfThisHistory, ledgersFromAt } from './pull.ts';

/** Takes a chunk of text; resolves when it may be given the next. */
export type SnapshotSink = (chunk: string) => Promise<void>;

/** A snapshot that was begun cannot be gone on with: this is another history, or another set. Nothing was written. */
export interface SnapshotRefusal {
  readonly kind: 'rebuild';
  readonly epoch: number;
}

/**
 * Streams a tenant's state as newline-delimited JSON (`messages.ts`), positional values passed through as the database wrote them. The sink's pace is
 * kept, so memory stays at one chunk (SY17). Without `resume` it is one state; a part that goes on is read from the state of its own moment, and what
 * changed since the first header's seq has a newer seq and is pulled afterwards.
 */
export function streamSnapshot(
  { env, store }: { readonly env: ServerEnv; readonly store: TenantStore },
  tenantId: string,
  deviceId: string,
  resume: SnapshotResume | null,
  sink: SnapshotSink,
): Promise<SnapshotRefusal | null> {
  return store.read(tenantId, deviceId, async (state) => {
    const { head, set, ackedN } = state;
    const { epoch, seq } = head;
    if (resume && (resume.epoch !== epoch || resume.set !== set || !(await isOfThisHistory(state, resume))))
      return { kind: 'rebuild', epoch };
    const ledgersFrom = resume?.ledgersFrom ?? ledgersFromAt(env.now());
    const counts = new Map<RecordKind, number>();
    for (const kind of kindsInSet(set)) counts.set(kind, await state.countKind(kind, monthStart(ledgersFrom)));
    const records = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const chain = { size: head.logSize, hash: head.chainHash };
    const header = {
      protocol: PROTOCOL_VERSION,
      epoch,
      seq,
      ackedN,
      serverTime: env.now(),
      records,
      head: chain,
      set,
      ledgersFrom,
    };
    await sink(`${JSON.stringify(header)}\n`);
    let sent = 0;
    for (const { kind, after } of partsBehind(resume?.after ?? '', kindsInSet(set)))
      sent += await streamKind(state, { kind, after, count: counts.get(kind) ?? 0, sinceAt: monthStart(ledgersFrom) }, sink);
    await sink(`${JSON.stringify({ end: true, records: sent })}\n`);
    return null;
  });
}

/** A mark is `kind mark-inside-it`: the rest of that kind and the kinds behind it. */
function partsBehind(mark: string, kinds: readonly RecordKind[]): { kind: RecordKind; after: string }[] {
  const [cutKind = '', after = ''] = mark.split(/ (.*)/s);
  const from = isRecordKind(cutKind) ? kinds.indexOf(cutKind) : 0;
  return kinds.slice(Math.max(0, from)).map((kind) => ({ kind, after: kind === cutKind ? after : '' }));
}

async function streamKind(
  state: TenantState,
  part: { readonly kind: RecordKind; readonly after: string; readonly count: number; readonly sinceAt: number },
  sink: SnapshotSink,
): Promise<number> {
  const { kind, after, count, sinceAt } = part;
  const fields = RECORD_TABLES[kind].columns.map(({ field }) => field);
  await sink(`${JSON.stringify({ kind, fields, count })}\n`);
  let sent = 0;
  for await (const { rows, at } of state.readKind(kind, sinceAt, after)) {
    await sink(`${rows.join('\n')}\n${JSON.stringify({ at: `${kind} ${at}` })}\n`);
    sent += rows.length;
  }
  return sent;
}
