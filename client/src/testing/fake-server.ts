import { type Judgement, judgeAct, prepareAct, quarantine } from '#schema/decide-acts.ts';
import { recordIdOf } from '#schema/ids.ts';
import type { DecideContext } from '#schema/mutations/define.ts';
import { roleAt } from '#schema/records/member.ts';
import { RECORD_KINDS, RECORDS, type RecordBody, type RecordKind } from '#schema/records/registry.ts';
import {
  PROTOCOL_VERSION,
  type PullResponse,
  type PushResponse,
  pullRequestSchema,
  pushRequestSchema,
} from '#schema/sync/messages.ts';
import { CHAIN_START, chainMutation, wireMutationSchema } from '#schema/sync/mutation.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
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

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Stores a record as another device's act would. */
  put<Kind extends RecordKind>(kind: Kind, body: RecordBody<Kind>): void {
    RECORDS[kind].schema.parse(body);
    this.seq += 1;
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

  /** Everything as it is now, to come back to. */
  backup(): () => void {
    const { seq } = this;
    const records = new Map(this.#records);
    const devices = structuredClone(this.#devices);
    return () => {
      this.epoch += 1;
      this.seq = seq;
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
    if (path === '/api/sync/snapshot') return this.#snapshot(deviceId);
    return problem(404, 'not_found');
  }

  async #push(deviceId: string, body: unknown): Promise<HttpAnswer> {
    const { mutations, lastHash } = pushRequestSchema.parse(body);
    const device = this.#deviceOf(deviceId);
    const receipts: Receipt[] = [];
    for (const received of mutations) {
      const { n } = received;
      const known = device.receipts[n - 1];
      if (known) receipts.push(known);
      else if (n !== device.receipts.length + 1) return problem(409, 'gap', { expected: device.receipts.length + 1 });
      else {
        const receipt = await this.#apply(deviceId, received, device);
        device.receipts.push(receipt);
        receipts.push(receipt);
      }
    }
    if (mutations.at(-1)?.n === device.receipts.length && lastHash !== device.lastHash) return problem(409, 'forked');
    return answer({ epoch: this.epoch, seq: this.seq, serverTime: this.#now(), receipts } satisfies PushResponse);
  }

  async #apply(deviceId: string, received: Record<string, unknown>, device: ServerDevice): Promise<Receipt> {
    const wire = wireMutationSchema.parse(received);
    device.lastHash = chainMutation(wire, device.lastHash, testSha256).hash;
    const occurredAt = Math.min(wire.madeAt - (wire.madeAtSkewMs ?? 0), this.#now());
    const actor = this.get('member', wire.actorId);
    const context: DecideContext = {
      authority: 'server',
      deviceId,
      deviceNumber: 1,
      n: wire.n,
      actorId: wire.actorId,
      role: actor ? roleAt(actor, occurredAt) : null,
      madeAt: wire.madeAt,
      occurredAt,
      uncertaintyMs: 60_000,
      receivedAt: this.#now(),
      businessOn: wire.businessOn,
      newId: (k) => recordIdOf(deviceId, wire.n, k),
      sha256: testSha256,
    };
    const judgement = await this.#judge(wire, context);
    if (judgement.writes.length > 0) this.seq += 1;
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
    const { epoch, since, receiptsAfter } = pullRequestSchema.parse(body);
    if (epoch !== this.epoch || since > this.seq) return problem(409, 'rebuild');
    const changed = [...this.#records.values()].filter(({ seq }) => seq > since).sort((a, b) => a.seq - b.seq);
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
      head: { size: this.seq, hash: CHAIN_START },
    } satisfies PullResponse);
  }

  #snapshot(deviceId: string): HttpAnswer {
    const lines: string[] = [];
    const { seq, epoch } = this;
    const ackedN = this.#deviceOf(deviceId).receipts.length;
    const header = { protocol: PROTOCOL_VERSION, epoch, seq, ackedN, serverTime: this.#now(), records: this.#records.size };
    lines.push(JSON.stringify(header));
    for (const kind of RECORD_KINDS) {
      const rows = [...this.#records.values()].filter(({ stored }) => stored.kind === kind);
      const fields = Object.keys(RECORDS[kind].schema.shape);
      lines.push(JSON.stringify({ kind, fields, count: rows.length }));
      for (const { stored, seq: rowSeq } of rows) {
        const body: Readonly<Record<string, unknown>> = stored.body;
        lines.push(JSON.stringify([rowSeq, ...fields.map((field) => body[field])]));
      }
    }
    lines.push(JSON.stringify({ end: true, records: this.#records.size }));
    return { status: 200, header: () => null, json: async () => null, lines: () => linesOf(lines) };
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
