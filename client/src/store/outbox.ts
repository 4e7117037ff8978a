import { canonicalJson } from '#schema/canonical-json.ts';
import { CHAIN_START, chainMutation, type Mutation, mutationSchema, type WireMutation } from '#schema/sync/mutation.ts';
import { type Receipt, receiptSchema } from '#schema/sync/receipt.ts';
import { DAY_MS } from '#schema/time.ts';
import type { ClientEnv } from '../env.ts';
import { DoubtedReceipts } from './doubted-receipts.ts';
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

/**
 * The outbox ends before numbers that were given already: the browser cleared it. It gives no number any more, because each would be given twice (SY25).
 */
export class OutboxCleared extends Error {
  constructor() {
    super('the browser cleared what this tablet had stored');
    this.name = 'OutboxCleared';
  }
}

const KIND = 'mutation';
const PENDING = 'pending';
const RECEIPTED = 'receipted';
/** Receipted with another verdict than `applied`: somebody may have to look at it. */
const TROUBLED = 'troubled';
/** How long receipted mutations stay. */
const RETENTION_MS = 30 * DAY_MS;
/** Most rows one reading takes: more than a device ever keeps. */
const READ_MAX = 1_000_000;
/** An insert that finds its number taken reads the tail again, at most so often. */
const NUMBERING_TRIES_MAX = 20;

export class Outbox {
  readonly #env: Pick<ClientEnv, 'locks' | 'sha256' | 'now' | 'local'>;
  readonly #store: KeyedStore;
  readonly #deviceId: string;
  /** Receipts in here that the server may no longer stand by. */
  readonly doubted: DoubtedReceipts;

  constructor(env: Pick<ClientEnv, 'locks' | 'sha256' | 'now' | 'local'>, store: KeyedStore, deviceId: string) {
    this.#env = env;
    this.#store = store;
    this.#deviceId = deviceId;
    this.doubted = new DoubtedReceipts(env, deviceId);
  }

  /**
   * Numbers, chains and stores a mutation; durable when it resolves (SY1, SY2). Several tabs may append at once: the number is taken under a lock, and
   * whoever finds it taken all the same chains again. `admit` is asked with each number tried; when it says no, nothing is stored and the answer is null.
   * Errors: `OutboxCleared`, `StorageFull`, or whatever the storage throws; then nothing was stored.
   */
  append(
    content: Omit<WireMutation, 'deviceId' | 'n'>,
    admit: (mutation: Mutation) => Promise<boolean> = async () => true,
  ): Promise<Mutation | null> {
    return this.#env.locks.withLock(`number ${this.#deviceId}`, async () => {
      for (let tries = 0; tries < NUMBERING_TRIES_MAX; tries += 1) {
        const tail = await this.checkedTail();
        const wire = { ...content, deviceId: this.#deviceId, n: (tail?.n ?? 0) + 1 };
        const mutation = chainMutation(wire, tail?.hash ?? CHAIN_START, this.#env.sha256);
        if (!(await admit(mutation))) return null;
        if (await this.#store.insert(rowOf({ mutation, receipt: null }))) {
          this.#remember(mutation.n);
          return mutation;
        }
      }
      throw new Error('another tab keeps taking the next number');
    });
  }

