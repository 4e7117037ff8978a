import { LEDGER_PARENTS, type LedgerPageResponse, ledgerPageRequestSchema } from '#schema/api/ledger-page.ts';
import { type Judgement, judgeAct, prepareAct, quarantine } from '#schema/decide-acts.ts';
import { recordIdOf } from '#schema/ids.ts';
import type { DecideContext } from '#schema/mutations/define.ts';
import type { Device } from '#schema/records/device.ts';
import { roleAt } from '#schema/records/member.ts';
import { RECORD_KINDS, RECORDS, type RecordBody, type RecordKind } from '#schema/records/registry.ts';
import { Digest, type DigestSums, digestOf, ledgerMonthOf } from '#schema/sync/digest.ts';
import {
  PROTOCOL_VERSION,
  type PullResponse,
  type PushResponse,
  pullRequestSchema,
  pushRequestSchema,
  type SnapshotResume,
  type SyncReport,
  snapshotQuerySchema,
  syncReportSchema,
} from '#schema/sync/messages.ts';
import { CHAIN_START, chainMutation, wireMutationSchema } from '#schema/sync/mutation.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import { kindsInSet } from '#schema/sync/sets.ts';
import { testSha256 } from '#schema/testing/test-tenant.ts';
import { nameOf, type Stored, WorkingSet } from '#schema/working-set.ts';
import type { HttpAnswer, HttpRequest } from '../env.ts';

interface ServerRecord {
  readonly stored: Stored;
  readonly seq: number;
}

interface ServerDevice {
  readonly receipts: Receipt[];
  lastHash: string;
}

/**
 * The sync server's protocol over maps, deciding with the same judge. Small on purpose: it is what the tablet's tests talk to, and no proof of the
 * real one.
 */
