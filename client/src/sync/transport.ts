import { z } from 'zod';
import { type LedgerPageRequest, type LedgerPageResponse, ledgerPageResponseSchema } from '#schema/api/ledger-page.ts';
import {
  type EnrolResponse,
  type enrolRequestSchema,
  enrolResponseSchema,
  PROTOCOL_VERSION,
  PULL_PAGE_MAX,
  PUSH_BYTES_MAX,
  PUSH_MUTATIONS_MAX,
  type PullRequest,
  type PullResponse,
  type PushResponse,
  pullResponseSchema,
  pushResponseSchema,
  type SnapshotResume,
  type SyncReport,
} from '#schema/sync/messages.ts';
import { toWire } from '#schema/sync/mutation.ts';
import type { ClientEnv, HttpAnswer, HttpRequest } from '../env.ts';
import type { OutboxEntry } from '../store/outbox.ts';

/** The server answered, but not with what was asked for. */
export class SyncRefused extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** What `Retry-After` said, in ms; null when it said nothing. */
  readonly retryAfterMs: number | null;

  constructor(status: number, code: string, details: Readonly<Record<string, unknown>>, retryAfterMs: number | null) {
    super(`the server answered ${status} ${code}`);
    this.name = 'SyncRefused';
    this.status = status;
    this.code = code;
    this.details = details;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server could not be reached, or what came back is no answer of this protocol. */
export class NoAnswer extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'NoAnswer';
  }
}

const problemSchema = z.looseObject({ code: z.string(), details: z.record(z.string(), z.unknown()).default({}) });
const REQUEST_TIMEOUT_MS = 30_000;
const SNAPSHOT_TIMEOUT_MS = 600_000;

/** Every answer carries the server's time; with the round trip's midpoint it measures this device's skew. */
export interface Measured<Answer> {
  readonly answer: Answer;
  readonly skewMs: number;
}

/** The sync protocol over HTTP. Errors: `SyncRefused` for any other status, `NoAnswer`. */
export class Transport {
  readonly #env: Pick<ClientEnv, 'request' | 'now'>;
  readonly #deviceToken: string;

  constructor(env: Pick<ClientEnv, 'request' | 'now'>, deviceToken: string) {
    this.#env = env;
    this.#deviceToken = deviceToken;
  }

  /** Sends mutations, in order of n, with the receipts there are of them; they must fit one push (see `takeBatch`). */
  push(batch: readonly OutboxEntry[]): Promise<Measured<PushResponse>> {
    const mutations = batch.map(({ mutation }) => toWire(mutation));
    const earlier = batch.flatMap(({ receipt }) => receipt ?? []);
    const lastHash = batch.at(-1)?.mutation.hash ?? '';
    return this.#post('/api/sync/push', { mutations, lastHash, earlier }, pushResponseSchema);
  }

  pull(request: Omit<PullRequest, 'limit'>): Promise<Measured<PullResponse>> {
    return this.#post('/api/sync/pull', { ...request, limit: PULL_PAGE_MAX }, pullResponseSchema);
  }

  /** The lines of a snapshot, or of what is missing of one, as they arrive. */
  async snapshot(resume: SnapshotResume | null): Promise<AsyncIterable<string>> {
    const query = Object.entries(resume ?? {}).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const answer = await this.#request({
      method: 'GET',
      path: `/api/sync/snapshot${query.length > 0 ? `?${query.join('&')}` : ''}`,
      headers: this.#headers(),
      timeoutMs: SNAPSHOT_TIMEOUT_MS,
    });
    if (answer.status !== 200) throw await refusalOf(answer, this.#env.now());
    return heardLines(answer.lines());
  }

  /** Asks a server that has forgotten this device, since it was set back, to know it again (SY8). */
  async enrolAgain(asked: z.input<typeof enrolRequestSchema>): Promise<EnrolResponse> {
    return bodyOf(await this.#ask('/api/devices', asked, 201), enrolResponseSchema);
  }

  /** Lines of a ledger that this device does not keep, for showing (SY17). */
  async ledgerPage(request: LedgerPageRequest): Promise<LedgerPageResponse> {
    return bodyOf(await this.#ask('/api/sync/ledger', request), ledgerPageResponseSchema);
  }

  /** Tells the server what was found out; it need not be interested. */
  async report(report: SyncReport): Promise<void> {
    await this.#ask('/api/sync/report', report);
  }

  async #post<Schema extends z.ZodType<{ serverTime: number }>>(
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<Measured<z.infer<Schema>>> {
    const sentAt = this.#env.now();
    const answer = await bodyOf(await this.#ask(path, body), schema);
    const midpoint = Math.round((sentAt + this.#env.now()) / 2);
    return { answer, skewMs: midpoint - answer.serverTime };
  }

  /** The answer to a question that was taken, which its status says. */
  async #ask(path: string, body: unknown, taken = 200): Promise<HttpAnswer> {
    const answer = await this.#request({
      method: 'POST',
      path,
      headers: this.#headers(),
      body: JSON.stringify(body),
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
    if (answer.status !== taken) throw await refusalOf(answer, this.#env.now());
    return answer;
  }

  #request(request: HttpRequest): Promise<HttpAnswer> {
    return this.#env.request(request).catch(noAnswer);
  }

  #headers(): Record<string, string> {
    return {
      'content-type': 'application/json',
      'x-device-token': this.#deviceToken,
      'x-protocol-version': String(PROTOCOL_VERSION),
    };
  }
}

async function bodyOf<Schema extends z.ZodType>(answer: HttpAnswer, schema: Schema): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse(await answer.json().catch(noAnswer));
  if (!parsed.success) throw new NoAnswer(parsed.error);
  return parsed.data;
}

function noAnswer(cause: unknown): never {
  throw new NoAnswer(cause);
}

/** Lines of a stream that may break off. */
async function* heardLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  const iterator = lines[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await iterator.next().catch(noAnswer);
    if (done) return;
    yield value;
  }
}

async function refusalOf(answer: HttpAnswer, now: number): Promise<SyncRefused> {
  const problem = problemSchema.safeParse(await answer.json().catch(() => null));
  const retryAfterMs = retryAfterOf(answer.header('retry-after'), now);
  return new SyncRefused(answer.status, problem.data?.code ?? 'unknown', problem.data?.details ?? {}, retryAfterMs);
}

/** `Retry-After` in ms from now: seconds, or a date (RFC 9110 10.2.3); null when absent or unreadable. */
function retryAfterOf(text: string | null, now: number): number | null {
  if (text === null) return null;
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** The longest run from the front that fits one push (SY5); at least one. */
export function takeBatch(entries: readonly OutboxEntry[]): OutboxEntry[] {
  const batch: OutboxEntry[] = [];
  // The envelope of the request itself.
  let bytes = 200;
  for (const entry of entries.slice(0, PUSH_MUTATIONS_MAX)) {
    const texts = [toWire(entry.mutation), entry.receipt ?? ''].map((part) => JSON.stringify(part));
    const size = new TextEncoder().encode(texts.join()).length + 1;
    if (batch.length > 0 && bytes + size > PUSH_BYTES_MAX) break;
    batch.push(entry);
    bytes += size;
  }
  return batch;
}
