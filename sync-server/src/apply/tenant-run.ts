import { type AuditLeaf, sealLeaf } from '#schema/audit/leaf.ts';
import { type Judgement, judgeAct, quarantine } from '#schema/decide-acts.ts';
import { type DecideContext, key, type ReadKey } from '#schema/mutations/define.ts';
import { roleAt } from '#schema/records/member.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import { nameOf, WorkingSet } from '#schema/working-set.ts';
import type { PlacedRecord } from '../db/record-tables.ts';
import type { ServerEnv } from '../env.ts';
import { contextOf } from './act-context.ts';
import { type ReceivedAct, SYSTEM_ACTOR } from './received-act.ts';
import type { DeviceState, ForkedMutation, LogRow, TenantHead, TenantTransaction } from './tenant-store.ts';

/** Most records a leaf names; the rest is counted by the receipt's seq. */
const LEAF_REFS_MAX = 40;

/** An audit entry outside the queue: sign-in, export, a fork that was found. */
export interface AuditEvent {
  readonly action: string;
  readonly actorId: string | null;
  readonly deviceId: string | null;
  readonly codes: readonly string[];
  readonly events: readonly string[];
}

/**
 * What one transaction does to one tenant, gathered in memory and written at its end: acts are judged one after another over a working set, each
 * gets its place in the feed and its leaf in the chain.
 */
export class TenantRun {
  readonly #tenantId: string;
  readonly #env: ServerEnv;
  readonly #transaction: TenantTransaction;
  readonly #now: number;
  #workingSet: WorkingSet;
  #head: TenantHead;
  readonly #placed = new Map<string, PlacedRecord>();
  readonly #log: LogRow[] = [];
  readonly #devices = new Map<string, DeviceState>();
  readonly #forks: ForkedMutation[] = [];

  constructor(tenantId: string, transaction: TenantTransaction, env: ServerEnv) {
    this.#tenantId = tenantId;
    this.#transaction = transaction;
    this.#env = env;
    this.#now = env.now();
    this.#head = transaction.head;
    this.#workingSet = new WorkingSet(transaction);
  }

  get head(): TenantHead {
    return this.#head;
  }

  get now(): number {
    return this.#now;
  }

