import type { ServerEnv } from '../env.ts';
import { applySubmissions, type Outcome, type Submission } from './apply-mutations.ts';
import type { TenantStore } from './tenant-store.ts';

/** Most acts that share one transaction: so long the tenant's lock and a connection are held (SY12). */
export const GROUP_ACTS_MAX = 200;
/** Most submissions that wait for one tenant; more are refused before any work (SY12). */
export const GROUP_WAITING_MAX = 100;

/** Too much waits for this tenant; nothing was done, try again later. */
export class TenantBusy extends Error {
  readonly retryAfterS = 1;

  constructor() {
    super('too many requests wait for this pharmacy');
    this.name = 'TenantBusy';
  }
}

/** Told after every commit that moved a tenant's feed. */
export type OnCommitted = (tenantId: string, head: { readonly epoch: number; readonly seq: number }) => void;

interface Waiting {
  readonly submission: Submission;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The door with its queue: submissions that wait for the same tenant share a transaction (group commit), and are told only after its commit (SY6).
 * A group that fails is repeated one by one, so that a failure meets only its own cause.
 */
export class Door {
  readonly #env: ServerEnv;
  readonly #store: TenantStore;
  readonly #onCommitted: OnCommitted;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(env: ServerEnv, store: TenantStore, onCommitted: OnCommitted) {
    this.#env = env;
    this.#store = store;
    this.#onCommitted = onCommitted;
  }

  /**
   * Applies a submission under the tenant's lock; resolves after the commit.
   * Errors, in order: `TenantBusy`, `TenantNotFound`, whatever the database throws.
   */
  submit(tenantId: string, submission: Submission): Promise<Outcome> {
    const waiting = this.#waiting.get(tenantId) ?? [];
    if (waiting.length >= GROUP_WAITING_MAX) return Promise.reject(new TenantBusy());
    this.#waiting.set(tenantId, waiting);
    const outcome = new Promise<Outcome>((resolve, reject) => waiting.push({ submission, resolve, reject }));
    if (!this.#running.has(tenantId)) this.#running.set(tenantId, this.#run(tenantId));
    return outcome;
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #run(tenantId: string): Promise<void> {
    // Let what arrives in this turn join the first group.
    await Promise.resolve();
    for (;;) {
      const group = this.#takeGroup(tenantId);
      if (group.length === 0) break;
      await this.#applyGroup(tenantId, group);
    }
    this.#waiting.delete(tenantId);
    this.#running.delete(tenantId);
  }

  /** The longest run of waiting submissions that fits one transaction and names no device twice. */
  #takeGroup(tenantId: string): Waiting[] {
    const waiting = this.#waiting.get(tenantId) ?? [];
    const devices = new Set<string>();
    let acts = 0;
    let size = 0;
    for (const { submission } of waiting) {
      const device = deviceOf(submission);
      acts += actsIn(submission);
      if (size > 0 && (acts > GROUP_ACTS_MAX || devices.has(device))) break;
      if (device !== '') devices.add(device);
      size += 1;
    }
    return waiting.splice(0, size);
  }

  async #applyGroup(tenantId: string, group: readonly Waiting[]): Promise<void> {
    const attempt = await this.#transact(
      tenantId,
      group.map(({ submission }) => submission),
      false,
    );
    if (attempt.kind === 'committed') {
      for (const [i, { resolve }] of group.entries()) resolve(attempt.outcomes[i] ?? { kind: 'unknown_device' });
    } else if (attempt.kind === 'undone' && (group.length > 1 || isWorthRepeating(attempt.error))) {
      for (const one of group) await this.#applySingly(tenantId, one);
    } else for (const { reject } of group) reject(attempt.error);
  }

  async #applySingly(tenantId: string, { submission, resolve, reject }: Waiting): Promise<void> {
    const attempt = await this.#transact(tenantId, [submission], true);
    if (attempt.kind === 'committed') resolve(attempt.outcomes[0] ?? { kind: 'unknown_device' });
    else reject(attempt.error);
  }

  async #transact(tenantId: string, submissions: readonly Submission[], oneByOne: boolean): Promise<Attempt> {
    let isDecided = false;
    try {
      const { outcomes, before, head } = await this.#store.transact(tenantId, async (transaction) => {
        const before = transaction.head.seq;
        const applied = await applySubmissions(this.#env, tenantId, transaction, submissions, { oneByOne });
        isDecided = true;
        return { ...applied, before };
      });
      if (head.seq > before) this.#announce(tenantId, { epoch: head.epoch, seq: head.seq });
      return { kind: 'committed', outcomes };
    } catch (error) {
      return { kind: isDecided ? 'unknown' : 'undone', error };
    }
  }

  /** The commit stands whatever the listener does. */
  #announce(tenantId: string, head: { readonly epoch: number; readonly seq: number }): void {
    try {
      this.#onCommitted(tenantId, head);
    } catch {
      // A poke that could not be sent costs latency only (SY16).
    }
  }
}

/** `unknown`: it failed while committing, so it may have happened; repeating acts of the server could do them twice. */
type Attempt =
  | { readonly kind: 'committed'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'undone' | 'unknown'; readonly error: unknown };

/** The store refused the data: repeating act by act finds the culprit. Anything else fails as it is. */
function isWorthRepeating(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code);
}

function deviceOf(submission: Submission): string {
  switch (submission.kind) {
    case 'push':
      return submission.deviceId;
    case 'acts':
      return submission.channel;
    case 'enrol':
      return 'worker';
    case 'event':
    case 'epoch':
      return '';
  }
}

function actsIn(submission: Submission): number {
  switch (submission.kind) {
    case 'push':
      return submission.received.length;
    case 'acts':
      return submission.acts.length;
    case 'enrol':
    case 'event':
    case 'epoch':
      return 1;
  }
}
