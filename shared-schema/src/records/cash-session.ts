import { z } from 'zod';
import { cashMovementTypeSchema } from '../domain/cash-expected.ts';
import { denominationCountSchema } from '../domain/denominations.ts';
import { refSchema } from '../fields.ts';
import { deviceIdSchema } from '../ids.ts';
import { currencySchema, minorSchema, nonNegativeMinorSchema } from '../money.ts';
import { dateOnSchema, instantSchema, offsetMinutesSchema } from '../time.ts';
import { defineRecord, sortableInstant } from './define-record.ts';

/**
 * A till's working period, `open → counting → closed → reconciled` (C1); or `joined`: it was opened beside the till's own session, and a
 * manager put the two together. Then it has no Z of its own, and what still names it belongs to the session it was joined to (case 3).
 * It never holds the expected drawer or a variance: those are `cashTotals` and `reconciliation` (C6).
 */
export const cashSessionSchema = z.strictObject({
  id: refSchema,
  tillId: refSchema,
  status: z.enum(['open', 'counting', 'closed', 'reconciled', 'joined']),
  currency: currencySchema,
  /** Computed once at opening, by the device (C13). */
  businessOn: dateOnSchema,
  /** Offset from UTC at opening, in minutes, which the business date was computed with. */
  offsetMinutes: offsetMinutesSchema,
  openedAt: instantSchema,
  openedBy: refSchema,
  deviceId: deviceIdSchema,
  floatMinor: nonNegativeMinorSchema,
  /** Null when the amount was typed without a breakdown. */
  floatDenominations: z.array(denominationCountSchema).max(40).nullable(),
  /** Another session already was the till's (case 3); a manager joins it to that one or moves it to a till of its own. */
  unowned: z.boolean(),
  joinedTo: refSchema.nullable(),
  /** The till it was opened on, when a manager moved it to another. */
  movedFrom: refSchema.nullable(),
  closedAt: instantSchema.nullable(),
  closedBy: refSchema.nullable(),
  /** Printed on the provisional close: `P-<tablet>-<n>` (C12). */
  provisionalNo: z.string().max(40).nullable(),
  /** Printed beside it: hash of the closing act, the head of the tablet's chain, which the numbered Z repeats (C12). */
  closeHash: z.string().length(64).nullable(),
  zReportId: refSchema.nullable(),
  /** Highest count attempt so far. */
  attempts: z.int().min(0),
});
export type CashSession = z.infer<typeof cashSessionSchema>;

export const cashSessionRecord = defineRecord({
  kind: 'cashSession',
  schema: cashSessionSchema,
  project: (session) => ({ parent: session.tillId, status: session.status, sort: sortableInstant(session.openedAt) }),
});

/** Running totals of one session, under the session's id. Screens, exports and the API open it only after the count (C6). */
export const cashTotalsSchema = z.strictObject({
  id: refSchema,
  tillId: refSchema,
  /** Per payment method: expected (float and movements included, never clamped, C2) and what documents took or gave back. */
  methods: z
    .array(
      z.strictObject({
        methodId: z.string().max(31),
        expectedMinor: minorSchema,
        salesMinor: minorSchema,
        refundsMinor: minorSchema,
      }),
    )
    .max(40),
  /** Turnover per VAT rate, VAT included. */
  vat: z.array(z.strictObject({ rateBp: z.int(), grossMinor: minorSchema, vatMinor: minorSchema })).max(20),
  /** Count and sum per cash movement type. */
  movements: z.array(z.strictObject({ type: cashMovementTypeSchema, count: z.int(), amountMinor: minorSchema })).max(20),
  salesCount: z.int().min(0),
  salesMinor: minorSchema,
  refundsCount: z.int().min(0),
  refundsMinor: minorSchema,
  roundingMinor: minorSchema,
  firstDocument: z.string().max(40).nullable(),
  lastDocument: z.string().max(40).nullable(),
  /** Somebody opened the drawer figure before counting; the count is then not blind (C6). */
  revealed: z.boolean(),
  /** Who authored a movement of this session; they may not approve it (C9). */
  authors: z.array(refSchema).max(200),
});
export type CashTotals = z.infer<typeof cashTotalsSchema>;

export const cashTotalsRecord = defineRecord({
  kind: 'cashTotals',
  schema: cashTotalsSchema,
  project: (totals) => ({ parent: totals.tillId }),
});
