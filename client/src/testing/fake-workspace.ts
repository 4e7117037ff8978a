import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { LedgerCursor, LedgerKind } from '#schema/api/ledger-page.ts';
import { prepareAct } from '#schema/decide-acts.ts';
import { parseScan } from '#schema/domain/gs1.ts';
import type { MutationName } from '#schema/mutations/registry.ts';
import { MUTATIONS } from '#schema/mutations/registry.ts';
import { OverlayFold } from '#schema/overlay.ts';
import type { Role } from '#schema/permissions.ts';
import { RECORDS, type RecordBody, type RecordKind } from '#schema/records/registry.ts';
import { CHAIN_START, chainMutation, type Mutation, type WireMutation } from '#schema/sync/mutation.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import { nameOf, type Stored } from '#schema/working-set.ts';
import type { StorageLook } from '../env.ts';
import { type Background, subjectsOf } from '../explain-act.ts';
import type { OlderLines } from '../ledger/older-lines.ts';
import { type DataSafety, summariseUnsent } from '../safety/data-safety.ts';
import type { RescueExport } from '../safety/rescue-file.ts';
import type { CommandResult, QueueEntry, RecordFilter, SyncStatus, Workspace } from '../workspace.ts';

const DEVICE_ID = 'aaaaaaaaaa02';

/** Monday 23 November 2026, 09:00 UTC. */
export const FAKE_NOW = Date.UTC(2026, 10, 23, 9);

const IDLE: SyncStatus = {
  connection: 'online',
  activity: 'idle',
  snapshot: null,
  unsent: 0,
  oldestUnsentAt: null,
  lastSuccessAt: FAKE_NOW,
  lastError: null,
  isLeader: true,
  attention: 0,
  hasReplica: true,
  keeps: { epoch: 1, set: 'office', ledgersFrom: '2026-08' },
  isOutdated: false,
  seq: 1,
};

/**
 * A workspace without storage and network for tests and pictures: acts are prepared and judged by the shared code, over records in memory.
 * What only the server does (receipts, replica, connection) is set by hand.
 */
export class FakeWorkspace implements Workspace {
  readonly tenant = { id: '0123456789abcdef', name: 'Pharmacie du Port' };
  readonly device = { id: DEVICE_ID, number: 2, name: 'Tablet 2' };
  readonly actor: Workspace['actor'];
  /** Acts saved so far, oldest first. */
  readonly saved: Mutation[] = [];
  nowMs = FAKE_NOW;
  syncNowCalls = 0;
  readonly #base = new Map<string, Stored>();
  #fold: OverlayFold;
  readonly #expected = new Map<number, Omit<Receipt, 'seq'>>();
  readonly #entries = new Map<number, Partial<QueueEntry>>();
  readonly #watchers = new Set<() => void>();
  #sync: SyncStatus = IDLE;
  #failNext: Extract<CommandResult, { kind: 'not_saved' }> | null = null;

  constructor(role: Role = 'pharmacist', name = 'Ana') {
    this.actor = { id: 'ana', name, role };
    this.put('member', { id: 'ana', name, roles: [{ role, fromAt: 0 }] });
    this.put('member', { id: 'max', name: 'Max', roles: [{ role: 'manager', fromAt: 0 }] });
    this.#fold = this.#newFold();
  }

  /** Stores a record as if the server had always had it. */
  put<Kind extends RecordKind>(kind: Kind, body: RecordBody<Kind>): void {
    RECORDS[kind].schema.parse(body);
    this.#base.set(nameOf(kind, body.id), { kind, body } as Stored);
    this.#changed();
  }

  /** Sets what the sync says of itself; `unsent` and `oldestUnsentAt` count by themselves unless given. */
  setSync(status: Partial<SyncStatus>): void {
    this.#sync = { ...this.#sync, ...status };
    this.#changed();
  }

