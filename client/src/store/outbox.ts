import { canonicalJson } from '#schema/canonical-json.ts';
import { CHAIN_START, chainMutation, type Mutation, mutationSchema, type WireMutation } from '#schema/sync/mutation.ts';
import { type Receipt, receiptSchema } from '#schema/sync/receipt.ts';
import { DAY_MS } from '#schema/time.ts';
import type { ClientEnv } from '../env.ts';
import type { KeyedStore, StoreRow } from './keyed-store.ts';

/**
 * The outbox: this device's mutations, in its own store that no replica change ever touches. Only a receipt retires one (SY11); receipted ones
 * stay 30 days, so that a server restored from a backup can ask for what it lost (SY8).
 */
export interface OutboxEntry {
  readonly mutation: Mutation;
  /** Null until the server has answered for it. */
  readonly receipt: Receipt | null;
}

/** The store of a workspace's outbox. */
export function outboxNameOf(workspaceName: string): string {
  return `${workspaceName}-outbox`;
}

const KIND = 'mutation';
const PENDING = 'pending';
const RECEIPTED = 'receipted';
/** How long receipted mutations stay. */
const RETENTION_MS = 30 * DAY_MS;
/** Most rows one reading takes: more than a device ever keeps. */
const READ_MAX = 1_000_000;
/** An insert that finds its number taken reads the tail again, at most so often. */
const NUMBERING_TRIES_MAX = 20;

export class Outbox {
  readonly #env: Pick<ClientEnv, 'locks' | 'sha256' | 'now'>;
  readonly #store: KeyedStore;
  readonly #deviceId: string;

  constructor(env: Pick<ClientEnv, 'locks' | 'sha256' | 'now'>, store: KeyedStore, deviceId: string) {
    this.#env = env;
    this.#store = store;
    this.#deviceId = deviceId;
  }

  /**
   * Numbers, chains and stores a mutation; durable when it resolves (SY1, SY2). Several tabs may append at once: the number is taken under a lock, and
   * whoever finds it taken all the same chains again. `admit` is asked with each number tried; when it says no, nothing is stored and the answer is null.
   * Errors: `StorageFull`, or whatever the storage throws; then nothing was stored.
   */
  append(
    content: Omit<WireMutation, 'deviceId' | 'n'>,
    admit: (mutation: Mutation) => Promise<boolean> = async () => true,
  ): Promise<Mutation | null> {
    return this.#env.locks.withLock(`number ${this.#deviceId}`, async () => {
      for (let tries = 0; tries < NUMBERING_TRIES_MAX; tries += 1) {
        const tail = await this.tail();
        const wire = { ...content, deviceId: this.#deviceId, n: (tail?.n ?? 0) + 1 };
        const mutation = chainMutation(wire, tail?.hash ?? CHAIN_START, this.#env.sha256);
        if (!(await admit(mutation))) return null;
        if (await this.#store.insert(rowOf({ mutation, receipt: null }))) return mutation;
      }
      throw new Error('another tab keeps taking the next number');
    });
  }

  /** The newest mutation, or null. */
  async tail(): Promise<Mutation | null> {
    const [row] = await this.#store.query({ kind: KIND, descending: true, limit: 1 });
    return row ? entryOf(row).mutation : null;
  }

  /** Mutations from number `n` on, in order. */
  async from(n: number, limit = READ_MAX): Promise<OutboxEntry[]> {
    return (await this.#store.query({ kind: KIND, sortFrom: padded(n), limit })).map(entryOf);
  }

  /** Mutations without a receipt, in order. */
  async pending(limit = READ_MAX): Promise<Mutation[]> {
    return (await this.#store.query({ kind: KIND, status: PENDING, limit })).map((row) => entryOf(row).mutation);
  }

  /** How many acts have no receipt, and when the oldest was made. Receipts come in order, so those without one are the last ones. */
  async unsent(): Promise<{ unsent: number; oldestUnsentAt: number | null }> {
    const [first] = await this.pending(1);
    const tail = first ? await this.tail() : null;
    return { unsent: first && tail ? tail.n - first.n + 1 : 0, oldestUnsentAt: first?.madeAt ?? null };
  }

  /** The newest entries first. */
  async newest(limit: number): Promise<OutboxEntry[]> {
    return (await this.#store.query({ kind: KIND, descending: true, limit })).map(entryOf);
  }

  /** Stores what the server said. Receipts already stored, or of mutations not here, change nothing; a restored
   * server's new receipt replaces the old one (SY8). */
  async keepReceipts(receipts: readonly Receipt[]): Promise<void> {
    const byId = new Map(receipts.map((receipt) => [padded(receipt.n), receipt]));
    const rows = await this.#store.load([...byId.keys()]);
    await this.#store.write(
      rows.flatMap((row) => {
        const receipt = byId.get(row.id);
        if (!receipt) return [];
        const entry = entryOf(row);
        const isKnown = entry.receipt !== null && canonicalJson(entry.receipt) === canonicalJson(receipt);
        return isKnown ? [] : [rowOf({ mutation: entry.mutation, receipt })];
      }),
    );
  }

  /** Forgets receipted mutations older than 30 days; the newest stays, the next one chains to it. */
  async forgetOld(): Promise<void> {
    const tail = await this.tail();
    const old = await this.#store.query({ kind: KIND, status: RECEIPTED, limit: READ_MAX });
    const before = this.#env.now() - RETENTION_MS;
    await this.#store.remove(
      old.filter((row) => entryOf(row).mutation.madeAt < before && entryOf(row).mutation.n !== tail?.n).map(({ id }) => id),
    );
  }
}

function padded(n: number): string {
  return String(n).padStart(12, '0');
}

function rowOf({ mutation, receipt }: OutboxEntry): StoreRow {
  const id = padded(mutation.n);
  const body = { text: canonicalJson(mutation), receipt };
  return { id, kind: KIND, seq: mutation.n, parent: '', status: receipt ? RECEIPTED : PENDING, sort: id, body };
}

function entryOf({ body }: StoreRow): OutboxEntry {
  const { text, receipt } = body as { text: string; receipt: unknown };
  return { mutation: mutationSchema.parse(JSON.parse(text)), receipt: receipt === null ? null : receiptSchema.parse(receipt) };
}
