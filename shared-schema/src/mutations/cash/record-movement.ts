import { z } from 'zod';
import { toSignedCashMinor } from '../../domain/cash-expected.ts';
import { noteSchema, refSchema } from '../../fields.ts';
import { minorSchema } from '../../money.ts';
import { accept, defineFact, key } from '../define.ts';
import { homeOf, postCash, postCashFollow, postCashReads, postingOf } from './post-cash.ts';
import { postSafe, SAFE_ID, safeReads, safeSideIdOf } from './safe.ts';

/** What a person may record at a till besides sales (C3). */
export const RECORDABLE_MOVEMENT_TYPES = ['CASH_IN', 'CASH_OUT', 'PETTY_CASH', 'SAFE_DROP', 'BANK_DEPOSIT'] as const;

/**
 * Cash went into or out of a drawer; a safe drop enters the safe at once, also when its session was closed before (C4). `amountMinor` is the magnitude; the type gives the sign. `reference`: petty-cash category and
 * receipt number, bag number of a safe drop. Flags in order of precedence: those of `postCash`, `reference_missing` (petty cash without
 * receipt, drop without bag). Source: C2, C3, C15.
 */
export const recordCashMovement = defineFact({
  name: 'cashMovement.record',
  version: 1,
  args: z.strictObject({
    sessionId: refSchema,
    tillId: refSchema,
    type: z.enum(RECORDABLE_MOVEMENT_TYPES),
    methodId: z.string().min(1).max(31),
    amountMinor: minorSchema.positive(),
    note: noteSchema,
    reference: z.string().trim().max(64).nullable(),
    witnessId: refSchema.nullable(),
  }),
  reads: ({ sessionId, tillId, type }) => [...postCashReads(sessionId, tillId), ...(type === 'SAFE_DROP' ? safeReads() : [])],
  follow: ({ sessionId, tillId }, records) => postCashFollow(records, sessionId, tillId),
  decide({ sessionId, tillId, type, methodId, amountMinor, note, reference, witnessId }, records, context) {
    const line = {
      id: context.newId(0),
      type,
      methodId,
      amountMinor: toSignedCashMinor(type, 'till', amountMinor),
      note,
      reference: reference === '' ? null : reference,
      witnessId,
      reversalOf: null,
    };
    const posting = postingOf(context, sessionId, { saleId: null, document: null, lines: [line] });
    const posted = postCash(records, tillId, posting, homeOf(records, sessionId));
    const dropped = { ...line, id: safeSideIdOf(line.id), amountMinor: toSignedCashMinor(type, 'safe', amountMinor) };
    const safe =
      type === 'SAFE_DROP'
        ? postSafe(records, postingOf(context, SAFE_ID, { saleId: null, document: null, lines: [dropped] }))
        : [];
    const needsReference = type === 'PETTY_CASH' || type === 'SAFE_DROP';
    const missing = needsReference && line.reference === null;
    const flags = missing ? [...posted.flags, { code: 'reference_missing', about: key('cashMovement', line.id) }] : posted.flags;
    return accept([...posted.writes, ...safe], { events: ['cash_movement_recorded'], flags });
  },
});
