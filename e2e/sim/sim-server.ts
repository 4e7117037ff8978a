import type { HttpAnswer, HttpRequest } from '#client/env.ts';
import type { Sha256 } from '#schema/env.ts';
import { problemOf } from '#schema/errors.ts';
import {
  enrolRequestSchema,
  type Poke,
  pullRequestSchema,
  pushRequestSchema,
  snapshotQuerySchema,
  syncReportSchema,
} from '#schema/sync/messages.ts';
import { Door } from '#server/apply/door.ts';
import type { TenantStore } from '#server/apply/tenant-store.ts';
import { enrolDevice } from '#server/apply/tenants.ts';
import type { ServerEnv } from '#server/env.ts';
import { HttpProblem, invalidInput } from '#server/http/http-problem.ts';
import { toProblem } from '#server/http/problems.ts';
import { answerReport, ReportLimits } from '#server/sync/reports.ts';
import { answerPull, answerPush, answerSnapshot, checkProtocol, findPeer, type SyncDeps } from '#server/sync/sync-service.ts';
import type { Random } from '../support/random.ts';
import { SIM_SHOP } from './pharmacy.ts';
import { Process, type Scheduler } from './scheduler.ts';

/** A request as it reaches the server: who sent it is told by the headers alone. */
export interface SimRequest extends HttpRequest {
  /** Whether the session that came with it is valid. */
  readonly isSignedIn: boolean;
}

/** One life of the server process: the real door and the real sync over a store. */
export class SimServer {
  readonly process: Process;
  readonly deps: SyncDeps;
  readonly #tenantId: string;

  constructor(
    tenantId: string,
    life: number,
    machine: { scheduler: Scheduler; random: Random; sha256: Sha256 },
    openStore: (process: Process) => TenantStore,
    onPoke: (poke: Poke) => void,
  ) {
    this.#tenantId = tenantId;
    this.process = new Process(`server ${life}`);
    const env: ServerEnv = {
      now: () => machine.scheduler.now,
      schedule: (delayMs, task) => machine.scheduler.after(this.process, delayMs, task),
      random: () => machine.random.next(),
      randomId: (length) => machine.random.id(length),
      sha256: machine.sha256,
    };
    const store = openStore(this.process);
    this.deps = {
      env,
      store,
      door: new Door(env, store, (_tenantId, { epoch, seq }) => onPoke({ epoch, seq })),
      reports: new ReportLimits(),
    };
  }

  /** Answers as the routes do: parse, call, and problems for whatever is thrown. Never answers when the process dies before. */
  async answer(request: SimRequest): Promise<HttpAnswer> {
    try {
      return await this.#route(request);
    } catch (error) {
      const problem = toProblem(error);
      const body = problemOf(problem.code, { detail: problem.message, errors: problem.errors, details: problem.details });
      const headers = problem.retryAfterS === null ? {} : { 'retry-after': String(problem.retryAfterS) };
      return textAnswer(body.status, JSON.stringify(body), headers);
    }
  }

  async #route({ path, headers = {}, body, isSignedIn }: SimRequest): Promise<HttpAnswer> {
    if (path !== '/api/sync/push') checkProtocol(headers['x-protocol-version'] ?? null);
    if (!isSignedIn) throw new HttpProblem('sign_in_required');
    if (path === '/api/devices') {
      const { name, set, replaces, returns } = enrolRequestSchema.parse(JSON.parse(body ?? 'null'));
      const asked = { name, set, replaces, returns, enrolledBy: 'ana', businessOn: SIM_SHOP.createdOn };
      return textAnswer(201, JSON.stringify({ ...(await enrolDevice(this.deps, this.#tenantId, asked)), name }));
    }
    const peer = await findPeer(this.deps, this.#tenantId, headers['x-device-token'] ?? '');
    const given: unknown = JSON.parse(body ?? 'null');
    if (path === '/api/sync/push') {
      const parsed = pushRequestSchema.safeParse(given);
      if (!parsed.success) throw invalidInput(parsed.error);
      return textAnswer(200, JSON.stringify(await answerPush(this.deps, peer, parsed.data)));
    }
    if (path === '/api/sync/pull') {
      const parsed = pullRequestSchema.safeParse(given);
      if (!parsed.success) throw invalidInput(parsed.error);
      return textAnswer(200, await answerPull(this.deps, peer, parsed.data));
    }
    if (path === '/api/sync/report') {
      const parsed = syncReportSchema.safeParse(given);
      if (!parsed.success) throw invalidInput(parsed.error);
      await answerReport(this.deps, peer, parsed.data);
      return textAnswer(200, '{}');
    }
    const [address, query] = path.split('?');
    if (address !== '/api/sync/snapshot') throw new HttpProblem('not_found');
    const resume = snapshotQuerySchema.parse(Object.fromEntries(new URLSearchParams(query)));
    const chunks: string[] = [];
    await answerSnapshot(this.deps, peer, resume, async (chunk) => void chunks.push(chunk));
    return textAnswer(200, chunks.join(''));
  }
}

/** An answer whose body is a text. `cutAt` breaks its lines off before that one. */
export function textAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
  cutAt = Number.POSITIVE_INFINITY,
): HttpAnswer {
  return {
    status,
    header: (name) => headers[name] ?? null,
    json: async () => JSON.parse(text) as unknown,
    lines: async function* () {
      for (const [i, line] of text.split('\n').entries()) {
        if (i >= cutAt) throw new TypeError('the connection was cut');
        yield line;
      }
    },
  };
}
