import type { CancelTimer } from '#schema/env.ts';
import type { DigestSums } from '#schema/sync/digest.ts';
import { PULL_BEHIND_MAX, SET_BACK_SEEN_MAX, type SyncReport, type WireRecord } from '#schema/sync/messages.ts';
import type { ClientEnv } from '../env.ts';
import type { KeptSession } from '../session.ts';
import { type Outbox, OutboxCleared } from '../store/outbox.ts';
import type { Checkpoint } from '../store/replica.ts';
import { BuildTaken } from '../store/replica-build.ts';
import type { ReplicaSlots } from '../store/replica-slots.ts';
import { isWorthNothing } from './checkpoint-worth.ts';
import { DigestWatch, isHeldAs } from './digest-watch.ts';
import { Pusher } from './pusher.ts';
import { SnapshotCut } from './snapshot-reader.ts';
import { type SyncEvent, type SyncState, stepSync, TIMER_MS, type WakeReason } from './sync-machine.ts';
import { type Gathered, LeadLost, takeSnapshot } from './take-snapshot.ts';
import { NoAnswer, SyncRefused, Transport } from './transport.ts';

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
  /** The browser cleared the outbox, or the server closed this device: it gives no number any more, and the tablet must enrol anew (SY25). */
  readonly onGone: () => void;
  /** The server knows another number of this tablet now (SY8). */
  readonly onRenumbered: (number: number) => void;
}

/** What a tablet was enrolled as. */
export type EnrolledAs = Pick<KeptSession['device'], 'id' | 'token' | 'number' | 'name'>;

/** A pull that another tab overtook is repeated so often in one exchange. */
const PULLS_MAX = 20;

/**
 * The leading tab's exchanges: push until the outbox has no unreceipted mutation, then pull to the head. When to do so, and when to wait, is the matter
 * of `sync-machine.ts` (SY11). Errors never leave the loop: they become progress and the next attempt. A tab that lost the lead sends nothing more.
 */
export class SyncLoop {
  readonly #env: ClientEnv;
  readonly #transport: Transport;
  readonly #device: EnrolledAs;
  readonly #outbox: Outbox;
  readonly #slots: ReplicaSlots;
  readonly #listener: SyncListener;
  readonly #pusher: Pusher;
  readonly #watch: DigestWatch;
  #state: SyncState = { kind: 'following' };
  #progress: SyncProgress = { connection: 'offline', activity: 'idle', snapshot: null, lastSuccessAt: null, lastError: null };
  #running: Promise<void> = Promise.resolve();
  #counting: Promise<void> = Promise.resolve();
  #cancelWait: CancelTimer = () => undefined;
  #cancelTimer: CancelTimer = () => undefined;

