import type { CancelTimer } from '#schema/env.ts';
import type { WireRecord } from '#schema/sync/messages.ts';
import { PULL_BEHIND_MAX } from '#schema/sync/messages.ts';
import type { ClientEnv } from '../env.ts';
import type { Outbox } from '../store/outbox.ts';
import { type Checkpoint, checkpointRow, Replica } from '../store/replica.ts';
import type { ReplicaSlots } from '../store/replica-slots.ts';
import { retryDelayMs } from './retry.ts';
import { readSnapshot } from './snapshot-reader.ts';
import { SyncRefused, type Transport, takeBatch } from './transport.ts';

/** Without any poke a visible tablet looks for news this often (SY16). */
export const POLL_MS = 30_000;

/** What the sync is doing and how it went, for the badge. */
export interface SyncProgress {
  readonly connection: 'online' | 'offline' | 'sign_in' | 'update_required';
  readonly activity: 'idle' | 'pushing' | 'pulling' | 'snapshot';
  readonly snapshot: { readonly received: number; readonly total: number } | null;
  readonly lastSuccessAt: number | null;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

/** What the loop tells the rest of the tab, and the other tabs. */
export interface SyncListener {
  readonly onProgress: (progress: SyncProgress) => void;
  /** Receipts were stored. */
  readonly onOutbox: () => void;
  /** The replica moved by these records, or another one was swapped in (`all`). */
  readonly onReplica: (changed: readonly WireRecord[] | 'all') => Promise<void>;
}

/**
 * The leading tab's loop: push until the outbox has no unreceipted mutation, pull to the head, and again when something happens. One cycle at a time; whatever
 * happens meanwhile asks for one more. Errors never leave it: they set the progress and the next attempt (SY11).
 */
export class SyncLoop {
  readonly #env: ClientEnv;
  readonly #transport: Transport;
  readonly #outbox: Outbox;
  readonly #slots: ReplicaSlots;
  readonly #listener: SyncListener;
  #progress: SyncProgress = { connection: 'offline', activity: 'idle', snapshot: null, lastSuccessAt: null, lastError: null };
  #running: Promise<void> | null = null;
  #asked = false;
  #failures = 0;
  #stopped = false;
  #cancelTimer: CancelTimer = () => undefined;

  constructor(env: ClientEnv, transport: Transport, outbox: Outbox, slots: ReplicaSlots, listener: SyncListener) {
    this.#env = env;
    this.#transport = transport;
    this.#outbox = outbox;
    this.#slots = slots;
    this.#listener = listener;
  }

  progress(): SyncProgress {
    return this.#progress;
  }

  /** Something happened that is worth an attempt now: a tap, a poke, the network, the app becoming visible, a new mutation. */
  wake(): void {
    if (this.#stopped) return;
    this.#asked = true;
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#cancelTimer();
    while (this.#asked && !this.#stopped) {
      this.#asked = false;
      try {
        await this.#push();
        await this.#pull();
        this.#failures = 0;
        this.#report({ connection: 'online', activity: 'idle', snapshot: null, lastSuccessAt: this.#env.now(), lastError: null });
        this.#waitFor(POLL_MS);
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#running = null;
    // A wake between the loop's last look and here.
    if (this.#asked && !this.#stopped) this.#running = this.#run();
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    const refused = error instanceof SyncRefused ? error : null;
    this.#report({
      connection: connectionOf(refused),
      activity: 'idle',
      snapshot: null,
      lastError: { code: refused?.code ?? 'no_answer', message: error instanceof Error ? error.message : String(error) },
    });
    const delayMs = retryDelayMs(this.#failures, this.#env.random(), refused?.retryAfterMs ?? null);
    // Dormant: only the slow timer, and whatever wakes us, tries again.
    this.#waitFor(delayMs ?? POLL_MS);
  }

  #waitFor(delayMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#env.schedule(delayMs, () => {
      if (this.#env.isVisible() || delayMs < POLL_MS) this.wake();
      else this.#waitFor(POLL_MS);
    });
  }

  #report(change: Partial<SyncProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    this.#listener.onProgress(this.#progress);
  }

