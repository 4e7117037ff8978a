import { type AuditLeaf, sealLeaf } from '#schema/audit/leaf.ts';
import { type Judgement, judgeAct, quarantine } from '#schema/decide-acts.ts';
import { recordIdOf } from '#schema/ids.ts';
import { type DecideContext, key, put, type ReadKey, type Write } from '#schema/mutations/define.ts';
import type { Device } from '#schema/records/device.ts';
import { roleAt } from '#schema/records/member.ts';
import { RECORDS } from '#schema/records/registry.ts';
import { Digest, type DigestSums } from '#schema/sync/digest.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import { nameOf, WorkingSet } from '#schema/working-set.ts';
import type { PlacedRecord } from '../db/record-tables.ts';
import type { ServerEnv } from '../env.ts';
import { contextOf, skewFromAtOf } from './act-context.ts';
import { isPrepared, type ReceivedAct, SYSTEM_ACTOR } from './received-act.ts';
import type { DeviceState, ForkedMutation, LogRow, NewDevice, TenantHead, TenantTransaction } from './tenant-store.ts';

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
  readonly #newDevices: NewDevice[] = [];

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
    const judged = acts.flatMap((received) => {
      if (!isPrepared(received.act)) return [];
      const context = contextOf(received, received.device, this.#now, this.#env);
      const { act } = received;
      return [{ act, context, first: readsOf(() => act.reads(context)) }];
    });
    const actors = judged.map(({ context }) => key('member', context.actorId));
    await this.#workingSet.ensure([...actors, ...judged.flatMap(({ first }) => first)]);
    const followed = judged.map(({ act, context, first }) => readsOf(() => act.follow(this.#workingSet.reader(first), context)));
    await this.#workingSet.ensure(followed.flat().filter((wanted) => 'kind' in wanted));
  }

  /** Judges one act, places what it writes and seals it. */
  async apply(received: ReceivedAct): Promise<Receipt> {
    const device = this.#devices.get(received.device.id) ?? received.device;
    const context = await this.#roleIn(received, contextOf(received, device, this.#now, this.#env));
    const judgement = await this.#judge(received, context);
    const receipt = this.#record(received, device, context, judgement);
    for (const write of judgement.writes) if (write.kind === 'device') await this.#follow(write.body);
    return receipt;
  }

  /** Keeps an act that the store itself refused, without what it wanted to write (SY9). */
  async applyQuarantined(received: ReceivedAct, problem: string): Promise<Receipt> {
    const device = this.#devices.get(received.device.id) ?? received.device;
    const context = await this.#roleIn(received, contextOf(received, device, this.#now, this.#env));
    const judgement = quarantine(context, received.name, 'storage_refused', { problem });
    this.#workingSet.write(judgement.writes);
    return this.#record(received, device, context, judgement);
  }

  /** Seals an act outside the queue. */
  appendEvent(event: AuditEvent): void {
    this.#seal({
      ...EVENT_LEAF,
      actorId: event.actorId,
      deviceId: event.deviceId,
      action: event.action,
      verdict: 'applied',
      codes: [...event.codes],
      events: [...event.events],
    });
  }

  /** Starts another epoch; answers the event that names what was restored. */
  startEpoch(): AuditEvent {
    const { epoch, seq, logSize, chainHash } = this.#head;
    this.#head = { ...this.#head, epoch: epoch + 1 };
    const codes = [`epoch ${epoch}`, `seq ${seq}`, `size ${logSize}`, `hash ${chainHash}`];
    return { action: 'tenant.restored', actorId: null, deviceId: null, codes, events: ['epoch_started'] };
  }

  /** A tablet to enrol; its record is an act's to write. */
  addTablet(tablet: Omit<NewDevice, 'channel' | 'now'>): void {
    this.#newDevices.push({ ...tablet, channel: 'tablet', now: this.#now });
  }

  /**
   * Keeps acts that contradict what the device pushed before. The first time the device is stopped and a manager is told (SY7); they are
   * never judged.
   */
  async keepFork(device: DeviceState, acts: readonly ReceivedAct[]): Promise<void> {
    for (const { n, text, hash } of acts)
      this.#forks.push({ deviceId: device.id, n, receivedAt: this.#now, mutation: text, hash });
    const [first] = acts;
    if (!first || device.status !== 'active') return;
    this.#devices.set(device.id, { ...device, status: 'quarantined' });
    const wanted = [key('device', device.id)];
    await this.#workingSet.ensure(wanted);
    const record = this.#workingSet.reader(wanted).get('device', device.id);
    const writes: Write[] = forkExceptions(first, contextOf(first, device, this.#now, this.#env));
    if (record) writes.push(put('device', { ...record, status: 'quarantined' }));
    this.#workingSet.write(writes);
    this.#place(writes);
    this.#seal({
      ...EVENT_LEAF,
      deviceId: device.id,
      action: 'device.forked',
      verdict: 'quarantined',
      codes: ['forked'],
      refs: writes.map((stored) => nameOf(stored.kind, stored.body.id)),
      events: ['device_quarantined'],
    });
  }

  /** Writes everything gathered since the last call. */
  async flush(): Promise<void> {
    const records = [...this.#placed.values()];
    await this.#transaction.write({
      records,
      digest: await this.#digestChange(records),
      log: this.#log,
      newDevices: this.#newDevices,
      devices: [...this.#devices.values()],
      forks: this.#forks,
      head: this.#head,
    });
    this.#startOver();
  }

  /** By how much these records move the tenant's digest (SY18). */
  async #digestChange(records: readonly PlacedRecord[]): Promise<DigestSums> {
    const replaceable = records.flatMap(({ stored: { kind, body } }) => (RECORDS[kind].ledger ? [] : [key(kind, body.id)]));
    const digest = new Digest();
    const giveWay = this.#transaction.takeTurn();
    for (const before of await this.#workingSet.before(replaceable)) digest.remove(before);
    for (const { stored } of records) {
      digest.add(stored);
      const turn = giveWay();
      if (turn) await turn;
    }
    return digest.sums();
  }

  /** What was read is stale now: a ledger range would hold what was just written twice. */
  #startOver(): void {
    this.#placed.clear();
    this.#log.length = 0;
    this.#forks.length = 0;
    this.#newDevices.length = 0;
    this.#workingSet = new WorkingSet(this.#transaction);
  }

  /** Remembers where the run stands; the answer brings it back after a failed flush. */
  mark(): () => void {
    const head = this.#head;
    const devices = new Map(this.#devices);
    return () => {
      this.#head = head;
      this.#devices.clear();
      for (const [id, device] of devices) this.#devices.set(id, device);
      this.#startOver();
    };
  }

  async #judge(received: ReceivedAct, context: DecideContext): Promise<Judgement> {
    const { act, name } = received;
    if (isPrepared(act)) return judgeAct(act, context, this.#workingSet);
    const judgement = quarantine(context, name, act.code, act.details);
    this.#workingSet.write(judgement.writes);
    return judgement;
  }

  /** What an act says of a device's standing holds for what that device sends. */
  async #follow({ id, status }: Device): Promise<void> {
    const state = this.#devices.get(id) ?? (await this.#transaction.loadDevice({ id }));
    if (state && state.status !== status) this.#devices.set(id, { ...state, status });
  }

  async #roleIn({ device, mutation }: ReceivedAct, context: DecideContext): Promise<DecideContext> {
    if (mutation === null) return context;
    if (context.actorId === SYSTEM_ACTOR) return { ...context, role: device.channel === 'tablet' ? null : 'system' };
    const actor = [key('member', context.actorId)];
    await this.#workingSet.ensure(actor);
    const member = this.#workingSet.reader(actor).get('member', context.actorId);
    return { ...context, role: member ? roleAt(member, context.occurredAt) : null };
  }

  #record(received: ReceivedAct, device: DeviceState, context: DecideContext, { receipt, writes, events }: Judgement): Receipt {
    const seq = this.#place(writes);
    const sealed = { seq, ...receipt };
    const refs = writes.slice(0, LEAF_REFS_MAX).map((stored) => nameOf(stored.kind, stored.body.id));
    this.#seal(
      {
        deviceAt: context.madeAt,
        actorId: received.mutation?.actorId ?? null,
        role: context.role,
        deviceId: device.id,
        n: received.n,
        action: received.name,
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
      skewFromAt: skewFromAtOf(device, context.occurredAt),
    });
    return sealed;
  }

  /** Gives what one act wrote its place in the feed; null when it wrote nothing. */
  #place(writes: readonly Write[]): number | null {
    if (writes.length === 0) return null;
    const seq = this.#head.seq + 1;
    this.#head = { ...this.#head, seq };
    for (const [k, stored] of writes.entries()) this.#placed.set(nameOf(stored.kind, stored.body.id), { stored, seq, k });
    return seq;
  }

  #seal(
    leaf: Omit<AuditLeaf, 'tenantId' | 'index' | 'at' | 'prev'>,
    logged: { mutation: string; receipt: Receipt } | null = null,
  ): void {
    const index = this.#head.logSize;
    const { text, hash } = sealLeaf(
      { tenantId: this.#tenantId, index, at: this.#now, prev: this.#head.chainHash, ...leaf },
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

/** Most characters of a second version that the task about it shows; the whole of it is kept in any case. */
const FORK_SHOWN_MAX = 8_000;

/**
 * Tells a manager of a fork, under an id of its own: the act that has the number may have an exception already. Shows what the tablet sent the second
 * time, where that can be shown.
 */
function forkExceptions({ device, n, name, text, mutation, act }: ReceivedAct, context: DecideContext): Write[] {
  const isShown = mutation !== null && isPrepared(act) && text.length <= FORK_SHOWN_MAX;
  return quarantine(context, name, 'forked', isShown ? { received: mutation.args } : {}).writes.map((write) =>
    write.kind === 'exception' ? put('exception', { ...write.body, id: recordIdOf(device.id, n, 'fork') }) : write,
  );
}

/** What a leaf says of something outside the queue. */
const EVENT_LEAF = {
  deviceAt: null,
  actorId: null,
  role: null,
  deviceId: null,
  n: null,
  refs: [],
  mutationHash: null,
};