  /** Notes the last number given. Not to be able to changes nothing about the act, which is stored. */
  #remember(n: number): void {
    try {
      this.#env.local.note(madeName(this.#deviceId), String(n));
    } catch {
      // What is remembered is a lower bound anyway.
    }
  }

  /** The newest mutation, or null. */
  async tail(): Promise<Mutation | null> {
    const [row] = await this.#store.query({ kind: KIND, descending: true, limit: 1 });
    return row ? entryOf(row).mutation : null;
  }

  /** The newest mutation. Errors: `OutboxCleared` when it is older than one this tablet gave a number, or than `receivedN`, the last the server knows. */
  async checkedTail(receivedN = 0): Promise<Mutation | null> {
    // Read before the tail, which another tab may move on meanwhile.
    const madeN = lastMade(this.#env, this.#deviceId) ?? 0;
    const tail = await this.tail();
    if ((tail?.n ?? 0) < Math.max(madeN, receivedN)) throw new OutboxCleared();
    return tail;
  }

  /** Mutations from number `n` on, in order. */
  async from(n: number, limit = READ_MAX): Promise<OutboxEntry[]> {
    return (await this.#store.query({ kind: KIND, sortFrom: padded(n), limit })).map(entryOf);
  }

  /** Those of these numbers that are kept, in order. */
  async load(ns: readonly number[]): Promise<OutboxEntry[]> {
    const rows = await this.#store.load(ns.map(padded));
    return rows.map(entryOf).toSorted((a, b) => a.mutation.n - b.mutation.n);
  }

  /** Mutations without a receipt, in order. */
  async pending(limit = READ_MAX): Promise<Mutation[]> {
    return (await this.#store.query({ kind: KIND, status: PENDING, limit })).map((row) => entryOf(row).mutation);
  }

  /** How many acts have no receipt, and when the oldest was made. Receipts come in order, so those without one are the last ones. */
  async unsent(): Promise<{ unsent: number; oldestUnsentAt: number | null }> {
    const [[first], tail] = await Promise.all([this.pending(1), this.tail()]);
    return { unsent: first && tail ? tail.n - first.n + 1 : 0, oldestUnsentAt: first?.madeAt ?? null };
  }

  /** The newest entries first. */
  async newest(limit: number): Promise<OutboxEntry[]> {
    return (await this.#store.query({ kind: KIND, descending: true, limit })).map(entryOf);
  }

  /** Acts that the server did not simply apply, newest first, as far as they are still kept. */
  async troubled(): Promise<OutboxEntry[]> {
    return (await this.#store.query({ kind: KIND, status: TROUBLED, descending: true, limit: READ_MAX })).map(entryOf);
  }

  /**
   * Stores what the server said, if `generation` (`doubted.generation()` when it was asked) still is the one. Receipts already stored, or of mutations not
   * here, change nothing; a restored server's new receipt replaces the old one (SY8).
   */
  async keepReceipts(receipts: readonly Receipt[], generation: number): Promise<void> {
    const byId = new Map(receipts.map((receipt) => [padded(receipt.n), receipt]));
    const rows = await this.#store.load([...byId.keys()]);
    // Looked at right before the write: a tab may be frozen at any await, while another hears that the server was set back.
    if (this.doubted.generation() !== generation) return;
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
    const old = [
      ...(await this.#store.query({ kind: KIND, status: RECEIPTED, limit: READ_MAX })),
      ...(await this.#store.query({ kind: KIND, status: TROUBLED, limit: READ_MAX })),
    ];
    const before = this.#env.now() - RETENTION_MS;
    await this.#store.remove(
      old.filter((row) => entryOf(row).mutation.madeAt < before && entryOf(row).mutation.n !== tail?.n).map(({ id }) => id),
    );
  }
}

/** The last number a device remembers to have given; kept outside the databases, so that it outlives the outbox. Null when it remembers none. */
export function lastMade(env: Pick<ClientEnv, 'local'>, deviceId: string): number | null {
  const text = env.local.get(madeName(deviceId));
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Forgets it, of a device that will never act again. */
export function forgetLastMade(env: Pick<ClientEnv, 'local'>, deviceId: string): void {
  env.local.remove(madeName(deviceId));
}

function madeName(deviceId: string): string {
  return `pharmasaas-made-${deviceId}`;
}

function padded(n: number): string {
  return String(n).padStart(12, '0');
}

function rowOf({ mutation, receipt }: OutboxEntry): StoreRow {
  const id = padded(mutation.n);
  const body = { text: canonicalJson(mutation), receipt };
  const status = receipt === null ? PENDING : receipt.verdict === 'applied' ? RECEIPTED : TROUBLED;
  return { id, kind: KIND, seq: mutation.n, parent: '', status, sort: id, body };
}

function entryOf({ body }: StoreRow): OutboxEntry {
  const { text, receipt } = body as { text: string; receipt: unknown };
  return { mutation: mutationSchema.parse(JSON.parse(text)), receipt: receipt === null ? null : receiptSchema.parse(receipt) };
}
