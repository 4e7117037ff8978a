/**
 * The safe: a cash location without sessions [C1]. Its lines stand in the cash ledger under the session and till `safe`, its balance in the
 * totals `cashTotals/safe`, both kept by the same code as a till's (decision 0009). A drop is booked twice: out of the till, into the safe [C4].
 */
import { z } from 'zod';
import { toSignedCashMinor } from '../../domain/cash-expected.ts';
import type { CashPosting } from '../../domain/cash-posting.ts';
import { noteSchema, refSchema } from '../../fields.ts';
import { minorSchema } from '../../money.ts';
import { accept, defineFact, key, type ReadKey, type RecordReader, type Write } from '../define.ts';
import { postInto, postingOf } from './post-cash.ts';

/** Session, till and totals of the safe. */
export const SAFE_ID = 'safe';

/** First-round keys of whatever moves cash into or out of the safe. */
export function safeReads(): ReadKey[] {
  return [key('cashTotals', SAFE_ID)];
}

/** Posts into the safe: it is never closed, so nothing is ever late there. */
export function postSafe(records: RecordReader, posting: CashPosting): Write[] {
  return postInto(records, SAFE_ID, SAFE_ID, posting, false);
}

/** Id of the safe's line of a till's drop, or of its reversal: `x` → `x~s`, `x~r` → `x~s~r`. */
export function safeSideIdOf(movementId: string): string {
  return movementId.replace(/^[^~]+/, '$&~s');
}

/** The till's line of a safe's line; any other id as it is. */
export function tillSideIdOf(movementId: string): string {
  return movementId.replace('~s', '');
}

/** What a person may record at the safe itself. */
export const SAFE_MOVEMENT_TYPES = ['BANK_DEPOSIT', 'CASH_IN', 'CASH_OUT'] as const;

/**
 * Cash went from the safe to the bank, or into or out of it otherwise. `amountMinor` is the magnitude; the type gives the sign.
 * Flags: `reference_missing` (a deposit without the number of its slip). Source: C2, C3.
 */
export const recordSafeMovement = defineFact({
  name: 'safe.record',
  version: 1,
  args: z.strictObject({
    type: z.enum(SAFE_MOVEMENT_TYPES),
    methodId: z.string().min(1).max(31),
    amountMinor: minorSchema.positive(),
    note: noteSchema,
    reference: z.string().trim().max(64).nullable(),
    witnessId: refSchema.nullable(),
  }),
  reads: () => safeReads(),
  decide({ type, methodId, amountMinor, note, reference, witnessId }, records, context) {
    const line = {
      id: context.newId(0),
      type,
      methodId,
      amountMinor: toSignedCashMinor(type, 'safe', amountMinor),
      note,
      reference: reference === '' ? null : reference,
      witnessId,
      reversalOf: null,
    };
    const isMissing = type === 'BANK_DEPOSIT' && line.reference === null;
    return accept(postSafe(records, postingOf(context, SAFE_ID, { saleId: null, document: null, lines: [line] })), {
      events: ['safe_movement_recorded'],
      flags: isMissing ? [{ code: 'reference_missing', about: key('cashMovement', line.id) }] : [],
    });
  },
});
