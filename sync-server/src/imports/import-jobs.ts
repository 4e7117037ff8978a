import type { ServerEnv } from '../env.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { ImportJob, type ImportKind } from './import-job.ts';

/** Finished imports that are remembered, over all tenants. */
const FINISHED_KEPT_MAX = 100;
/** Imports that run at once, over all tenants. */
const RUNNING_MAX = 4;

/** The imports of this process: one at a time per tenant. */
export class ImportJobs {
  readonly #env: ServerEnv;
  readonly #jobs = new Map<string, ImportJob>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(env: ServerEnv) {
    this.#env = env;
  }

  /**
   * Starts an import and answers its job at once. Errors, in order: `import_running`, `too_many_requests` (other tenants import).
   * `work` ends by returning or throwing; what it throws goes to `onFailure`, which says what to tell.
   */
  start(
    given: { readonly tenantId: string; readonly kind: ImportKind; readonly dryRun: boolean },
    work: (job: ImportJob) => Promise<void>,
    onFailure: (error: unknown) => { readonly code: string; readonly detail: string },
  ): ImportJob {
    if (this.#running.has(given.tenantId)) throw new HttpProblem('import_running', { retryAfterS: 5 });
    if (this.#running.size >= RUNNING_MAX) throw new HttpProblem('too_many_requests', { retryAfterS: 10 });
    const job = new ImportJob({ ...given, id: this.#env.randomId(16), startedAt: this.#env.now() });
    this.#remember(job);
    const run = async () => {
      try {
        await work(job);
        job.state = job.isCancelled ? 'cancelled' : 'done';
      } catch (error) {
        job.failure = onFailure(error);
        job.state = 'failed';
      } finally {
        job.endedAt = this.#env.now();
        this.#running.delete(given.tenantId);
      }
    };
    this.#running.set(given.tenantId, Promise.resolve().then(run));
    return job;
  }

  /** A tenant's own job; null for none, or another tenant's. */
  find(tenantId: string, id: string): ImportJob | null {
    const job = this.#jobs.get(id);
    return job?.tenantId === tenantId ? job : null;
  }

  /** Resolves when the tenant's import has ended; at once when none runs. */
  async settled(tenantId: string): Promise<void> {
    await this.#running.get(tenantId);
  }

  /** Asks every import to stop after what it is doing, and waits. */
  async stop(): Promise<void> {
    for (const job of this.#jobs.values()) job.isCancelled = true;
    await Promise.all(this.#running.values());
  }

  #remember(job: ImportJob): void {
    this.#jobs.set(job.id, job);
    for (const [id, old] of this.#jobs) {
      if (this.#jobs.size <= FINISHED_KEPT_MAX) break;
      if (old.state !== 'running') this.#jobs.delete(id);
    }
  }
}
