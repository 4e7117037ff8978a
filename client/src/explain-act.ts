import { z } from 'zod';
import { type ExplainRequest, type ExplainResponse, explainResponseSchema } from '#schema/api/explain.ts';
import type { RecordKey } from '#schema/mutations/define.ts';
import type { OverlayDevice } from '#schema/overlay.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import type { ClientEnv } from './env.ts';
import { firstReadsOf } from './store/overlay-loader.ts';

/** What the server says of who changed what; `unknown` without an answer, with the code of why. */
export type Background = ({ readonly kind: 'known' } & ExplainResponse) | { readonly kind: 'unknown'; readonly code: string };

const problemSchema = z.looseObject({ code: z.string() });
const TIMEOUT_MS = 10_000;

/** Asks the server who changed the records of an act (SY23). Never rejects: without the network it is simply not known. */
export async function askBackground(env: Pick<ClientEnv, 'request'>, question: ExplainRequest): Promise<Background> {
  try {
    const answer = await env.request({
      method: 'POST',
      path: '/api/explain',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
      timeoutMs: TIMEOUT_MS,
    });
    const body = await answer.json();
    if (answer.status !== 200) return { kind: 'unknown', code: problemSchema.safeParse(body).data?.code ?? 'bad_answer' };
    return { kind: 'known', ...explainResponseSchema.parse(body) };
  } catch (error) {
    return { kind: 'unknown', code: error instanceof z.ZodError ? 'bad_answer' : 'no_answer' };
  }
}

/** Kinds that an act reads to be decided, and that it is rarely about. */
const BESIDES = new Set(['shop', 'member', 'claim', 'till', 'cashTotals']);

/** The records an act is about, the likeliest first: what it declares to read, things before settings and people. */
export function subjectsOf(mutation: Mutation, device: OverlayDevice): readonly RecordKey[] {
  const reads = firstReadsOf([mutation], device).slice(1);
  return [...reads.filter(({ kind }) => !BESIDES.has(kind)), ...reads.filter(({ kind }) => BESIDES.has(kind))];
}
