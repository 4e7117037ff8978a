import type { DigestSums } from '#schema/sync/digest.ts';
import type { PullResponse, WireRecord } from '#schema/sync/messages.ts';
import type { Checkpoint } from '../store/replica.ts';
import type { BuildProgress, ReplicaBuild } from '../store/replica-build.ts';
import type { ReplicaSlots } from '../store/replica-slots.ts';
import { isHeldAs } from './digest-watch.ts';
import { readSnapshot, SnapshotBroken, SnapshotCut } from './snapshot-reader.ts';
import { NoAnswer, SyncRefused, type Transport } from './transport.ts';

const ROWS_AT_ONCE = 2_000;

/** All that changed since some state, gathered. */
export interface Gathered {
  readonly records: readonly WireRecord[];
  readonly checkpoint: Checkpoint;
  readonly holds: PullResponse['holds'];
  /** The generation of doubt in which every own receipt in that state was heard; null when some are not. Settled once the state is stored (SY8). */
  readonly heardIn: number | null;
}

/** A replica that was built and swapped in. */
export interface Taken {
  readonly checkpoint: Checkpoint;
  readonly sums: DigestSums;
  /** It adds up to what the server says, as far as that can be compared. */
  readonly isSame: boolean;
  readonly heardIn: Gathered['heardIn'];
}

/** This tab does not lead any more; what was built stays for the one that does. */
export class LeadLost extends Error {
  constructor() {
    super('another tab leads now');
    this.name = 'LeadLost';
  }
}

/**
 * Builds a new replica beside the old one and swaps it in (SY17): the snapshot, or what is missing of one that was cut; then what changed since its first
 * part, in one write; then a comparison of digests. So what anybody gets to see is one state, whatever was cut and gone on with while others wrote.
 *
 * What fails on the way stays for the next attempt, unless it is of no use. Errors: those of `transport`, `LeadLost`, `SnapshotCut`, `SnapshotBroken`,
 * whatever the storage throws.
 */
export async function takeSnapshot(options: {
  readonly transport: Transport;
  readonly slots: ReplicaSlots;
  readonly isLeading: () => boolean;
  readonly onProgress: (progress: { readonly received: number; readonly total: number }) => void;
  /** Rows of one storage write while they come in, at least. */
  readonly rowsAtOnce?: number;
  /** Pulls what changed since the state that was built. */
  readonly gather: (built: BuildProgress) => Promise<Gathered>;
}): Promise<Taken> {
  const { slots, gather } = options;
  const build = await slots.build();
  try {
    const wasCut = build.progress() !== null;
    const progress = await receive(build, options);
    const { records, checkpoint, holds, heardIn } = await gather(progress);
    const sums = await build.finish(records, checkpoint);
    const isSame = isHeldAs(sums, progress, holds);
    if (!isSame && wasCut) throw new SnapshotBroken('its parts do not add up');
    await slots.swapIn(build);
    return { checkpoint, sums, isSame, heardIn };
  } catch (error) {
    await (isWorthGoingOn(error) ? build.leave() : slots.abandon(build)).catch(() => undefined);
    throw error;
  }
}

/** Reads into the build what is missing of it. */
async function receive(build: ReplicaBuild, options: Omit<Parameters<typeof takeSnapshot>[0], 'gather'>): Promise<BuildProgress> {
  const { transport, isLeading, onProgress, rowsAtOnce = ROWS_AT_ONCE } = options;
  const begun = build.progress();
  if (begun?.isWhole) return begun;
  const resume = begun && {
    epoch: begun.epoch,
    ...begun.head,
    set: begun.set,
    ledgersFrom: begun.ledgersFrom,
    after: begun.after,
  };
  const header = await readSnapshot(await transport.snapshot(resume), rowsAtOnce, async (part) => {
    if (!isLeading()) throw new LeadLost();
    const { epoch, seq, head, set, ledgersFrom } = part.header;
    const before = build.progress();
    const received = (before?.received ?? 0) + part.rows.length;
    await build.add(part.rows, {
      ...(before ?? { epoch, seq, set, ledgersFrom }),
      // What changed is pulled from the first part's seq, and only in a history that has the last part's head.
      head,
      after: part.at,
      received,
      isWhole: false,
    });
    onProgress({ received, total: Math.max(received, part.header.records) });
  });
  const { epoch, seq, head, set, ledgersFrom } = header;
  const last = build.progress() ?? { epoch, seq, head, set, ledgersFrom, after: '', received: 0 };
  const whole = { ...last, isWhole: true };
  await build.add([], whole);
  return whole;
}

/** The way to the server failed, not what came over it. */
function isWorthGoingOn(error: unknown): boolean {
  if (error instanceof SyncRefused) return error.code !== 'rebuild' && error.code !== 'snapshot_required';
  return error instanceof NoAnswer || error instanceof SnapshotCut || error instanceof LeadLost;
}