  constructor(env: ClientEnv, device: EnrolledAs, outbox: Outbox, slots: ReplicaSlots, listener: SyncListener) {
    this.#env = env;
    this.#device = device;
    this.#transport = new Transport(env, device.token);
    this.#outbox = outbox;
    this.#slots = slots;
    this.#listener = listener;
    this.#pusher = new Pusher(this.#transport, outbox, {
      isLeading: () => this.#isLeading(),
      onPushing: () => this.#report({ activity: 'pushing' }),
      onReceipts: () => listener.onOutbox(),
    });
    this.#watch = new DigestWatch(env, slots);
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
      await this.#counting;
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
      await this.#outbox.check();
      const forked = await this.#pusher.push();
      const isOutdated = (await this.#pull()) === 'update_required';
      const connection = isOutdated ? 'update_required' : 'online';
      this.#report({ connection, lastSuccessAt: this.#env.now(), lastError: forked });
    } catch (error) {
      outcome = this.#failureOf(await this.#enrolledAgain(error).catch((again: unknown) => again));
    }
    this.#report({ activity: 'idle', snapshot: null });
    this.#send(outcome);
    if (this.#state.kind === 'idle') this.#counting = this.#count();
  }

  /** A server that was set back to before this tablet was enrolled has forgotten it: it is told again, and the exchange tried anew (SY8). Answers what failed. */
  async #enrolledAgain(error: unknown): Promise<unknown> {
    if (!(error instanceof SyncRefused) || error.code !== 'device_not_enrolled') return error;
    const { id: deviceId, token: deviceToken, name, number } = this.#device;
    const set = (await this.#slots.current().checkpoint())?.set;
    const enrolled = await this.#transport.enrolAgain({ name, set, returns: { deviceId, deviceToken, number } });
    if (enrolled.number !== number) this.#listener.onRenumbered(enrolled.number);
    return new NoAnswer('enrolled again');
  }

  #failureOf(error: unknown): SyncEvent {
    if (error instanceof OutboxCleared || (error instanceof SyncRefused && error.code === 'device_lost')) {
      this.#report({ lastError: { code: 'device_lost', message: error.message } });
      this.#listener.onGone();
      return { kind: 'blocked' };
    }
    const refused = error instanceof SyncRefused ? error : null;
    const isUnheard = error instanceof NoAnswer || error instanceof SnapshotCut;
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
    // Another tab goes on with what this one was doing.
    else if (!(error instanceof LeadLost || error instanceof BuildTaken)) {
      this.#report({ lastError });
      this.#env.report(error);
    }
    return { kind: 'failed', retryAfterMs: refused?.retryAfterMs ?? null, random: this.#env.random() };
  }

  #report(change: Partial<SyncProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    if (this.#isLeading()) this.#listener.onProgress(this.#progress);
  }

  async #pull(): Promise<'done' | 'update_required'> {
    let hasResent = false;
    for (let tries = 0; tries < PULLS_MAX && this.#isLeading(); tries += 1) {
      const pulled = await this.#pullOrRebuild();
      if (pulled === 'update_required') return pulled;
      if (pulled === 'again') continue;
      if (hasResent || !(await this.#pusher.resend(pulled.ackedN))) return 'done';
      hasResent = true;
    }
    return 'done';
  }

  async #pullOrRebuild(): Promise<Checkpoint | 'again' | 'update_required'> {
    try {
      const base = await this.#slots.current().checkpoint();
      if (base === null) return await this.#takeSnapshot({ isRewound: false });
      this.#report({ activity: 'pulling' });
      return await this.#pullToHead(base);
    } catch (error) {
      if (!(error instanceof SyncRefused)) throw error;
      if (error.status === 426) return 'update_required';
      if (error.code === 'snapshot_required') return this.#takeSnapshot({ isRewound: false });
      if (error.code === 'rebuild') return this.#takeSnapshot({ isRewound: true });
      throw error;
    }
  }

  /** Applies what was gathered, with the checkpoint, in one write (SY15), and looks whether the server has the same records (SY18). */
  async #pullToHead(base: Checkpoint): Promise<Checkpoint | 'again'> {
    const { records, checkpoint, holds, heardIn } = await this.#gather(base, base.ackedN);
    if (holds.set !== base.set) return this.#takeSnapshot({ isRewound: false });
    let sums: DigestSums | null;
    // Nothing happened since the last pull, which is not long ago: not worth a flush to disk.
    if (records.length === 0 && isWorthNothing(base, checkpoint)) sums = await this.#slots.sumsAt(base);
    else {
      sums = await this.#slots.apply(base, records, checkpoint);
      await this.#listener.onReplica(sums ? records : 'all');
      await this.#slots.follow();
    }
    if (!sums) return 'again';
    this.#settle(heardIn);
    const doubted = this.#watch.doubted();
    if ((!doubted && isHeldAs(sums, base, holds)) || !this.#watch.admitRepair()) return checkpoint;
    const { epoch, seq } = checkpoint;
    await this.#tell({ kind: 'digest_mismatch', epoch, seq, sums: doubted ?? sums, afterSnapshot: false });
    return this.#takeSnapshot({ isRewound: false });
  }

  /**
   * All pages from a state to the head. Receipts of acts behind `sureN` lie in no state that was stored here and are heard again: a push may have heard them in a
   * history that is gone.
   */
  async #gather(from: Omit<Checkpoint, 'ackedN' | 'contactAt' | 'skewMs'>, sureN: number): Promise<Gathered> {
    const records: WireRecord[] = [];
    let since = from.seq;
    // Each page must be of the history that the one before was read from: else what was undone between two is missed.
    let seen = from.head;
    const { doubted } = this.#outbox;
    const generation = doubted.generation();
    let heardN = Math.min(sureN, doubted.sureN(await this.#outbox.settledN()));
    for (;;) {
      const { answer, skewMs } = await this.#transport.pull({
        epoch: from.epoch,
        since,
        receiptsAfter: heardN,
        head: seen,
      });
      if (answer.epoch !== from.epoch) throw new SyncRefused(409, 'rebuild', {}, null);
      await this.#outbox.check(answer.ackedN);
      records.push(...answer.records);
      await this.#pusher.keep(answer.receipts, generation);
      if (doubted.generation() !== generation) throw new NoAnswer('what the server said before is doubted');
      heardN = answer.receipts.at(-1)?.n ?? heardN;
      if (records.length > PULL_BEHIND_MAX || (answer.more && answer.next <= since))
        throw new SyncRefused(409, 'snapshot_required', {}, null);
      since = answer.next;
      seen = answer.head;
      if (answer.more || (answer.receipts.length > 0 && heardN < answer.ackedN)) continue;
      const { epoch, next: seq, ackedN, head, holds } = answer;
      const { set, ledgersFrom } = from;
      const contact = { contactAt: this.#env.now(), skewMs };
      const heardIn = heardN >= answer.ackedN ? generation : null;
      return { records, holds, heardIn, checkpoint: { epoch, seq, ackedN, ...contact, head, set, ledgersFrom } };
    }
  }

  /** Only when the state is stored: until then the next pull may be of another history, which would not be noticed. */
  #settle(heardIn: number | null): void {
    if (heardIn !== null) this.#outbox.doubted.settle(heardIn);
  }

  async #tell(report: SyncReport): Promise<void> {
    await this.#transport.report(report).catch((error: unknown) => {
      // It is for the audit log; the repair does not wait for it.
      if (!(error instanceof SyncRefused)) throw error;
    });
  }

  /** Builds a new replica beside the old one and swaps it in (SY17). Rewound: what the server said before may not be so any more. */
  async #takeSnapshot({ isRewound }: { readonly isRewound: boolean }): Promise<Checkpoint> {
    this.#report({ activity: 'snapshot', snapshot: { received: 0, total: 0 } });
    const firstN = (await this.#outbox.from(1, 1))[0]?.mutation.n ?? 1;
    if (isRewound) this.#outbox.doubted.raise(firstN);
    const sureN = (await this.#slots.current().checkpoint())?.ackedN ?? firstN - 1;
    const gone = isRewound ? await this.#goneHistory() : null;
    const { checkpoint, sums, isSame, heardIn } = await takeSnapshot({
      transport: this.#transport,
      slots: this.#slots,
      isLeading: () => this.#isLeading(),
      onProgress: (snapshot) => this.#report({ snapshot }),
      gather: (built) => this.#gather(built, sureN),
    });
    this.#settle(heardIn);
    this.#watch.trust();
    await this.#listener.onReplica('all');
    await this.#slots.follow();
    this.#report({ snapshot: null });
    if (gone) await this.#tell(gone);
    if (isSame) return checkpoint;
    // Records that came whole and differ all the same: the server looks at its own, and another snapshot would not help.
    this.#watch.admitRepair();
    await this.#tell({ kind: 'digest_mismatch', epoch: checkpoint.epoch, seq: checkpoint.seq, sums, afterSnapshot: true });
    return checkpoint;
  }

  /** What is known here of the history that the server lost, other devices' acts included (SY8). */
  async #goneHistory(): Promise<SyncReport | null> {
    const replica = this.#slots.current();
    const before = await replica.checkpoint();
    if (!before?.head) return null;
    // Another tab may build a new one meanwhile; then this one is closed.
    const { acts, zNumbers } = await replica.highestNumbers(() => this.#isLeading() && this.#slots.current() === replica);
    return {
      kind: 'set_back',
      epoch: before.epoch,
      seq: before.seq,
      head: before.head,
      seen: [...acts].map(([deviceId, n]) => ({ deviceId, n })).slice(0, SET_BACK_SEEN_MAX),
      zNumbers: zNumbers.slice(0, SET_BACK_SEEN_MAX),
    };
  }

  /** Counts the replica's rows when that is due, while nothing else is to be done; one that went bad is mended by an exchange. */
  async #count(): Promise<void> {
    const last = this.#running;
    const goOn = () => this.#state.kind === 'idle' && this.#running === last;
    try {
      if (await this.#watch.count(goOn)) this.wake('timer');
    } catch (error) {
      this.#env.report(error);
    }
  }
}
