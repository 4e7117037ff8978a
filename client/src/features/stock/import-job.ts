import { z } from 'zod';

/** An import as the server tells it; the rows it refused come along in pages. */
const jobSchema = z.looseObject({
  id: z.string(),
  dryRun: z.boolean(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  failure: z.looseObject({ code: z.string(), detail: z.string() }).nullable(),
  rows: z.int(),
  done: z.int(),
  created: z.int(),
  updated: z.int(),
  refused: z.int(),
  ignoredColumns: z.array(z.string()),
  refusedRows: z.array(z.looseObject({ row: z.int(), field: z.string(), problem: z.string() })),
});
export type ImportJob = z.infer<typeof jobSchema>;

/** Refused rows asked for with the progress; all of them are in a file. */
const ROWS_ASKED = 50;

/** The server did not do what it was asked; `code` is of the error table, `no_answer` or `bad_answer`; `detail` may say more. */
export class ImportProblem extends Error {
  override readonly name = 'ImportProblem';
  readonly code: string;

  constructor(code: string, detail = '') {
    super(detail);
    this.code = code;
  }
}

/** Sends a file to be checked (`dryRun`) or imported. Throws `ImportProblem`. */
export async function startImport(kind: 'items' | 'stock', file: Blob, dryRun: boolean): Promise<ImportJob> {
  return ask(`/api/imports/${kind}?dryRun=${dryRun ? 1 : 0}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: file,
  });
}

/** How far an import is. Throws `ImportProblem`. */
export async function readImport(id: string): Promise<ImportJob> {
  return ask(`/api/imports/${id}?limit=${ROWS_ASKED}`, {});
}

/** Asks an import to stop; what was booked stays. Throws `ImportProblem`. */
export async function cancelImport(id: string): Promise<ImportJob> {
  return ask(`/api/imports/${id}/cancel`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
}

async function ask(path: string, init: RequestInit): Promise<ImportJob> {
  const answer = await fetch(path, { cache: 'no-store', ...init }).catch(() => {
    throw new ImportProblem('no_answer');
  });
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) {
    const problem = z.looseObject({ code: z.string(), detail: z.string().default('') }).safeParse(body);
    throw new ImportProblem(problem.data?.code ?? 'bad_answer', problem.data?.detail);
  }
  const job = jobSchema.safeParse(body);
  if (!job.success) throw new ImportProblem('bad_answer');
  return job.data;
}