  /** What was done so far is inside the replica from now on; a record that is put afterwards is what others made of it. */
  settle(): void {
    for (const [name, stored] of this.#fold.overlay().records) this.#base.set(name, stored);
    this.#fold = this.#newFold();
    this.#changed();
  }

  /** What became of an act at the server. */
  setEntry(n: number, entry: Partial<QueueEntry>): void {
    this.#entries.set(n, { ...this.#entries.get(n), ...entry });
    this.#changed();
  }

  /** The next act cannot be stored. */
  failNext(reason: 'quota' | 'storage'): void {
    this.#failNext = { kind: 'not_saved', reason, message: 'the disk is full' };
  }

  /** Numbers of the acts that were put aside. */
  readonly dismissed = new Set<number>();
  readonly dismiss = (n: number) => {
    this.dismissed.add(n);
    this.#changed();
  };

  /** What an export of the rescue file answers. */
  rescue: RescueExport = { kind: 'ready', fileName: 'rescue-T2.json', text: '{}', acts: 1, unsent: 1 };
  storage: StorageLook = { isPersisted: false, usedBytes: 12_000_000, quotaBytes: 1_000_000_000 };
  grantsPersistence = true;
  readonly safety: DataSafety = {
    readUnsent: async () =>
      summariseUnsent(
        this.#queue()
          .filter(({ stage }) => stage === 'saved')
          .map(({ mutation }) => mutation)
          .toReversed(),
      ),
    makeRescueFile: async () => this.rescue,
    storage: {
      look: async () => this.storage,
      persist: async () => {
        this.storage = { ...this.storage, isPersisted: this.grantsPersistence };
        return this.grantsPersistence;
      },
    },
  };

  readonly now = () => this.nowMs;
  readonly offsetMinutes = () => 60;
  readonly syncNow = () => {
    this.syncNowCalls += 1;
  };

  readonly readRecord = async <Kind extends RecordKind>(kind: Kind, id: string) =>
    this.#list(kind, { limit: Number.POSITIVE_INFINITY }).find((body) => body.id === id) ?? null;
  readonly readRecords = async <Kind extends RecordKind>(kind: Kind, where: RecordFilter) => this.#list(kind, where);

  readonly watchRecords = <Kind extends RecordKind>(
    kind: Kind,
    where: RecordFilter,
    onRecords: (records: readonly RecordBody<Kind>[]) => void,
  ) => this.#watch(() => onRecords(this.#list(kind, where)));

  readonly watchRecord = <Kind extends RecordKind>(kind: Kind, id: string, onRecord: (record: RecordBody<Kind> | null) => void) =>
    this.#watch(() => onRecord(this.#list(kind, { limit: Number.POSITIVE_INFINITY }).find((body) => body.id === id) ?? null));

  readonly watchSync = (onStatus: (status: SyncStatus) => void) => this.#watch(() => onStatus(this.#status()));

  readonly watchQueue = (limit: number, onQueue: (entries: readonly QueueEntry[]) => void) =>
    this.#watch(() => onQueue(this.#queue().slice(0, limit)));

  readonly watchTrouble = (onTrouble: (entries: readonly QueueEntry[]) => void) =>
    this.#watch(() => onTrouble(this.#queue().filter(({ needsMe }) => needsMe)));

  readonly watchAct = (n: number, onEntry: (entry: QueueEntry | null) => void) =>
    this.#watch(() => onEntry(this.#queue().find(({ mutation }) => mutation.n === n) ?? null));

  readonly subjectsOf = (mutation: Mutation) => subjectsOf(mutation, { deviceId: DEVICE_ID, deviceNumber: 2, sha256: hash });

  /** What the server knows of who changed what; without it, as offline. */
  background: Background = { kind: 'unknown', code: 'no_answer' };
  readonly askBackground = async () => this.background;

  /** What the server answers when it is asked for older lines: unless a test says otherwise it does not answer. */
  olderLines: (kind: LedgerKind, parent: string, before: LedgerCursor) => Promise<OlderLines<LedgerKind>> = async () => ({
    kind: 'none',
    code: 'no_answer',
  });
  readonly readOlderLines = async <Kind extends LedgerKind>(kind: Kind, parent: string, before: LedgerCursor) =>
    (await this.olderLines(kind, parent, before)) as OlderLines<Kind>;

  run: Workspace['run'] = async (name, args) => {
    const version = MUTATIONS.get(name)?.version ?? 1;
    const act = prepareAct(name, version, args);
    if ('code' in act)
      return { kind: 'invalid', field: textOf(act.details.field), problem: textOf(act.details.problem ?? act.code) };
    if (this.#failNext) {
      const failure = this.#failNext;
      this.#failNext = null;
      return failure;
    }
    const mutation = this.#mutationOf(name, version, args);
    const { receipt } = await this.#fold.add(mutation);
    if (receipt.verdict === 'refused') return { kind: 'refused', code: receipt.codes[0] ?? 'refused', details: receipt.details };
    this.saved.push(mutation);
    this.#expected.set(mutation.n, receipt);
    this.#changed();
    return { kind: 'saved', mutation, expected: receipt };
  };

  readonly searchItems = async (text: string, limit: number) => {
    const words = text.toLowerCase().split(/\s+/);
    return this.#list('item', { limit: Number.POSITIVE_INFINITY })
      .filter((item) => words.every((word) => `${item.name} ${item.substances} ${codesOf(item)}`.toLowerCase().includes(word)))
      .slice(0, limit);
  };

  readonly findItemByCode = async (code: string) => {
    const scan = parseScan(code, { todayOn: new Date(this.nowMs).toISOString().slice(0, 10) });
    const wanted = scan.ok ? [code, scan.value.gtin14] : [code];
    const items = this.#list('item', { limit: Number.POSITIVE_INFINITY });
    return items.find(({ identifiers }) => identifiers.some(({ value }) => wanted.includes(value))) ?? null;
  };

  #newFold(): OverlayFold {
    return new OverlayFold(
      { deviceId: DEVICE_ID, deviceNumber: 2, sha256: hash },
      {
        load: async (keys) => keys.flatMap(({ kind, id }) => this.#base.get(nameOf(kind, id)) ?? []),
        loadRange: async ({ range, parent, since }) => this.#rangeOf(range, parent, since),
        isHere: () => true,
      },
    );
  }

  #mutationOf(name: MutationName, version: number, args: unknown): Mutation {
    const wire: WireMutation = {
      deviceId: DEVICE_ID,
      n: this.saved.length + 1,
      name,
      version,
      actorId: this.actor.id,
      madeAt: this.nowMs,
      madeAtSkewMs: 0,
      businessOn: new Date(this.nowMs).toISOString().slice(0, 10),
      basis: this.#sync.seq,
      args: args as WireMutation['args'],
    };
    return chainMutation(wire, this.saved.at(-1)?.hash ?? CHAIN_START, hash);
  }

