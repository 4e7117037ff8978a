import type { LedgerCursor, LedgerKind, LedgerLine, LedgerPageRequest } from '#schema/api/ledger-page.ts';
import { NoAnswer, SyncRefused, type Transport } from '../sync/transport.ts';

/** Lines asked for at once. */
export const OLDER_LINES_PAGE = 30;

/** A page of old lines, newest first, and where the next begins (null: nothing is older); or the code of why there is none. */
export type OlderLines<Kind extends LedgerKind> =
  | { readonly kind: 'page'; readonly lines: readonly LedgerLine<Kind>[]; readonly next: LedgerCursor | null }
  | { readonly kind: 'none'; readonly code: string };

/** Asks the server for lines that this device does not keep (SY17). Never rejects: `no_answer` without a network. */
export async function askOlderLines<Kind extends LedgerKind>(
  transport: Pick<Transport, 'ledgerPage'>,
  request: Omit<LedgerPageRequest, 'limit'> & { readonly kind: Kind },
): Promise<OlderLines<Kind>> {
  try {
    const { lines, next } = await transport.ledgerPage({ ...request, limit: OLDER_LINES_PAGE });
    // Lines of the kind that was asked for, as the server alone writes them.
    return { kind: 'page', lines: lines as unknown as LedgerLine<Kind>[], next };
  } catch (error) {
    if (error instanceof SyncRefused) return { kind: 'none', code: error.code };
    if (error instanceof NoAnswer) return { kind: 'none', code: 'no_answer' };
    throw error;
  }
}
