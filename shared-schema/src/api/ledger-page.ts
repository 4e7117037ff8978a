import { z } from 'zod';
import { refSchema } from '../fields.ts';
import type { RecordBody, RecordKind } from '../records/registry.ts';
import { instantSchema } from '../time.ts';

/** Most lines one page has. */
export const LEDGER_PAGE_MAX = 200;

/** The long ledgers, of which devices hold the newest months only (SY17), each with the field of what its lines hang under: the `parent` they are listed by. */
export const LEDGER_PARENTS = {
  sale: 'sessionId',
  cashMovement: 'sessionId',
  stockMovement: 'lotId',
} as const satisfies Partial<Record<RecordKind, string>>;
/** A kind that is a long ledger. */
export type LedgerKind = keyof typeof LEDGER_PARENTS;
/** Body of a line of one of them. */
export type LedgerLine<Kind extends LedgerKind = LedgerKind> = RecordBody<Kind>;

/** A place in a ledger, newest first: everything behind it is older than `at`, or of that instant with a smaller id. */
export const ledgerCursorSchema = z.strictObject({ at: instantSchema, id: z.string().max(96) });
export type LedgerCursor = z.infer<typeof ledgerCursorSchema>;

/** The place behind which lie the lines before an instant, and no others. */
export function cursorBefore(at: number): LedgerCursor {
  return { at, id: '' };
}

/**
 * `POST /api/sync/ledger`: lines of a long ledger under one parent, newest first, behind a place (SY17). A device asks for what lies before the months it
 * holds, and goes on with the `next` of each answer. Answered as they are now, for showing: no part of any replica.
 */
export const ledgerPageRequestSchema = z.strictObject({
  kind: z.enum(['sale', 'cashMovement', 'stockMovement'] satisfies LedgerKind[]),
  /** Id of the session, or the lot. */
  parent: refSchema,
  before: ledgerCursorSchema,
  limit: z.int().min(1).max(LEDGER_PAGE_MAX),
});
export type LedgerPageRequest = z.infer<typeof ledgerPageRequestSchema>;

export const ledgerPageResponseSchema = z.strictObject({
  /** Bodies of the kind that was asked for. */
  lines: z.array(z.looseObject({ id: z.string(), occurredAt: instantSchema })),
  /** Where the next page begins; null when there is nothing behind. */
  next: ledgerCursorSchema.nullable(),
});
export type LedgerPageResponse = z.infer<typeof ledgerPageResponseSchema>;
