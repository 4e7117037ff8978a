import type { CancelTimer } from '#schema/env.ts';
import { PULL_BEHIND_MAX, PUSH_MUTATIONS_MAX, type WireRecord } from '#schema/sync/messages.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import type { ClientEnv } from '../env.ts';
import type { Outbox } from '../store/outbox.ts';
import { type Checkpoint, isSameState } from '../store/replica.ts';
import type { ReplicaSlots } from '../store/replica-slots.ts';
import { readSnapshot } from './snapshot-reader.ts';
import { type SyncEvent, type SyncState, stepSync, TIMER_MS, type WakeReason } from './sync-machine.ts';
import { NoAnswer, SyncRefused, type Transport, takeBatch } from './transport.ts';

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

/** A pull that another tab overtook is repeated so often in one exchange. */
const PULLS_MAX = 20;
/** A checkpoint that says nothing new is written again after so long, or when the clock was moved by so much. */
const CONTACT_WORTH_MS = 5 * 60_000;
const SKEW_WORTH_MS = 2_000;
/** A server that keeps asking for earlier numbers is not believed for ever. */
const GAPS_MAX = 5;

/**
 * The leading tab's exchanges: push until the outbox has no unreceipted mutation, then pull to the head. When to do so, and when to wait, is the matter
 * of `sync-machine.ts` (SY11). Errors never leave the loop: they become progress and the next attempt. A tab that lost the lead sends nothing more.
 */
export class SyncLoop {
  readonly #env: ClientEnv;
  readonly #transport: Transport;
  readonly #outbox: Outbox;
  readonly #slots: ReplicaSlots;
  readonly #listener: SyncListener;
  #state: SyncState = { kind: 'following' };
  #progress: SyncProgress = { connection: 'offline', activity: 'idle', snapshot: null, lastSuccessAt: null, lastError: null };
  #running: Promise<void> = Promise.resolve();
  /** Own receipts are known up to `n`, as the server says in `epoch`. */
  #heard = { epoch: 0, n: 0 };
  #cancelWait: CancelTimer = () => undefined;
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

  state(): SyncState {
    return this.#state;
  }

  /** This tab leads from now on. */
  lead(): void {
    this.#armTimer();
    this.#send({ kind: 'lead' });
  }

  /** Another tab leads, or this one closes. What is under way ends before its next request. */
  lose(): void {
    this.#cancelTimer();
    this.#send({ kind: 'lose' });
  }

  /** Something happened that may be worth an exchange. */
  wake(by: WakeReason): void {
    this.#send({ kind: 'wake', by });
  }

  /** Resolves when no exchange is under way. */
  async idle(): Promise<void> {
    let seen: Promise<void> | null = null;
    while (seen !== this.#running) {
      seen = this.#running;
      await seen;
    }
  }

  async stop(): Promise<void> {
    this.lose();
    await this.idle();
  }