  async #push(): Promise<void> {
    for (;;) {
      const pending = await this.#outbox.pending();
      if (pending.length === 0 || this.#stopped) return;
      this.#report({ activity: 'pushing' });
      await this.#pushOnce(takeBatch(pending));
      this.#listener.onOutbox();
    }
  }

  /** One push; where the server asks for earlier numbers (it was restored), those are sent from the outbox (SY8). */
  async #pushOnce(batch: Parameters<Transport['push']>[0]): Promise<void> {
    try {
      const { answer } = await this.#transport.push(batch);
      await this.#outbox.keepReceipts(answer.receipts);
    } catch (error) {
      const expected = error instanceof SyncRefused && error.code === 'gap' ? Number(error.details.expected) : Number.NaN;
      if (!Number.isSafeInteger(expected) || expected >= (batch[0]?.n ?? 0)) throw error;
      const missing = takeBatch((await this.#outbox.from(expected)).map(({ mutation }) => mutation));
      if (missing[0]?.n !== expected) throw error;
      await this.#pushOnce(missing);
    }
  }

  async #pull(): Promise<void> {
    this.#report({ activity: 'pulling' });
    const replica = this.#slots.current();
    const checkpoint = await replica.checkpoint();
    if (checkpoint === null) {
      await this.#takeSnapshot();
      return this.#pull();
    }
    try {
      await this.#pullToHead(replica, checkpoint);
    } catch (error) {
      if (!(error instanceof SyncRefused) || !['rebuild', 'snapshot_required'].includes(error.code)) throw error;
      await this.#takeSnapshot();
      return this.#pull();
    }
  }

  /** Gathers all pages and applies them at the head, with the checkpoint, in one write (SY15). */
  async #pullToHead(replica: Replica, checkpoint: Checkpoint): Promise<void> {
    const records: WireRecord[] = [];
    let since = checkpoint.seq;
    for (;;) {
      const tail = await this.#outbox.pending(1);
      const receiptsAfter = tail[0] ? tail[0].n - 1 : ((await this.#outbox.tail())?.n ?? 0);
      const { answer, skewMs } = await this.#transport.pull({ epoch: checkpoint.epoch, since, receiptsAfter });
      records.push(...answer.records);
      await this.#outbox.keepReceipts(answer.receipts);
      if (answer.receipts.length > 0) this.#listener.onOutbox();
      since = answer.next;
      if (records.length > PULL_BEHIND_MAX) throw new SyncRefused(409, 'snapshot_required', {}, null);
      if (answer.more) continue;
      await replica.apply(records, {
        epoch: answer.epoch,
        seq: answer.next,
        ackedN: answer.ackedN,
        contactAt: this.#env.now(),
        skewMs,
        head: answer.head,
      });
      await this.#listener.onReplica(records);
      return;
    }
  }

  /** Builds a new replica beside the old one and swaps it in (SY17). */
  async #takeSnapshot(): Promise<void> {
    this.#report({ activity: 'snapshot', snapshot: { received: 0, total: 0 } });
    const { replica, swapIn } = await this.#slots.build();
    const header = await readSnapshot(await this.#transport.snapshot(), async (rows, progress) => {
      await replica.addPart(rows);
      this.#report({ snapshot: progress });
    });
    const { epoch, seq, ackedN, serverTime } = header;
    const now = this.#env.now();
    await replica.addPart([checkpointRow({ epoch, seq, ackedN, contactAt: now, skewMs: now - serverTime, head: null })]);
    await swapIn();
    await this.#listener.onReplica('all');
    this.#report({ snapshot: null });
  }
}

function connectionOf(refused: SyncRefused | null): SyncProgress['connection'] {
  if (refused === null) return 'offline';
  if (refused.status === 401) return 'sign_in';
  return refused.status === 426 ? 'update_required' : 'online';
}
