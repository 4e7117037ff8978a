import { SAFE_ID } from '#schema/mutations/cash/safe.ts';
import type { CashSession } from '#schema/records/cash-session.ts';
import { type Act, any, anySession, type Place } from './place.ts';

/** What people do with cash between drawers, and what a manager does about two sessions of one drawer. */

/** Sends cash from a drawer to another or to the safe, or from the safe to a drawer. */
export async function sendCash(place: Place): Promise<Act | null> {
  const session = await anySession(place);
  const till = await any(place, 'till');
  if (!session || !till) return null;
  const [drawer, safe] = [
    { sessionId: session.id, tillId: session.tillId },
    { sessionId: SAFE_ID, tillId: SAFE_ID },
  ];
  const toTillId = place.random.chance(0.5) ? SAFE_ID : till.id;
  const way = place.random.chance(0.3) ? { ...safe, toTillId: session.tillId } : { ...drawer, toTillId };
  const money = { methodId: 'cash', amountMinor: place.random.int(1, 5_000), note: 'sim' };
  return { name: 'cashTransfer.send', args: { ...way, ...money } };
}

/** Counts in what arrived: mostly what was sent, sometimes another amount or a second time, sometimes before the sender is heard. */
export async function receiveCash(place: Place): Promise<Act | null> {
  const { random } = place;
  const isCareless = random.chance(0.1);
  const transfer = await any(place, 'cashTransfer', ({ status }) => status === 'in_transit' || isCareless);
  const session = await anySession(place);
  const transferNo = transfer?.id ?? `T${random.int(1, 5)}-${random.int(1, 40)}`;
  const amountMinor = random.chance(0.9) && transfer?.outMinor ? transfer.outMinor : random.int(1, 5_000);
  const into = transfer?.toTillId === SAFE_ID || !session ? { id: SAFE_ID, tillId: SAFE_ID } : session;
  const args = { sessionId: into.id, tillId: into.tillId, methodId: 'cash', amountMinor, note: 'sim', transferNo };
  return transfer || random.chance(0.3) ? { name: 'cashTransfer.receive', args } : null;
}

export async function goToBank({ random }: Place): Promise<Act | null> {
  const type = random.pick(['BANK_DEPOSIT', 'CASH_IN', 'CASH_OUT'] as const) ?? 'CASH_IN';
  const args = { type, methodId: 'cash', amountMinor: random.int(1, 5_000), note: 'sim', reference: 'B-2', witnessId: null };
  return { name: 'safe.record', args };
}

/** A till was opened twice: the two sessions are put together, or the second drawer becomes a till of its own. */
export async function settleSession(place: Place): Promise<Act | null> {
  const { random } = place;
  const isUnsettled = ({ unowned, joinedTo }: CashSession) => unowned && joinedTo === null;
  const session = await any(place, 'cashSession', isUnsettled);
  if (!session) return null;
  const { id: sessionId } = session;
  const own = await any(
    place,
    'cashSession',
    ({ id, tillId, unowned }) => id !== sessionId && tillId === session.tillId && !unowned,
  );
  const isFloatShared = random.chance(0.5);
  if (own && random.chance(0.6)) return { name: 'cashSession.join', args: { sessionId, intoSessionId: own.id, isFloatShared } };
  const free = await any(place, 'till', ({ openSessionId }) => openSessionId === null);
  return free ? { name: 'cashSession.moveToTill', args: { sessionId, tillId: free.id } } : null;
}
