/**
 * Cash from one till to another, or between a till and the safe, in two acts that share one id [C3]: it leaves where it is sent and arrives
 * where somebody counted it. In between it is in transit, and two amounts that differ stay so for a manager [C4][case 10]. The two acts may
 * reach the server in any order.
 */
import { z } from 'zod';
import { noteSchema, refSchema } from '../../fields.ts';
import { minorSchema } from '../../money.ts';
import { type CashTransfer, transitMinorOf } from '../../records/cash-transfer.ts';
import { accept, type DecideContext, defineFact, type Flag, key, put, type ReadKey, type RecordReader } from '../define.ts';
import { homeOf, type PostedCash, plainLine, postCash, postCashFollow, postCashReads, postingOf } from './post-cash.ts';
import { postSafe, SAFE_ID, safeReads } from './safe.ts';

/** Where an act moves cash: a session of a till, or the safe (`safe` twice). */
interface Place {
  readonly sessionId: string;
  readonly tillId: string;
}

const placeArgs = {
  sessionId: refSchema,
  tillId: refSchema,
  methodId: z.string().min(1).max(31),
  amountMinor: minorSchema.positive(),
  note: noteSchema,
};

/** The number on the slip: that of the act that sent the money. */
export const transferNoSchema = z.string().regex(/^T\d{1,6}-\d{1,12}$/, 'must be a slip number such as T2-147');

/**
 * Cash leaves a location for another. Flags in order of precedence: those of `postCash`, `transfer_differs` (it was received already, with
 * another amount). Source: C3, C4.
 */
export const sendCash = defineFact({
  name: 'cashTransfer.send',
  version: 1,
  args: z.strictObject({ ...placeArgs, toTillId: refSchema }),
  reads: (place, context) => placeReads(place, numberOf(context)),
  follow: (place, records) => placeFollow(place, records),
  decide({ toTillId, ...place }, records, context) {
    const no = numberOf(context);
    const known = records.get('cashTransfer', no);
    const transfer = withStatus({
      ...(known ?? unheard(no, place.methodId)),
      fromTillId: place.tillId,
      toTillId: known?.toTillId ?? toTillId,
      outMinor: place.amountMinor,
      outAt: context.occurredAt,
      outBy: context.actorId,
    });
    const posted = postAt(place, 'TRANSFER_OUT', no, records, context);
    return accept([...posted.writes, put('cashTransfer', transfer)], {
      events: ['cash_transfer_sent'],
      flags: [...posted.flags, ...differenceFlags(transfer)],
    });
  },
});

/**
 * Cash arrived and was counted. `transferNo` stands on the slip; the sender may not have been heard yet.
 * Flags in order of precedence: `transfer_already_received` (nothing is booked: the money came once), those of `postCash`,
 * `transfer_differs`. Source: C3, C4, case 10.
 */
export const receiveCash = defineFact({
  name: 'cashTransfer.receive',
  version: 1,
  args: z.strictObject({ ...placeArgs, transferNo: transferNoSchema }),
  reads: ({ transferNo, ...place }) => placeReads(place, transferNo),
  follow: (place, records) => placeFollow(place, records),
  decide({ transferNo, ...place }, records, context) {
    const known = records.get('cashTransfer', transferNo);
    if (known !== null && known.inMinor !== null) {
      const details = { transferNo, receivedMinor: known.inMinor };
      const about = key('cashTransfer', transferNo);
      return accept([], {
        flags: [{ code: 'transfer_already_received', about, amountMinor: place.amountMinor, details }],
      });
    }
    const transfer = withStatus({
      ...(known ?? unheard(transferNo, place.methodId)),
      toTillId: place.tillId,
      inMinor: place.amountMinor,
      inAt: context.occurredAt,
      inBy: context.actorId,
    });
    const posted = postAt(place, 'TRANSFER_IN', transferNo, records, context);
    return accept([...posted.writes, put('cashTransfer', transfer)], {
      events: ['cash_transfer_received'],
      flags: [...posted.flags, ...differenceFlags(transfer)],
    });
  },
});

function numberOf({ deviceNumber, n }: DecideContext): string {
  return `T${deviceNumber}-${n}`;
}

function placeReads({ sessionId, tillId }: Place, no: string): ReadKey[] {
  return [...(tillId === SAFE_ID ? safeReads() : postCashReads(sessionId, tillId)), key('cashTransfer', no)];
}

function placeFollow({ sessionId, tillId }: Place, records: RecordReader): ReadKey[] {
  return tillId === SAFE_ID ? [] : postCashFollow(records, sessionId, tillId);
}

function postAt(
  place: Place & { readonly methodId: string; readonly amountMinor: number; readonly note: string },
  type: 'TRANSFER_OUT' | 'TRANSFER_IN',
  no: string,
  records: RecordReader,
  context: DecideContext,
): Pick<PostedCash, 'writes' | 'flags'> {
  const { sessionId, tillId, methodId, note } = place;
  const amountMinor = type === 'TRANSFER_OUT' ? -place.amountMinor : place.amountMinor;
  const line = { ...plainLine({ id: context.newId(0), type, methodId, amountMinor }), note, reference: no };
  const posting = postingOf(context, sessionId, { saleId: null, document: null, lines: [line] });
  return tillId === SAFE_ID
    ? { writes: postSafe(records, posting), flags: [] }
    : postCash(records, tillId, posting, homeOf(records, sessionId));
}

function unheard(id: string, methodId: string): CashTransfer {
  const out = { fromTillId: null, outMinor: null, outAt: null, outBy: null };
  const arrival = { toTillId: null, inMinor: null, inAt: null, inBy: null };
  return { id, status: 'in_transit', methodId, ...out, ...arrival };
}

function withStatus(transfer: CashTransfer): CashTransfer {
  if (transfer.outMinor === null) return { ...transfer, status: 'unmatched' };
  if (transfer.inMinor === null) return { ...transfer, status: 'in_transit' };
  return { ...transfer, status: transitMinorOf(transfer) === 0 ? 'arrived' : 'differs' };
}

/** What arrived beyond what was sent; short when below zero. */
function differenceFlags(transfer: CashTransfer): Flag[] {
  if (transfer.status !== 'differs') return [];
  const about = key('cashTransfer', transfer.id);
  return [{ code: 'transfer_differs', about, amountMinor: -transitMinorOf(transfer), details: { transferNo: transfer.id } }];
}
