import { z } from 'zod';
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
        const tail = await this.#checkedTail(0);
        const wire = { ...content, deviceId: this.#deviceId, n: (tail?.seq ?? 0) + 1 };
        const mutation = chainMutation(wire, tail ? hashIn(tail) : CHAIN_START, this.#env.sha256);
        if (!(await admit(mutation))) return null;
        if (await this.#store.insert(rowOf(mutation))) {
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

  /** The last number; 0 before the first. */
  async lastN(): Promise<number> {
    return (await this.#tail())?.seq ?? 0;
  }

  /** Errors: `OutboxCleared` when it ends before a number this tablet gave, or before `receivedN`, the last the server knows. */
  async check(receivedN = 0): Promise<void> {
    await this.#checkedTail(receivedN);
  }

  async #checkedTail(receivedN: number): Promise<StoreRow | null> {
    // Read before the tail, which another tab may move on meanwhile.
    const madeN = lastMade(this.#env, this.#deviceId) ?? 0;
    const tail = await this.#tail();
    if ((tail?.seq ?? 0) < Math.max(madeN, receivedN)) throw new OutboxCleared();
    return tail;
  }

  async #tail(): Promise<StoreRow | null> {
    const [row] = await this.#store.query({ kind: KIND, descending: true, limit: 1 });
    return row ?? null;
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

  /** The last number up to which every mutation has its receipt: receipts come in order. */
  async settledN(): Promise<number> {
    const [first] = await this.#store.query({ kind: KIND, status: PENDING, limit: 1 });
    return first ? first.seq - 1 : this.lastN();
  }

  /** How many acts have no receipt, and when the oldest was made. Receipts come in order, so those without one are the last ones. */
  async unsent(): Promise<{ unsent: number; oldestUnsentAt: number | null }> {
    const [[first], lastN] = await Promise.all([this.pending(1), this.lastN()]);
    return { unsent: first ? lastN - first.n + 1 : 0, oldestUnsentAt: first?.madeAt ?? null };
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
   * Stores what the server said, if `generation` (`doubted.generation()` when it was asked) still is the one. Receipts of mutations not here change nothing;
   * one in doubt is replaced by what a restored server says now. One that says otherwise than the one here, which nobody doubted, is of another history: then
   * nothing is stored, and all from it on are doubted and must be heard again (SY8). True when something was stored.
   */
  async keepReceipts(receipts: readonly Receipt[], generation: number): Promise<boolean> {
    const byId = new Map(receipts.map((receipt) => [padded(receipt.n), receipt]));
    const rows = await this.#store.load([...byId.keys()]);
    const heard = rows.flatMap((row) => {
      const receipt = byId.get(row.id);
      const { text, receipt: known } = bodyOfRow(row);
      return receipt && !(known && canonicalJson(known) === canonicalJson(receipt)) ? [{ row, text, known, receipt }] : [];
    });
    // Looked at right before the write: a tab may be frozen at any await, while another hears that the server was set back.
    if (heard.length === 0 || this.doubted.generation() !== generation) return false;
    const contradicted = heard.find(({ known, receipt: { n } }) => known !== null && this.doubted.sureN(n) === n);
    if (contradicted) {
      this.doubted.raise(contradicted.receipt.n);
      return false;
    }
    await this.#store.write(
      heard.map(({ row, text, receipt }) => ({ ...row, status: statusOf(receipt), body: { text, receipt } })),
    );
    return true;
  }

  /** Forgets receipted mutations older than 30 days; the newest stays, the next one chains to it. */
  async forgetOld(): Promise<void> {
    const lastN = await this.lastN();
    const old = [
      ...(await this.#store.query({ kind: KIND, status: RECEIPTED, limit: READ_MAX })),
      ...(await this.#store.query({ kind: KIND, status: TROUBLED, limit: READ_MAX })),
    ];
    const before = this.#env.now() - RETENTION_MS;
    await this.#store.remove(old.filter((row) => row.seq !== lastN && entryOf(row).mutation.madeAt < before).map(({ id }) => id));
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

/** What lies in a row: the mutation's canonical text, never written again, and what the server said of it. */
interface RowBody {
  readonly text: string;
  readonly receipt: unknown;
}

// A text that `JSON.parse` has read holds nothing but JSON, so its arguments need not be looked at value by value as on the wire.
const storedSchema = mutationSchema.extend({ args: z.custom<Mutation['args']>(isMembers) });

function isMembers(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rowOf(mutation: Mutation): StoreRow {
  const id = padded(mutation.n);
  const body: RowBody = { text: canonicalJson(mutation), receipt: null };
  return { id, kind: KIND, seq: mutation.n, parent: '', status: PENDING, sort: id, body };
}

function statusOf({ verdict }: Receipt): string {
  return verdict === 'applied' ? RECEIPTED : TROUBLED;
}

function bodyOfRow({ body }: StoreRow): RowBody {
  return body as RowBody;
}

/** Asked at every tap, so the rest of the mutation is not looked at. */
function hashIn(row: StoreRow): string {
  return mutationSchema.shape.hash.parse((JSON.parse(bodyOfRow(row).text) as { readonly hash?: unknown }).hash);
}

function entryOf(row: StoreRow): OutboxEntry {
  const { text, receipt } = bodyOfRow(row);
  return { mutation: storedSchema.parse(JSON.parse(text)), receipt: receipt === null ? null : receiptSchema.parse(receipt) };
}