  #list<Kind extends RecordKind>(kind: Kind, where: RecordFilter): RecordBody<Kind>[] {
    const all = new Map([...this.#base, ...this.#fold.overlay().records]);
    const bodies = [...all.values()].filter((stored) => stored.kind === kind).map((stored) => stored.body as RecordBody<Kind>);
    const project = RECORDS[kind].project as (body: RecordBody<Kind>) => { parent?: string; status?: string; sort?: string };
    const rows = bodies
      .map((body) => ({ body, at: project(body) }))
      .filter(({ at }) => (where.parent ?? at.parent) === at.parent && (where.status ?? at.status) === at.status)
      .toSorted((a, b) => ((a.at.sort ?? '') < (b.at.sort ?? '') ? -1 : 1));
    if (where.descending === true) rows.reverse();
    return rows.slice(0, where.limit ?? 500).map(({ body }) => body);
  }

  #rangeOf(kind: RecordKind, parent: string, since: number): Stored[] {
    const range = RECORDS[kind].range;
    if (!range) return [];
    return [...this.#base.values()].filter((stored) => {
      const body: Readonly<Record<string, unknown>> = stored.body;
      return stored.kind === kind && body[range.parentField] === parent && Number(body[range.sinceField]) >= since;
    });
  }

  #queue(): QueueEntry[] {
    return this.saved.toReversed().map((mutation) => ({
      mutation,
      stage: 'saved',
      verdict: null,
      receipt: null,
      expected: this.#expected.get(mutation.n) ?? null,
      exception: null,
      needsMe: false,
      ...this.#entries.get(mutation.n),
      ...(this.dismissed.has(mutation.n) ? { needsMe: false } : {}),
    }));
  }

  #status(): SyncStatus {
    const waiting = this.#queue().filter(({ stage }) => stage === 'saved');
    const oldest = waiting.at(-1)?.mutation.madeAt ?? null;
    return { ...this.#sync, unsent: this.#sync.unsent || waiting.length, oldestUnsentAt: this.#sync.oldestUnsentAt ?? oldest };
  }

  #watch(tell: () => void): () => void {
    this.#watchers.add(tell);
    queueMicrotask(() => this.#watchers.has(tell) && tell());
    return () => this.#watchers.delete(tell);
  }

  #changed(): void {
    for (const tell of this.#watchers) tell();
  }
}

function hash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

function codesOf({ identifiers }: RecordBody<'item'>): string {
  return identifiers.map(({ value }) => value).join(' ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
