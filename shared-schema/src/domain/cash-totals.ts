/** The running totals of one session, kept by every fact that touches its cash, so that nothing is ever summed over a ledger [C2][C6]. */
import { addMinor, negateMinor } from '../money.ts';
import type { CashSession, CashTotals } from '../records/cash-session.ts';
import { type CashPosting, type CashPostingLine, netByMethod } from './cash-posting.ts';

/** Totals of a session in which nothing happened yet. */
export function emptyCashTotals(sessionId: string, tillId: string): CashTotals {
  return {
    id: sessionId,
    tillId,
    methods: [],
    vat: [],
    movements: [],
    salesCount: 0,
    salesMinor: 0,
    refundsCount: 0,
    refundsMinor: 0,
    roundingMinor: 0,
    firstDocument: null,
    lastDocument: null,
    revealed: false,
    authors: [],
  };
}

/**
 * The lines a posting puts into a session's ledger. A late one is joined by `LATE_OFFSET`, equal and opposite in every method, so that
 * the expectation of the session it lands in does not move. Source: C15.
 */
export function linesToPost(posting: CashPosting, late: boolean): readonly CashPostingLine[] {
  if (!late) return posting.lines;
  const offsets = netByMethod(posting.lines).map(
    ({ methodId, amountMinor }): CashPostingLine => ({
      id: `${posting.deviceId}-${posting.n}-offset.${methodId}`,
      type: 'LATE_OFFSET',
      methodId,
      amountMinor: negateMinor(amountMinor),
      note: '',
      reference: null,
      witnessId: null,
      reversalOf: null,
    }),
  );
  return [...posting.lines, ...offsets];
}

/** Totals with one more posting; the given totals stay as they are. Source: C2, C15. */
export function addPosting(totals: CashTotals, posting: CashPosting, late: boolean): CashTotals {
  let next = withAuthor(totals, posting.actorId);
  for (const line of linesToPost(posting, late)) next = addLine(next, line);
  return posting.document ? addDocument(next, posting, posting.document) : next;
}

/** Totals that know somebody who authored a movement, and so may not approve the session. Source: C9. */
export function withAuthor(totals: CashTotals, actorId: string): CashTotals {
  return totals.authors.includes(actorId) ? totals : { ...totals, authors: [...totals.authors, actorId] };
}

function addLine(totals: CashTotals, line: CashPostingLine): CashTotals {
  const type = totals.movements.find((one) => one.type === line.type) ?? { type: line.type, count: 0, amountMinor: 0 };
  const counted = { ...type, count: type.count + 1, amountMinor: addMinor(type.amountMinor, line.amountMinor) };
  return {
    ...totals,
    methods: changeMethod(totals.methods, line.methodId, (method) => ({
      ...method,
      expectedMinor: addMinor(method.expectedMinor, line.amountMinor),
    })),
    movements: [...totals.movements.filter((one) => one.type !== line.type), counted],
    roundingMinor: line.type === 'ROUNDING' ? addMinor(totals.roundingMinor, line.amountMinor) : totals.roundingMinor,
  };
}

type MethodTotal = CashTotals['methods'][number];

function changeMethod(
  methods: readonly MethodTotal[],
  methodId: string,
  change: (method: MethodTotal) => MethodTotal,
): MethodTotal[] {
  if (methods.some((one) => one.methodId === methodId))
    return methods.map((one) => (one.methodId === methodId ? change(one) : one));
  return [...methods, change({ methodId, expectedMinor: 0, salesMinor: 0, refundsMinor: 0 })];
}

function addDocument(totals: CashTotals, posting: CashPosting, document: NonNullable<CashPosting['document']>): CashTotals {
  let { methods } = totals;
  for (const { methodId, amountMinor } of netByMethod(posting.lines))
    methods = changeMethod(methods, methodId, (method) => ({ ...method, salesMinor: addMinor(method.salesMinor, amountMinor) }));
  return {
    ...totals,
    methods,
    vat: addVat(totals.vat, document.vat),
    salesCount: totals.salesCount + 1,
    salesMinor: addMinor(totals.salesMinor, document.grossMinor),
    firstDocument: totals.firstDocument ?? document.no,
    lastDocument: document.no,
  };
}

/**
 * Hands the documents of one session to another: sales, refunds, VAT and rounding are then the other's, and its Z tells them. No money moves:
 * that is for ledger lines. Whoever authored a movement in one authored it in both (C9); a figure seen in one is seen (C6). Source: case 3.
 */
