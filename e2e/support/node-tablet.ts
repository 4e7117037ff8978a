import { createWorkspace, type OpenWorkspace } from '#client/create-workspace.ts';
import type { HttpRequest } from '#client/env.ts';
import { startLocalSearch } from '#client/search/local-search.ts';
import { type KeptSession, signIn } from '#client/session.ts';
import { Outbox, type OutboxEntry } from '#client/store/outbox.ts';
import type { SyncStatus } from '#client/workspace.ts';
import { canonicalJson } from '#schema/canonical-json.ts';
import type { MutationArgs, MutationName } from '#schema/mutations/registry.ts';
import { pushResponseSchema } from '#schema/sync/messages.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import { createNodeEnv, type NodeEnv } from './node-env.ts';

/** How one act of a tablet was answered when it was answered first, and whether it ever was answered otherwise. */
interface Answered {
  readonly receipt: string;
  readonly verdict: string;
}

/**
 * The whole client of a tablet (workspace, outbox, overlay, sync loop, transport, leader) in Node against a real server over HTTP and Socket.IO. It
 * remembers what it was told: everything that showed "saved", and every receipt that ever came over the wire.
 */
export class NodeTablet {
  readonly workspace: OpenWorkspace;
  readonly session: KeptSession;
  readonly env: NodeEnv;
  readonly saved: Mutation[] = [];
  readonly answered: ReadonlyMap<number, Answered>;
  /** Receipts that said something else than the first one for the same act. */
  readonly contradictions: readonly string[];

  private constructor(workspace: OpenWorkspace, session: KeptSession, env: NodeEnv, heard: Heard) {
    this.workspace = workspace;
    this.session = session;
    this.env = env;
    this.answered = heard.answered;
    this.contradictions = heard.contradictions;
  }

  /** Signs in as a browser does and opens the workspace. */
  static async signIn(
    url: string,
    credentials: { email: string; password: string },
    name: string,
    patienceMs?: number,
  ): Promise<NodeTablet> {
    const heard = new Heard();
    const env = createNodeEnv(url, heard.hear, patienceMs);
    const result = await signIn(env, credentials, name);
    if (result.ok === false) throw new Error(`${name} could not sign in: ${result.problem.code} ${result.problem.message}`);
    if (result.ok !== true) throw new Error(`${name} is asked for a ${result.ok} at sign-in`);
    const workspace = await createWorkspace(env, result.session, startLocalSearch());
    return new NodeTablet(workspace, result.session, env, heard);
  }

  /** Makes an act; it must be saved. */
  async act<Name extends MutationName>(name: Name, args: MutationArgs<Name>): Promise<Mutation> {
    const result = await this.workspace.run(name, args);
    if (result.kind !== 'saved') throw new Error(`${name} was not saved: ${JSON.stringify(result)}`);
    this.saved.push(result.mutation);
    return result.mutation;
  }

  /** Resolves with the first status that fits. */
  until(fits: (status: SyncStatus) => boolean): Promise<SyncStatus> {
    return new Promise((resolve) => {
      let isOver = false;
      let stop: () => void = () => undefined;
      stop = this.workspace.watchSync((status) => {
        if (isOver || !fits(status)) return;
        isOver = true;
        stop();
        resolve(status);
      });
      if (isOver) stop();
    });
  }

  /** The outbox as it is stored. */
  outbox(): Promise<readonly OutboxEntry[]> {
    const { tenant, device } = this.session;
    return new Outbox(this.env, this.env.disk.open(`pharmasaas-${tenant.id}-${device.id}-outbox`), device.id).from(1);
  }

  close(): Promise<void> {
    return this.workspace.close();
  }
}

/** Listens to every push answer. */
class Heard {
  readonly answered = new Map<number, Answered>();
  readonly contradictions: string[] = [];

  readonly hear = ({ path }: HttpRequest, status: number, text: string): void => {
    if (path !== '/api/sync/push' || status !== 200) return;
    for (const receipt of pushResponseSchema.parse(JSON.parse(text)).receipts) {
      const said = canonicalJson(receipt);
      const before = this.answered.get(receipt.n);
      if (!before) this.answered.set(receipt.n, { receipt: said, verdict: receipt.verdict });
      else if (before.receipt !== said) this.contradictions.push(`${before.receipt} became ${said}`);
    }
  };
}
