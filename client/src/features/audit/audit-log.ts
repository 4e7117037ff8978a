import { z } from 'zod';
import { type ChainFault, EMPTY_CHAIN, verifyChain } from '#schema/audit/verify-chain.ts';
import type { Sha256 } from '#schema/env.ts';
import { type AuditEntry, auditEntrySchema } from '#schema/sync/messages.ts';

/** Reading the audit log from the server, and checking all of it in this browser (C17). Needs the network. */

/** What a newer server adds beside these does not make the log unreadable. */
const pageSchema = z.object({
  head: z.object({ size: z.int(), hash: z.string() }),
  entries: z.array(auditEntrySchema),
  next: z.int().nullable(),
});
export type AuditPageAnswer = z.infer<typeof pageSchema>;

/** Which entries: `order` newest first starts below `from`, oldest first at it. */
export interface AuditQuery {
  readonly from?: number;
  readonly limit: number;
  readonly order: 'newest' | 'oldest';
  readonly actorId?: string;
  readonly deviceId?: string;
  readonly action?: string;
}

/** Answers a page of the log, or throws an `AuditProblem`. */
export type ReadAudit = (query: AuditQuery) => Promise<AuditPageAnswer>;

/** The log could not be read; `code` is one of the error table's, `no_answer` or `bad_answer`. */
export class AuditProblem extends Error {
  override readonly name = 'AuditProblem';
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** Reads a page over HTTP. */
export async function readAuditOverHttp(query: AuditQuery): Promise<AuditPageAnswer> {
  const params = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
  const answer = await fetch(`/api/audit-log?${params}`, { cache: 'no-store' }).catch(() => {
    throw new AuditProblem('no_answer');
  });
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) {
    const problem = z.looseObject({ code: z.string() }).safeParse(body);
    throw new AuditProblem(problem.success ? problem.data.code : 'bad_answer');
  }
  const page = pageSchema.safeParse(body);
  if (!page.success) throw new AuditProblem('bad_answer');
  return page.data;
}

/** How far checking is, or how it ended. */
export type Verification =
  | { readonly kind: 'running'; readonly done: number; readonly total: number }
  | { readonly kind: 'good'; readonly size: number; readonly head: string }
  | { readonly kind: 'bad'; readonly index: number; readonly fault: ChainFault | 'head' }
  | { readonly kind: 'shorter'; readonly size: number; readonly headSize: number }
  | { readonly kind: 'failed'; readonly code: string };

const VERIFY_PAGE = 1_000;

/**
 * Checks every link from the first entry to the head the log had when checking began, page by page, and names the first that does not fit.
 * Entries sealed meanwhile are left for the next check, so that a busy pharmacy ends too. `onProgress` answers false to stop.
 */
export async function verifyWholeLog(
  read: ReadAudit,
  sha256: Sha256,
  onProgress: (progress: Extract<Verification, { kind: 'running' }>) => boolean,
): Promise<Verification | null> {
  let state = EMPTY_CHAIN;
  let head: AuditPageAnswer['head'] | null = null;
  try {
    for (;;) {
      const limit: number = head === null ? VERIFY_PAGE : Math.min(VERIFY_PAGE, head.size - state.size);
      const page: AuditPageAnswer = await read({ from: state.size, limit, order: 'oldest' });
      head ??= page.head;
      const entries: readonly AuditEntry[] = page.entries.slice(0, head.size - state.size);
      if (entries.length === 0 && state.size < head.size) return { kind: 'shorter', size: state.size, headSize: head.size };
      const checked = verifyChain(state, entries, sha256);
      if (!checked.ok) return { kind: 'bad', index: checked.index, fault: checked.fault };
      state = checked.state;
      if (state.size >= head.size) return endOf(state, head);
      if (!onProgress({ kind: 'running', done: state.size, total: head.size })) return null;
    }
  } catch (error) {
    if (error instanceof AuditProblem) return { kind: 'failed', code: error.code };
    throw error;
  }
}

function endOf(state: { size: number; hash: string }, head: { size: number; hash: string }): Verification {
  return state.hash === head.hash
    ? { kind: 'good', size: state.size, head: head.hash }
    : { kind: 'bad', index: state.size - 1, fault: 'head' };
}