  /** Loads in two rounds what the acts will read, so that judging them waits for nothing. */
  async preload(acts: readonly ReceivedAct[]): Promise<void> {
    const understood = acts.flatMap((received) => (received.understood ? [{ received, ...received.understood }] : []));
    const contexts = understood.map(({ received }) => contextOf(received, 0, this.#now, this.#env));
    const first = understood.map(({ act }, i) => readsOf(() => act.reads(contexts[i] as DecideContext)));
    const actors = understood.map(({ mutation }) => key('member', mutation.actorId));
    await this.#workingSet.ensure([...actors, ...first.flat()]);
    const followed = understood.map(({ act }, i) =>
      readsOf(() => act.follow(this.#workingSet.reader(first[i] ?? []), contexts[i] as DecideContext)),
    );
    await this.#workingSet.ensure(followed.flat().filter((wanted) => 'kind' in wanted));
  }

  /** Judges one act, places what it writes and seals it. */
  async apply(received: ReceivedAct): Promise<Receipt> {
    const device = this.#devices.get(received.device.id) ?? received.device;
    const context = await this.#roleIn(contextOf(received, device.lastOccurredAt, this.#now, this.#env));
    const judgement = await this.#judge(received, context);
    return this.#record(received, device, context, judgement);
  }

  /** Keeps an act that the store itself refused, without what it wanted to write (SY9). */
  async applyQuarantined(received: ReceivedAct, problem: string): Promise<Receipt> {
    const device = this.#devices.get(received.device.id) ?? received.device;
    const context = await this.#roleIn(contextOf(received, device.lastOccurredAt, this.#now, this.#env));
    const judgement = quarantine(context, nameIn(received), 'storage_refused', { problem });
    this.#workingSet.write(judgement.writes);
    return this.#record(received, device, context, judgement);
  }

  /** Seals an act outside the queue. */
  appendEvent(event: AuditEvent): void {
    this.#seal({
      deviceAt: null,
      actorId: event.actorId,
      role: null,
      deviceId: event.deviceId,
      n: null,
      action: event.action,
      verdict: 'applied',
      codes: [...event.codes],
      refs: [],
      events: [...event.events],
      mutationHash: null,
    });
  }

  keepFork(fork: ForkedMutation, device: DeviceState): void {
    this.#forks.push(fork);
    this.#devices.set(device.id, { ...device, status: 'quarantined' });
  }

  /** Writes everything gathered since the last call. */
  async flush(): Promise<void> {
    await this.#transaction.write({
      records: [...this.#placed.values()],
      log: this.#log,
      devices: [...this.#devices.values()],
      forks: this.#forks,
      head: this.#head,
    });
    this.#placed.clear();
    this.#log.length = 0;
    this.#forks.length = 0;
  }

  /** Remembers where the run stands; the answer brings it back after a failed flush. */
  mark(): () => void {
    const head = this.#head;
    const devices = new Map(this.#devices);
    return () => {
      this.#head = head;
      this.#devices.clear();
      for (const [id, device] of devices) this.#devices.set(id, device);
      this.#placed.clear();
      this.#log.length = 0;
      this.#forks.length = 0;
      this.#workingSet = new WorkingSet(this.#transaction);
    };
  }

  async #judge(received: ReceivedAct, context: DecideContext): Promise<Judgement> {
    if (received.understood) return judgeAct(received.understood.act, context, this.#workingSet);
    const { code, details } = received.fault ?? { code: 'invalid_mutation', details: {} };
    const judgement = quarantine(context, nameIn(received), code, details);
    this.#workingSet.write(judgement.writes);
    return judgement;
  }

  async #roleIn(context: DecideContext): Promise<DecideContext> {
    if (context.actorId === SYSTEM_ACTOR) return { ...context, role: 'system' };
    const actor = [key('member', context.actorId)];
    await this.#workingSet.ensure(actor);
    const member = this.#workingSet.reader(actor).get('member', context.actorId);
    return { ...context, role: member ? roleAt(member, context.occurredAt) : null };
  }

  #record(received: ReceivedAct, device: DeviceState, context: DecideContext, { receipt, writes, events }: Judgement): Receipt {
    const seq = writes.length > 0 ? this.#head.seq + 1 : null;
    if (seq !== null) {
      this.#head = { ...this.#head, seq };
      for (const [k, stored] of writes.entries()) this.#placed.set(nameOf(stored.kind, stored.body.id), { stored, seq, k });
    }
    const sealed = { ...receipt, seq };
    const refs = writes.slice(0, LEAF_REFS_MAX).map((stored) => nameOf(stored.kind, stored.body.id));
    this.#seal(
      {
        deviceAt: context.madeAt,
        actorId: context.actorId,
        role: context.role,
        deviceId: device.id,
        n: received.n,
        action: nameIn(received),
        verdict: receipt.verdict,
        codes: [...receipt.codes],
        refs,
        events: [...events],
        mutationHash: received.hash,
      },
      { mutation: received.text, receipt: sealed },
    );
    this.#devices.set(device.id, {
      ...device,
      lastN: received.n,
      lastHash: received.hash,
      lastOccurredAt: context.occurredAt,
      lastContactAt: device.lastContactAt,
    });
    return sealed;
  }

  #seal(
    leaf: Omit<AuditLeaf, 'tenantId' | 'index' | 'at' | 'prev'>,
    logged: { mutation: string; receipt: Receipt } | null = null,
  ): void {
    const index = this.#head.logSize;
    const { text, hash } = sealLeaf(
      { ...leaf, tenantId: this.#tenantId, index, at: this.#now, prev: this.#head.chainHash },
      this.#env.sha256,
    );
    this.#log.push({
      index,
      deviceId: logged ? leaf.deviceId : null,
      n: leaf.n,
      mutation: logged?.mutation ?? null,
      mutationHash: leaf.mutationHash,
      receipt: logged?.receipt ?? null,
      leaf: text,
      hash,
    });
    this.#head = { ...this.#head, logSize: index + 1, chainHash: hash };
  }

  /** The device was in contact now; what it does next is as sure as that. */
  noteContact(deviceId: string): void {
    const device = this.#devices.get(deviceId);
    if (device) this.#devices.set(deviceId, { ...device, lastContactAt: this.#now });
  }
}

/** Reads that cannot even be named are found again, and quarantined, when the act is judged. */
function readsOf(declare: () => readonly ReadKey[]): readonly ReadKey[] {
  try {
    return declare();
  } catch {
    return [];
  }
}

function nameIn(received: ReceivedAct): string {
  return received.understood?.mutation.name ?? 'unknown';
}