  /** A visible tab asks by itself (SY16). */
  #armTimer(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#env.schedule(TIMER_MS, () => {
      this.#armTimer();
      if (this.#env.isVisible()) this.wake('timer');
    });
  }

  #send(event: SyncEvent): void {
    const { state, effects } = stepSync(this.#state, event);
    this.#state = state;
    for (const effect of effects) {
      if (effect.kind === 'cancelWait') this.#cancelWait();
      else if (effect.kind === 'wait') this.#cancelWait = this.#env.schedule(effect.ms, () => this.#send({ kind: 'due' }));
      else this.#running = this.#running.then(() => this.#exchange());
    }
  }

  #isLeading(): boolean {
    return this.#state.kind !== 'following';
  }

  async #exchange(): Promise<void> {
    if (!this.#isLeading()) return;
    let outcome: SyncEvent = { kind: 'succeeded' };
    try {
      const forked = await this.#push();
      const isOutdated = (await this.#pull()) === 'update_required';
      const connection = isOutdated ? 'update_required' : 'online';
      this.#report({ connection, lastSuccessAt: this.#env.now(), lastError: forked });
    } catch (error) {
      outcome = this.#failureOf(error);
    }
    this.#report({ activity: 'idle', snapshot: null });
    this.#send(outcome);
  }

  #failureOf(error: unknown): SyncEvent {
    const refused = error instanceof SyncRefused ? error : null;
    const isUnheard = error instanceof NoAnswer;
    const lastError = {
      code: refused?.code ?? (isUnheard ? 'no_answer' : 'storage'),
      message: error instanceof Error ? error.message : String(error),
    };
    if (refused?.status === 401) {
      this.#report({ connection: 'sign_in', lastError });
      return { kind: 'blocked' };
    }
    if (refused) this.#report({ connection: 'online', lastError });
    else if (isUnheard) this.#report({ connection: 'offline', lastError });
    else {
      this.#report({ lastError });
      this.#env.report(error);
    }
    return { kind: 'failed', retryAfterMs: refused?.retryAfterMs ?? null, random: this.#env.random() };
  }

  #report(change: Partial<SyncProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    if (this.#isLeading()) this.#listener.onProgress(this.#progress);
  }

  /** Answers why nothing more can be pushed, if a person must look at it; pulling goes on. */
  async #push(): Promise<SyncProgress['lastError']> {
    try {
      while (this.#isLeading()) {
        const batch = takeBatch(await this.#outbox.pending(PUSH_MUTATIONS_MAX));
        if (batch.length === 0) return null;
        this.#report({ activity: 'pushing' });
        await this.#pushOnce(batch, 0);
      }
    } catch (error) {
      if (!(error instanceof SyncRefused) || error.code !== 'forked') throw error;
      return { code: error.code, message: error.message };
    }
    return null;
  }

  /** One push; where the server asks for earlier numbers (it was restored), those are sent from the outbox (SY8). */
  async #pushOnce(batch: readonly Mutation[], gaps: number): Promise<void> {
    try {
      const { answer } = await this.#transport.push(batch);
      await this.#keep(answer.receipts, answer.epoch);
    } catch (error) {
      const expected = error instanceof SyncRefused && error.code === 'gap' ? Number(error.details.expected) : Number.NaN;
      if (!Number.isSafeInteger(expected) || gaps >= GAPS_MAX) throw error;
      const missing = takeBatch((await this.#outbox.from(expected, PUSH_MUTATIONS_MAX)).map(({ mutation }) => mutation));
      // What the server wants is not here any more: sending on would only ask again.
      if (missing[0]?.n !== expected)
        throw new SyncRefused(409, 'forked', error instanceof SyncRefused ? error.details : {}, null);
      await this.#pushOnce(missing, gaps + 1);
    }
  }

  async #keep(receipts: readonly Receipt[], epoch: number): Promise<void> {
    const [first, last] = [receipts[0], receipts.at(-1)];
    if (!first || !last) return;
    await this.#outbox.keepReceipts(receipts);
    if (epoch === this.#heard.epoch && first.n <= this.#heard.n + 1) this.#heard = { epoch, n: Math.max(this.#heard.n, last.n) };
    this.#listener.onOutbox();
  }

  async #pull(): Promise<'done' | 'update_required'> {
    let hasResent = false;
    for (let tries = 0; tries < PULLS_MAX && this.#isLeading(); tries += 1) {
      const pulled = await this.#pullOrRebuild();
      if (pulled === 'update_required') return pulled;
      if (pulled === 'again') continue;
      if (hasResent || !(await this.#resend(pulled.ackedN))) return 'done';
      hasResent = true;
    }
    return 'done';
  }

  async #pullOrRebuild(): Promise<Checkpoint | 'again' | 'update_required'> {
    try {
      const base = await this.#slots.current().checkpoint();
      if (base === null) return await this.#takeSnapshot();
      this.#report({ activity: 'pulling' });
      return await this.#pullToHead(base);
    } catch (error) {
      if (!(error instanceof SyncRefused)) throw error;
      if (error.status === 426) return 'update_required';
      if (error.code === 'rebuild' || error.code === 'snapshot_required') return this.#takeSnapshot();
      throw error;
    }
  }

  /** Gathers all pages and applies them at the head, with the checkpoint, in one write (SY15). */
  async #pullToHead(base: Checkpoint): Promise<Checkpoint | 'again'> {
    const records: WireRecord[] = [];
    let since = base.seq;
    const heardN = this.#heard.epoch === base.epoch ? this.#heard.n : 0;
    this.#heard = { epoch: base.epoch, n: Math.max(base.heardN, heardN) };
    for (;;) {
      const { answer, skewMs } = await this.#transport.pull({ epoch: base.epoch, since, receiptsAfter: this.#heard.n });
      if (answer.epoch !== base.epoch) throw new SyncRefused(409, 'rebuild', {}, null);
      records.push(...answer.records);
      await this.#keep(answer.receipts, answer.epoch);
      if (records.length > PULL_BEHIND_MAX || (answer.more && answer.next <= since))
        throw new SyncRefused(409, 'snapshot_required', {}, null);
      since = answer.next;
      if (answer.more || (answer.receipts.length > 0 && this.#heard.n < answer.ackedN)) continue;
      const { epoch, next: seq, ackedN, head } = answer;
      const checkpoint: Checkpoint = { epoch, seq, ackedN, heardN: this.#heard.n, contactAt: this.#env.now(), skewMs, head };
      // Nothing happened since the last pull, which is not long ago: not worth a flush to disk.
      if (records.length === 0 && isSameState(base, checkpoint) && isFresh(base, checkpoint)) return checkpoint;
      const isApplied = await this.#slots.apply(base, records, checkpoint);
      await this.#listener.onReplica(isApplied ? records : 'all');
      await this.#slots.follow();
      return isApplied ? checkpoint : 'again';
    }
  }

  /** The last number up to which every own mutation has its receipt. */
  async #settledN(): Promise<number> {
    const [first] = await this.#outbox.pending(1);
    return first ? first.n - 1 : ((await this.#outbox.tail())?.n ?? 0);
  }

  /** Up to where the own receipts are those of an epoch: none of what is here, when it is another than before. */
  async #heardIn(epoch: number): Promise<number> {
    const before = await this.#slots.current().checkpoint();
    if (before?.epoch === epoch) return before.heardN;
    const [first] = await this.#outbox.from(1, 1);
    return first ? first.mutation.n - 1 : 0;
  }

  /** The server's state holds fewer own acts than it has receipted (it was restored): they are sent again (SY8). True when some were. */
  async #resend(ackedN: number): Promise<boolean> {
    const settledN = await this.#settledN();
    for (let next = ackedN + 1; next <= settledN && this.#isLeading(); ) {
      const batch = takeBatch((await this.#outbox.from(next, PUSH_MUTATIONS_MAX)).map(({ mutation }) => mutation));
      const last = batch.at(-1);
      if (!last) break;
      await this.#pushOnce(batch, 0);
      next = last.n + 1;
    }
    return settledN > ackedN;
  }

  /** Builds a new replica beside the old one and swaps it in (SY17). */
  async #takeSnapshot(): Promise<'again'> {
    this.#report({ activity: 'snapshot', snapshot: { received: 0, total: 0 } });
    const build = await this.#slots.build();
    try {
      const sentAt = this.#env.now();
      const lines = await this.#transport.snapshot();
      const answeredAt = this.#env.now();
      const header = await readSnapshot(lines, async (rows, progress) => {
        await build.add(rows);
        this.#report({ snapshot: progress });
      });
      const { epoch, seq, ackedN, serverTime } = header;
      const skewMs = Math.round((sentAt + answeredAt) / 2) - serverTime;
      const heardN = await this.#heardIn(epoch);
      await build.swapIn({ epoch, seq, ackedN, heardN, contactAt: this.#env.now(), skewMs, head: null });
    } catch (error) {
      await build.abandon().catch(this.#env.report);
      throw error;
    }
    await this.#listener.onReplica('all');
    await this.#slots.follow();
    this.#report({ snapshot: null });
    return 'again';
  }
}

function isFresh(base: Checkpoint, now: Checkpoint): boolean {
  if (base.heardN !== now.heardN) return false;
  const isRecent = Math.abs(now.contactAt - base.contactAt) < CONTACT_WORTH_MS;
  return isRecent && base.skewMs !== null && Math.abs((now.skewMs ?? 0) - base.skewMs) < SKEW_WORTH_MS && base.head !== null;
}