export class FakeServer {
  epoch = 1;
  seq = 0;
  /** Records of one pull page; small pages show what a torn pull would. */
  pageSize = 3;
  #now: () => number;
  #records = new Map<string, ServerRecord>();
  #devices = new Map<string, ServerDevice>();
  /** Turned by tests to fail a request before (`lost`) or after (`unheard`) it had its effect, or to answer something else. */
  fault: (request: HttpRequest) => 'lost' | 'unheard' | HttpAnswer | null = () => null;
  readonly requests: string[] = [];
  readonly reports: SyncReport[] = [];
  set: Device['set'] = 'office';
  ledgersFrom = '2026-08';
  /** Turned by tests to say that the records add up to something else. */
  digest = () => digestOf(this.#sums(), kindsInSet(this.set), this.ledgersFrom);
  /** Hashes of the states so far, as the audit chain has them; a restored server goes on with others. */
  #chain: readonly string[] = [CHAIN_START];
  #moves = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Stores a record as another device's act would. */
  put<Kind extends RecordKind>(kind: Kind, body: RecordBody<Kind>): void {
    RECORDS[kind].schema.parse(body);
    this.#move();
    this.#records.set(nameOf(kind, body.id), { stored: { kind, body } as Stored, seq: this.seq });
  }

  get<Kind extends RecordKind>(kind: Kind, id: string): RecordBody<Kind> | null {
    const found = this.#records.get(nameOf(kind, id));
    return found ? (found.stored.body as RecordBody<Kind>) : null;
  }

  all<Kind extends RecordKind>(kind: Kind): RecordBody<Kind>[] {
    return [...this.#records.values()]
      .filter(({ stored }) => stored.kind === kind)
      .map(({ stored }) => stored.body as RecordBody<Kind>);
  }

  receiptsOf(deviceId: string): readonly Receipt[] {
    return this.#deviceOf(deviceId).receipts;
  }

  /** Everything as it is now, to come back to: as a new epoch, or as if it had always been so. */
  backup({ isSilent = false } = {}): () => void {
    const { seq } = this;
    const chain = this.#chain;
    const records = new Map(this.#records);
    const devices = structuredClone(this.#devices);
    return () => {
      if (!isSilent) this.epoch += 1;
      this.seq = seq;
      this.#chain = chain;
      this.#records = records;
      this.#devices = devices;
    };
  }

  /** Answers as the device that the token names. */
  readonly request = async (request: HttpRequest): Promise<HttpAnswer> => {
    this.requests.push(request.path);
    const fault = this.fault(request);
    if (fault === 'lost') throw new TypeError('failed to fetch');
    if (fault !== null && fault !== 'unheard') return fault;
    const deviceId = request.headers?.['x-device-token'] ?? '';
    const body: unknown = request.body === undefined ? null : JSON.parse(request.body);
    const answer = await this.#route(request.path, deviceId, body);
    if (fault === 'unheard') throw new TypeError('connection reset');
    return answer;
  };

  async #route(path: string, deviceId: string, body: unknown): Promise<HttpAnswer> {
    if (path === '/api/sync/push') return this.#push(deviceId, body);
    if (path === '/api/sync/pull') return this.#pull(deviceId, body);
    const [address, query] = path.split('?');
    if (address === '/api/sync/snapshot')
      return this.#snapshot(deviceId, snapshotQuerySchema.parse(Object.fromEntries(new URLSearchParams(query))));
    if (address === '/api/sync/ledger') return this.#ledgerPage(body);
    if (address === '/api/sync/report') {
      this.reports.push(syncReportSchema.parse(body));
      return answer({});
    }
    return problem(404, 'not_found');
  }

  async #push(deviceId: string, body: unknown): Promise<HttpAnswer> {
    const { mutations, lastHash, earlier } = pushRequestSchema.parse(body);
    const device = this.#deviceOf(deviceId);
    const receipts: Receipt[] = [];
    for (const received of mutations) {
      const { n } = received;
      const known = device.receipts[n - 1];
      if (known) receipts.push(known);
      else if (n !== device.receipts.length + 1) return problem(409, 'gap', { expected: device.receipts.length + 1 });
      else {
        const before = earlier.find((receipt) => receipt?.n === n) ?? null;
        const receipt = await this.#apply(deviceId, received, device, before);
        device.receipts.push(receipt);
        receipts.push(receipt);
      }
    }
    if (mutations.at(-1)?.n === device.receipts.length && lastHash !== device.lastHash) return problem(409, 'forked');
    return answer({ epoch: this.epoch, seq: this.seq, serverTime: this.#now(), receipts } satisfies PushResponse);
  }

  async #apply(
    deviceId: string,
    received: Record<string, unknown>,
    device: ServerDevice,
    earlierReceipt: Receipt | null,
  ): Promise<Receipt> {
    const wire = wireMutationSchema.parse(received);
    device.lastHash = chainMutation(wire, device.lastHash, testSha256).hash;
    const occurredAt = Math.min(wire.madeAt - (wire.madeAtSkewMs ?? 0), this.#now());
    const actor = this.get('member', wire.actorId);
    const context: DecideContext = {
      authority: 'server',
      deviceId,
      deviceNumber: 1,
      n: wire.n,
      hash: device.lastHash,
      actorId: wire.actorId,
      role: actor ? roleAt(actor, occurredAt) : null,
      madeAt: wire.madeAt,
      occurredAt,
      uncertaintyMs: 60_000,
      receivedAt: this.#now(),
      businessOn: wire.businessOn,
      newId: (k) => recordIdOf(deviceId, wire.n, k),
      sha256: testSha256,
      earlierReceipt,
    };
    const judgement = await this.#judge(wire, context);
    if (judgement.writes.length > 0) this.#move();
    for (const stored of judgement.writes) {
      RECORDS[stored.kind].schema.parse(stored.body);
      this.#records.set(nameOf(stored.kind, stored.body.id), { stored, seq: this.seq });
    }
    return { ...judgement.receipt, seq: judgement.writes.length > 0 ? this.seq : null };
  }

  async #judge(wire: { name: string; version: number; args: unknown }, context: DecideContext): Promise<Judgement> {
    const act = prepareAct(wire.name, wire.version, wire.args);
    if ('code' in act) return quarantine(context, wire.name, act.code, act.details);
    const workingSet = new WorkingSet({
      load: async (keys) => keys.flatMap(({ kind, id }) => this.#records.get(nameOf(kind, id))?.stored ?? []),
      loadRange: async ({ range, parent, since }) => {
        const fields = RECORDS[range].range;
        return [...this.#records.values()].flatMap(({ stored }) => {
          const body: Readonly<Record<string, unknown>> = stored.body;
          const isIn =
            stored.kind === range && fields && body[fields.parentField] === parent && Number(body[fields.sinceField]) >= since;
          return isIn ? [stored] : [];
        });
      },
      isHere: () => true,
    });
    return judgeAct(act, context, workingSet);
  }

  #pull(deviceId: string, body: unknown): HttpAnswer {
    const { epoch, since, receiptsAfter, head } = pullRequestSchema.parse(body);
    if (epoch !== this.epoch || since > this.seq || (head && !this.#isOurs(head))) return problem(409, 'rebuild');
    const changed = this.#held()
      .filter(({ seq }) => seq > since)
      .sort((a, b) => a.seq - b.seq);
    // A page never splits one seq (SY14).
    const lastSeq = changed[this.pageSize - 1]?.seq ?? this.seq;
    const page = changed.filter(({ seq }) => seq <= lastSeq);
    const more = page.length < changed.length;
    const device = this.#deviceOf(deviceId);
    return answer({
      epoch: this.epoch,
      serverTime: this.#now(),
      records: page.map(({ stored, seq }) => ({ kind: stored.kind, id: stored.body.id, seq, body: { ...stored.body } })),
      next: more ? lastSeq : this.seq,
      more,
      ackedN: device.receipts.length,
      receipts: device.receipts.filter(({ n }) => n > receiptsAfter),
      head: this.#headAt(this.seq),
      holds: { set: this.set, ledgersFrom: this.ledgersFrom, digest: more ? null : this.digest() },
    } satisfies PullResponse);
  }

  /** Every record of the set with a mark behind it, in the order of ids inside a kind. */
  #snapshot(deviceId: string, resume: SnapshotResume | null): HttpAnswer {
    const { seq, epoch, set, ledgersFrom } = this;
    if (resume && (resume.epoch !== epoch || resume.set !== set || !this.#isOurs(resume))) return problem(409, 'rebuild');
    const lines: string[] = [];
    const ackedN = this.#deviceOf(deviceId).receipts.length;
    const head = this.#headAt(seq);
    const records = this.#held().length;
    const rest = { serverTime: this.#now(), records, head, set, ledgersFrom };
    lines.push(JSON.stringify({ protocol: PROTOCOL_VERSION, epoch, seq, ackedN, ...rest }));
    let sent = 0;
    const order = ({ kind, body }: Stored) => `${String(RECORD_KINDS.indexOf(kind)).padStart(3, '0')} ${body.id}`;
    for (const kind of kindsInSet(set)) {
      const rows = this.#held().filter(({ stored }) => stored.kind === kind && order(stored) > (resume?.after ?? ''));
      rows.sort((a, b) => (order(a.stored) < order(b.stored) ? -1 : 1));
      const fields = Object.keys(RECORDS[kind].schema.shape);
      lines.push(JSON.stringify({ kind, fields, count: rows.length }));
      for (const { stored, seq: rowSeq } of rows) {
        const body: Readonly<Record<string, unknown>> = stored.body;
        lines.push(JSON.stringify([rowSeq, ...fields.map((field) => body[field])]), JSON.stringify({ at: order(stored) }));
        sent += 1;
      }
    }
    lines.push(JSON.stringify({ end: true, records: sent }));
    return { status: 200, header: () => null, json: async () => null, lines: () => linesOf(lines) };
  }

  #ledgerPage(body: unknown): HttpAnswer {
    const { kind, parent, before, limit } = ledgerPageRequestSchema.parse(body);
    const field = LEDGER_PARENTS[kind];
    const behind = this.all(kind)
      .filter((line) => (line as Readonly<Record<string, unknown>>)[field] === parent)
      .filter(({ occurredAt, id }) => occurredAt < before.at || (occurredAt === before.at && id < before.id))
      .sort((a, b) => b.occurredAt - a.occurredAt || (a.id < b.id ? 1 : -1));
    const lines = behind.slice(0, limit);
    const last = lines.at(-1);
    const next = behind.length > limit && last ? { at: last.occurredAt, id: last.id } : null;
    return answer({ lines: lines.map((line) => ({ ...line })), next } satisfies LedgerPageResponse);
  }

  /** What a device of the set holds. */
  #held(): ServerRecord[] {
    const kinds = kindsInSet(this.set);
    return [...this.#records.values()].filter(({ stored }) => {
      const month = ledgerMonthOf(stored);
      return kinds.includes(stored.kind) && (month === null || month >= this.ledgersFrom);
    });
  }

  #sums(): DigestSums {
    const digest = new Digest();
    for (const { stored } of this.#records.values()) digest.add(stored);
    return digest.sums();
  }

  #move(): void {
    this.seq += 1;
    this.#moves += 1;
    this.#chain = [...this.#chain.slice(0, this.seq), testSha256(`${this.#chain[this.seq - 1]} ${this.#moves}`)];
  }

  #headAt(size: number): { size: number; hash: string } {
    return { size, hash: this.#chain[size] ?? CHAIN_START };
  }

  #isOurs({ size, hash }: { readonly size: number; readonly hash: string }): boolean {
    return this.#chain[size] === hash;
  }

  #deviceOf(deviceId: string): ServerDevice {
    const device = this.#devices.get(deviceId) ?? { receipts: [], lastHash: CHAIN_START };
    this.#devices.set(deviceId, device);
    return device;
  }
}

/** An answer with a JSON body. */
export function answer(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const text = JSON.stringify(body);
  return {
    status,
    header: (name) => headers[name] ?? null,
    json: async () => JSON.parse(text) as unknown,
    lines: () => linesOf(text.split('\n')),
  };
}

/** An RFC 9457 answer with a code. */
export function problem(
  status: number,
  code: string,
  details: unknown = {},
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return answer(
    { type: 'about:blank', title: code, status, detail: code, code, retryable: false, errors: [], details },
    status,
    headers,
  );
}

async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
