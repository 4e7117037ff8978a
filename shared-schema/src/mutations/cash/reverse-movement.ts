import { z } from 'zod';
import type { CashMovementType } from '../../domain/cash-expected.ts';
import type { CashPosting } from '../../domain/cash-posting.ts';
import { noteSchema, refSchema } from '../../fields.ts';
import { negateMinor } from '../../money.ts';
import type { CashMovement } from '../../records/cash-movement.ts';
import type { CashSession } from '../../records/cash-session.ts';
import { accept, defineFact, type Flag, key, type RecordReader } from '../define.ts';
import { homeOf, joinedKeys, lateKeys, postCash, postCashReads, postingOf } from './post-cash.ts';
import { postSafe, SAFE_ID, safeReads, safeSideIdOf, tillSideIdOf } from './safe.ts';

/** A movement can be taken back once; the reversal's id says so. */
export function reversalIdOf(movementId: string): string {
  return `${movementId}~r`;
}

/** Types that stand alone; a ticket's lines, a float and an offset belong to something else. */
const STAND_ALONE: ReadonlySet<CashMovementType> = new Set(['CASH_IN', 'CASH_OUT', 'PETTY_CASH', 'SAFE_DROP', 'BANK_DEPOSIT']);

/** What is reversed, whether in the ledger or still waiting on its till. */
type Reversed = Pick<CashMovement, 'id' | 'type' | 'methodId' | 'amountMinor'> & { readonly homeSessionId: string };

/**
 * Takes one cash movement back: a correction is a reversal and a new movement (C3). It belongs to the session the movement was made in;
 * when that is closed it goes late (C15). A safe drop is taken back on both sides (C4); a transfer cannot be taken back alone: where it was
 * sent it can be received again. `sessionId` and `tillId` are the movement's as the screen saw them.
 * Flags in order of precedence: `movement_unverified` (not known: nothing to take back), `transfer_not_reversible`, `already_reversed`
 * (nothing is taken back twice), those of `postCash`, `unusual_reversal` (a line of a ticket, a float, an offset or a reversal).
 */
export const reverseCashMovement = defineFact({
  name: 'cashMovement.reverse',
  version: 1,
  args: z.strictObject({ movementId: refSchema, sessionId: refSchema, tillId: refSchema, note: noteSchema }),
  reads: ({ movementId, sessionId, tillId }) => {
    const id = tillSideIdOf(movementId);
    const ids = [id, reversalIdOf(id), safeSideIdOf(id)];
    return [...postCashReads(sessionId, tillId), ...safeReads(), ...ids.map((one) => key('cashMovement', one))];
  },
  follow: ({ movementId, sessionId, tillId }, records) => {
    const homeId = reversedOf(tillSideIdOf(movementId), [tillId], records)?.homeSessionId ?? sessionId;
    const nextSessionId = records.get('till', tillId)?.openSessionId ?? null;
    const named = homeId === sessionId ? records.get('cashSession', sessionId) : null;
    const more = named ? [...joinedKeys(named, nextSessionId), key('till', named.tillId)] : [];
    return [key('cashSession', homeId), ...lateKeys(homeId, nextSessionId), ...more];
  },
  decide({ movementId, sessionId, tillId, note }, records, context) {
    const id = tillSideIdOf(movementId);
    const about = key('cashMovement', id);
    const tillIds = tillsOf(sessionId, tillId, reversedOf(id, [tillId], records), records);
    const reversed = reversedOf(id, tillIds, records);
    if (!reversed) return accept([], { flags: [{ code: 'movement_unverified', about, details: { movementId } }] });
    if (reversed.type === 'TRANSFER_OUT' || reversed.type === 'TRANSFER_IN')
      return accept([], { flags: [{ code: 'transfer_not_reversible', about, details: { movementId } }] });
    if (records.get('cashMovement', reversalIdOf(id)) || isWaiting(reversalIdOf(id), tillIds, records))
      return accept([], { flags: [{ code: 'already_reversed', about, details: { movementId } }] });
    const posting = (homeSessionId: string, of: Pick<Reversed, 'id' | 'methodId' | 'amountMinor'>) =>
      postingOf(context, homeSessionId, { saleId: null, document: null, lines: [reversalOf(of, note)] });
    const atHome = posting(reversed.homeSessionId, reversed);
    if (reversed.homeSessionId === SAFE_ID) return accept(postSafe(records, atHome), { events: ['cash_movement_reversed'] });
    const home = reversed.homeSessionId === sessionId ? homeOf(records, sessionId) : asItStands(reversed.homeSessionId, records);
    const posted = postCash(records, tillId, atHome, home);
    const dropped = records.get('cashMovement', safeSideIdOf(id));
    const safe = dropped ? postSafe(records, posting(SAFE_ID, dropped)) : [];
    const flags: Flag[] = [...posted.flags];
    if (!STAND_ALONE.has(reversed.type)) flags.push({ code: 'unusual_reversal', about, details: { type: reversed.type } });
    return accept([...posted.writes, ...safe], { events: ['cash_movement_reversed'], flags });
  },
});

/** A session that only the second round found: where it was joined or moved to was not declared, so what is taken back stays in it. */
function asItStands(sessionId: string, records: RecordReader): CashSession | null {
  const session = records.get('cashSession', sessionId);
  return session && { ...session, joinedTo: null, movedFrom: null };
}

function reversalOf({ id, methodId, amountMinor }: Pick<Reversed, 'id' | 'methodId' | 'amountMinor'>, note: string) {
  return {
    id: reversalIdOf(id),
    type: 'REVERSAL' as const,
    methodId,
    amountMinor: negateMinor(amountMinor),
    note,
    reference: null,
    witnessId: null,
    reversalOf: id,
  };
}

/** Where late lines of a session may wait: on the till that is named, and on the one it was moved to, whose record is read with its home alone. */
function tillsOf(sessionId: string, tillId: string, found: Reversed | null, records: RecordReader): string[] {
  const home = found === null || found.homeSessionId === sessionId ? records.get('cashSession', sessionId) : null;
  return home === null ? [tillId] : [tillId, home.tillId];
}

function reversedOf(movementId: string, tillIds: readonly string[], records: RecordReader): Reversed | null {
  const booked = records.get('cashMovement', movementId);
  if (booked) return { ...booked, homeSessionId: booked.homeSessionId ?? booked.sessionId };
  for (const posting of waitingOn(tillIds, records)) {
    const line = posting.lines.find((one) => one.id === movementId);
    if (line) return { ...line, homeSessionId: posting.homeSessionId };
  }
  return null;
}

function isWaiting(movementId: string, tillIds: readonly string[], records: RecordReader): boolean {
  return waitingOn(tillIds, records).some((posting) => posting.lines.some((line) => line.id === movementId));
}

function waitingOn(tillIds: readonly string[], records: RecordReader): CashPosting[] {
  return tillIds.flatMap((tillId) => records.get('till', tillId)?.lateWaiting ?? []);
}