export function handOverDocuments(from: CashTotals, into: CashTotals): { from: CashTotals; into: CashTotals } {
  let { methods, authors } = into;
  for (const { methodId, salesMinor, refundsMinor } of from.methods)
    if (salesMinor !== 0 || refundsMinor !== 0)
      methods = changeMethod(methods, methodId, (method) => ({
        ...method,
        salesMinor: addMinor(method.salesMinor, salesMinor),
        refundsMinor: addMinor(method.refundsMinor, refundsMinor),
      }));
  authors = [...authors, ...from.authors.filter((author) => !into.authors.includes(author))];
  const none = emptyCashTotals(from.id, from.tillId);
  const emptied = from.methods.map((method) => ({ ...method, salesMinor: 0, refundsMinor: 0 }));
  return {
    from: { ...none, methods: emptied, movements: from.movements, revealed: from.revealed, authors: from.authors },
    into: {
      ...into,
      methods,
      authors,
      vat: addVat(into.vat, from.vat),
      salesCount: into.salesCount + from.salesCount,
      salesMinor: addMinor(into.salesMinor, from.salesMinor),
      refundsCount: into.refundsCount + from.refundsCount,
      refundsMinor: addMinor(into.refundsMinor, from.refundsMinor),
      roundingMinor: addMinor(into.roundingMinor, from.roundingMinor),
      firstDocument: into.firstDocument ?? from.firstDocument,
      lastDocument: from.lastDocument ?? into.lastDocument,
      revealed: into.revealed || from.revealed,
    },
  };
}

function addVat(vat: CashTotals['vat'], more: CashTotals['vat']): CashTotals['vat'] {
  const sum = [...vat];
  for (const rate of more) {
    const at = sum.findIndex((one) => one.rateBp === rate.rateBp);
    const before = sum[at] ?? { rateBp: rate.rateBp, grossMinor: 0, vatMinor: 0 };
    sum[at < 0 ? sum.length : at] = {
      rateBp: rate.rateBp,
      grossMinor: addMinor(before.grossMinor, rate.grossMinor),
      vatMinor: addMinor(before.vatMinor, rate.vatMinor),
    };
  }
  return sum;
}

/** What a method should hold, by its id; 0 for one nothing happened in. For screens: only after the count (C6). Minor units. */
export function expectedOf(totals: CashTotals, methodId: string): number {
  return totals.methods.find((one) => one.methodId === methodId)?.expectedMinor ?? 0;
}

/** What every X report shows: turnover and documents. Minor units. Source: C11. */
export interface XReportTurnover {
  readonly sessionId: string;
  readonly tillId: string;
  readonly businessOn: string;
  readonly openedAt: number;
  readonly salesCount: number;
  readonly salesMinor: number;
  readonly refundsCount: number;
  readonly refundsMinor: number;
  readonly vat: CashTotals['vat'];
  readonly firstDocument: string | null;
  readonly lastDocument: string | null;
}

/** `drawer` is null for somebody who may still count this drawer: from it the expected cash could be worked out. Source: C6, C11. */
export interface XReport extends XReportTurnover {
  readonly drawer: {
    readonly methods: CashTotals['methods'];
    readonly movements: CashTotals['movements'];
    readonly roundingMinor: number;
  } | null;
}

/**
 * An X report: any number of times, without effect or number. Somebody who may count a session that is not yet sealed gets turnover
 * and documents only; after the close, after the drawer was revealed, and for others (auditors) the drawer is there too. Source: C11.
 */
export function xReport(session: CashSession, totals: CashTotals, mayCount: boolean): XReport {
  const sealed = session.status === 'closed' || session.status === 'reconciled';
  const open = sealed || totals.revealed || !mayCount;
  return {
    sessionId: session.id,
    tillId: session.tillId,
    businessOn: session.businessOn,
    openedAt: session.openedAt,
    salesCount: totals.salesCount,
    salesMinor: totals.salesMinor,
    refundsCount: totals.refundsCount,
    refundsMinor: totals.refundsMinor,
    vat: totals.vat,
    firstDocument: totals.firstDocument,
    lastDocument: totals.lastDocument,
    drawer: open ? { methods: totals.methods, movements: totals.movements, roundingMinor: totals.roundingMinor } : null,
  };
}
