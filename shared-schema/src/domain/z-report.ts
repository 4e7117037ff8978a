/**
 * The Z report's frozen body [C11]: assembled from a session's totals, counts and the previous Z of the same till. Only the server
 * gives the number, when it applies the close [C12]; the caller hashes the body's canonical JSON, and the next Z carries that hash.
 */
import { z } from 'zod';
import { addMinor, currencySchema, minorSchema, sumMinor } from '../money.ts';
import { dateOnSchema, instantSchema } from '../time.ts';
import { cashMovementTypeSchema } from './cash-expected.ts';
import { paymentNatureSchema } from './payment-nature.ts';

const text = z.string().min(1).max(200);
const tally = z.strictObject({ count: z.int().nonnegative(), amountMinor: minorSchema });

/** Turnover of one payment method; refunds as a positive magnitude. Minor units. */
export const zMethodTotalSchema = z.strictObject({
  methodId: text,
  nature: paymentNatureSchema,
  salesMinor: minorSchema,
  refundsMinor: minorSchema,
});

/** Turnover at one VAT rate (basis points), refunds already subtracted. Minor units. */
export const zVatTotalSchema = z.strictObject({
  vatRateBp: z.int().nonnegative(),
  grossMinor: minorSchema,
  netMinor: minorSchema,
  vatMinor: minorSchema,
});

/** All cash movements of one type: how many, and their signed sum. */
export const zMovementTotalSchema = z.strictObject({
  type: cashMovementTypeSchema,
  count: z.int().nonnegative(),
  amountMinor: minorSchema,
});

/** One count attempt at the close, per method; null where a method is not counted or was left blank. Source: C7. */
export const zCountAttemptSchema = z.strictObject({
  attempt: z.int().positive(),
  countedBy: text,
  countedAt: instantSchema,
  isBlind: z.boolean(),
  methods: z.array(
    z.strictObject({
      methodId: text,
      expectedMinor: minorSchema,
      countedMinor: minorSchema.nullable(),
      varianceMinor: minorSchema.nullable(),
    }),
  ),
});

/** Sums over the whole life of a till, never reset. Minor units. Source: C11. */
export const zGrandTotalsSchema = z.strictObject({
  salesMinor: minorSchema,
  refundsMinor: minorSchema,
  documentCount: z.int().nonnegative(),
});
export type ZGrandTotals = z.infer<typeof zGrandTotalsSchema>;

/**
 * What a Z is made from. `firstDocument`/`lastDocument` are the sequences of the session's first and last ticket (`T2-147`), null when
 * there was none. `provisionalLabel` is what the tablet printed offline (`P-T2-12`) and `deviceChainHash` the hash beside it [C12].
 */
export const zReportInputSchema = z.strictObject({
  tillId: text,
  sessionId: text,
  currency: currencySchema,
  businessOn: dateOnSchema,
  openedAt: instantSchema,
  closedAt: instantSchema,
  closedBy: text,
  /** The shop lets people approve their own close; the report says so [C9]. */
  selfApproval: z.boolean(),
  provisionalLabel: text.nullable(),
  deviceChainHash: text.nullable(),
  firstDocument: text.nullable(),
  lastDocument: text.nullable(),
  sales: tally,
  refunds: tally,
  voids: tally,
  methods: z.array(zMethodTotalSchema),
  vatTotals: z.array(zVatTotalSchema),
  movements: z.array(zMovementTotalSchema),
  roundingMinor: minorSchema,
  attempts: z.array(zCountAttemptSchema),
});
export type ZReportInput = z.infer<typeof zReportInputSchema>;

/** The body that is hashed and never changes again. `prevHash` is null on the till's first Z only. */
export const zReportBodySchema = z.strictObject({
  ...zReportInputSchema.shape,
  formatVersion: z.literal(1),
  number: z.int().positive(),
  grandTotals: zGrandTotalsSchema,
  prevHash: text.nullable(),
});
export type ZReportBody = z.infer<typeof zReportBodySchema>;

/** The till's previous Z, as far as the next one needs it. */
export interface PreviousZ {
  readonly number: number;
  readonly hash: string;
  readonly grandTotals: ZGrandTotals;
}

/**
 * The body of the next Z of a till: number = previous + 1 from 1 on where none is given (see `takeZNumber`), grand totals carried forward, hash of the
 * Z that was issued before included. Lists are put in a fixed order (methods by id, rates ascending, movements by type, attempts by number), so the
 * same session gives the same bytes. Source: C11.
 */
export function buildZReport(input: ZReportInput, previous: PreviousZ | null, number = (previous?.number ?? 0) + 1): ZReportBody {
  const before = previous?.grandTotals ?? { salesMinor: 0, refundsMinor: 0, documentCount: 0 };
  return {
    ...input,
    methods: input.methods.toSorted((a, b) => compareText(a.methodId, b.methodId)),
    vatTotals: input.vatTotals.toSorted((a, b) => a.vatRateBp - b.vatRateBp),
    movements: input.movements.toSorted((a, b) => compareText(a.type, b.type)),
    attempts: input.attempts.toSorted((a, b) => a.attempt - b.attempt),
    formatVersion: 1,
    number,
    grandTotals: {
      salesMinor: addMinor(before.salesMinor, input.sales.amountMinor),
      refundsMinor: addMinor(before.refundsMinor, input.refunds.amountMinor),
      documentCount: before.documentCount + input.sales.count + input.refunds.count,
    },
    prevHash: previous?.hash ?? null,
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A sum inside a Z that does not fit another; the Z is issued all the same, and the mismatch waits for a manager. */
export type ZReportMismatch = 'vat_differs_from_turnover' | 'methods_differ_from_turnover';

/**
 * Cross-checks of a Z: VAT gross = sales − refunds; method sales − refunds = sales − refunds + rounding (what was paid is the rounded
 * turnover). Empty when all fits. Source: C11, M2.
 */
export function findZReportMismatches(body: ZReportInput): ZReportMismatch[] {
  const turnoverMinor = body.sales.amountMinor - body.refunds.amountMinor;
  const vatGrossMinor = sumMinor(body.vatTotals.map((rate) => rate.grossMinor));
  const paidMinor = sumMinor(body.methods.map((method) => method.salesMinor - method.refundsMinor));
  const mismatches: ZReportMismatch[] = [];
  if (vatGrossMinor !== turnoverMinor) mismatches.push('vat_differs_from_turnover');
  if (paidMinor !== turnoverMinor + body.roundingMinor) mismatches.push('methods_differ_from_turnover');
  return mismatches;
}
