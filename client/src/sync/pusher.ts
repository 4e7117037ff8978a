import { PUSH_MUTATIONS_MAX } from '#schema/sync/messages.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import type { Outbox, OutboxEntry } from '../store/outbox.ts';
import { NoAnswer, SyncRefused, type Transport, takeBatch } from './transport.ts';

/** A server that keeps asking for earlier numbers is not believed for ever. */
const GAPS_MAX = 5;

/** What an exchange needs to know of its pushes. */
export interface PushListener {
  /** Nothing more is sent once the tab has lost the lead. */
  readonly isLeading: () => boolean;
  readonly onPushing: () => void;
  /** Receipts were stored. */
  readonly onReceipts: () => void;
}

/** Sends what lies in the outbox, and again what a server that was set back has lost (SY5–SY8). Errors as `Transport`. */
export class Pusher {
  readonly #transport: Transport;
  readonly #outbox: Outbox;
  readonly #listener: PushListener;

  constructor(transport: Transport, outbox: Outbox, listener: PushListener) {
    this.#transport = transport;
    this.#outbox = outbox;
    this.#listener = listener;
  }

  /** Answers why nothing more can be pushed, if a person must look at it; pulling goes on. */
  async push(): Promise<{ readonly code: string; readonly message: string } | null> {
    try {
      let receiptedUpTo = 0;
      while (this.#listener.isLeading()) {
        const pending = await this.#outbox.pending(PUSH_MUTATIONS_MAX);
        const batch = takeBatch(pending.map((mutation) => ({ mutation, receipt: null })));
        const [first] = batch;
        if (!first) return null;
        // Sent and answered, and still without a receipt: sending it again at once would go on for ever.
        const { n } = first.mutation;
        if (n <= receiptedUpTo) throw new NoAnswer(`no receipt for ${n}`);
        this.#listener.onPushing();
        receiptedUpTo = await this.#pushOnce(batch, 0);
      }
    } catch (error) {
      if (!(error instanceof SyncRefused) || error.code !== 'forked') throw error;
      return { code: error.code, message: error.message };
    }
    return null;
  }

  /**
   * One push; where the server asks for earlier numbers (it was restored), those are sent from the outbox instead (SY8). Answers the last number sent.
   */
  async #pushOnce(batch: readonly OutboxEntry[], gaps: number): Promise<number> {
    try {
      const generation = this.#outbox.doubted.generation();
      const { answer } = await this.#transport.push(batch);
      await this.keep(answer.receipts, generation);
      return batch.at(-1)?.mutation.n ?? 0;
    } catch (error) {
      const expected = error instanceof SyncRefused && error.code === 'gap' ? Number(error.details.expected) : Number.NaN;
      if (!Number.isSafeInteger(expected) || gaps >= GAPS_MAX) throw error;
      // It was set back: whatever it said of what it asks for now, it may say otherwise when that comes again.
      this.#outbox.doubted.raise(expected);
      const missing = takeBatch(await this.#outbox.from(expected, PUSH_MUTATIONS_MAX));
      // What the server wants is not here any more: sending on would only ask again.
      if (missing[0]?.mutation.n !== expected)
        throw new SyncRefused(409, 'forked', error instanceof SyncRefused ? error.details : {}, null);
      return await this.#pushOnce(missing, gaps + 1);
    }
  }

  /** Stores receipts that were asked for in this generation of doubt. */
  async keep(receipts: readonly Receipt[], generation: number): Promise<void> {
    if (receipts.length === 0) return;
    if (await this.#outbox.keepReceipts(receipts, generation)) this.#listener.onReceipts();
  }

  /** The server's state holds fewer own acts than it has receipted (it was restored): they are sent again (SY8). True when some were. */
  async resend(ackedN: number): Promise<boolean> {
    const settledN = await this.#outbox.settledN();
    if (settledN > ackedN) this.#outbox.doubted.raise(ackedN + 1);
    for (let next = ackedN + 1; next <= settledN && this.#listener.isLeading(); ) {
      const batch = takeBatch(await this.#outbox.from(next, PUSH_MUTATIONS_MAX));
      const last = batch.at(-1);
      if (!last) break;
      await this.#pushOnce(batch, 0);
      next = last.mutation.n + 1;
    }
    return settledN > ackedN;
  }
}
