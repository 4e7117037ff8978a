import type { RowProblem } from '#schema/imports/csv-cells.ts';

/** What is imported. */
export type ImportKind = 'items' | 'stock';

/** A row that was refused, with one thing that is wrong with it. `row` as a spreadsheet numbers it: the header is 1. */
export interface RefusedRow extends RowProblem {
  readonly row: number;
}

/** Why an import ended before its end. */
export interface ImportFailure {
  readonly code: string;
  readonly detail: string;
}

/** Most problems kept of one import; the number refused goes on counting. */
export const REFUSED_KEPT_MAX = 20_000;

/** One import as it goes on: counts, refused rows, and whether it should stop. Lives in memory; what it booked is in the log. */
export class ImportJob {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: ImportKind;
  readonly dryRun: boolean;
  readonly startedAt: number;
  state: 'running' | 'done' | 'failed' | 'cancelled' = 'running';
  failure: ImportFailure | null = null;
  /** Rows of the file without its header; 0 until it was read. */
  rows = 0;
  /** Rows that are through: accepted or refused. */
  done = 0;
  created = 0;
  updated = 0;
  refused = 0;
  /** Rows in which a missing field gets a default in a new item. */
  assumed = 0;
  /** Headers nobody knows and headers that are known but not used. */
  ignoredColumns: readonly string[] = [];
  endedAt: number | null = null;
  readonly refusedRows: RefusedRow[] = [];
  isCancelled = false;

  constructor(given: { id: string; tenantId: string; kind: ImportKind; dryRun: boolean; startedAt: number }) {
    this.id = given.id;
    this.tenantId = given.tenantId;
    this.kind = given.kind;
    this.dryRun = given.dryRun;
    this.startedAt = given.startedAt;
  }

  /** Counts a row as refused and keeps what is wrong with it. */
  refuse(row: number, problems: readonly RowProblem[]): void {
    this.done += 1;
    this.refused += 1;
    for (const problem of problems) if (this.refusedRows.length < REFUSED_KEPT_MAX) this.refusedRows.push({ row, ...problem });
  }
}

/** Progress and a page of the refused rows, as `GET /api/imports/:id` answers it. */
export function describeJob(job: ImportJob, offset: number, limit: number) {
  const { id, kind, dryRun, state, failure, rows, done, created, updated, refused, assumed, ignoredColumns } = job;
  const refusedRows = job.refusedRows.slice(offset, offset + limit);
  const next = offset + refusedRows.length < job.refusedRows.length ? offset + refusedRows.length : null;
  const times = { startedAt: job.startedAt, endedAt: job.endedAt };
  const counts = { rows, done, accepted: created + updated, created, updated, refused, assumed };
  return { id, kind, dryRun, state, failure, ...counts, ...times, ignoredColumns, refusedRows, next };
}
