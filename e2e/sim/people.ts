import { drawerCountIdOf } from '#schema/records/drawer-count.ts';
import { plainItem } from '#schema/testing/plain-item.ts';
import { POISON } from './memory-tenant-store.ts';
import { goToBank, receiveCash, sendCash, settleSession } from './people-with-cash.ts';
import { type Act, any, anySession, type Place } from './place.ts';

/**
 * What people do on a tablet: each act reads what the tablet shows and does something with it that a person might do, rightly or wrongly.
 */

type Habit = (place: Place) => Promise<Act | null>;

/** What is done how often. */
const HABITS: readonly (readonly [weight: number, habit: Habit])[] = [
  [8, openTill],
  [40, sell],
  [12, moveCash],
  [3, reverseMovement],
  [3, startCount],
  [6, closeTill],
  [4, recount],
  [8, reconcile],
  [4, startStocktake],
  [10, countShelf],
  [5, postCounts],
  [8, editItem],
  [4, addItem],
  [6, receive],
  [4, adjust],
  [3, holdLot],
  [2, archive],
  [4, resolve],
  [1, addTill],
  [5, sendCash],
  [5, receiveCash],
  [2, goToBank],
  [4, settleSession],
];
const WEIGHTS = HABITS.reduce((sum, [weight]) => sum + weight, 0);

/** The next thing somebody does; null when there is nothing to do it with. */
export async function nextAct(place: Place): Promise<Act | null> {
  let drawn = place.random.next() * WEIGHTS;
  for (const [weight, habit] of HABITS) {
    drawn -= weight;
    if (drawn < 0) return habit(place);
  }
  return null;
}

async function openTill(place: Place): Promise<Act | null> {
  const isCareless = place.random.chance(0.2);
  const till = await any(place, 'till', ({ openSessionId }) => openSessionId === null || isCareless);
  if (!till) return null;
  const args = { tillId: till.id, currency: 'EUR' as const, floatMinor: 10_000, floatDenominations: null, offsetMinutes: 60 };
  return { name: 'cashSession.open', args };
}

async function sell(place: Place): Promise<Act | null> {
  const { random } = place;
  const session = await anySession(place);
  if (!session) return null;
  const lots = await place.workspace.readRecords('lot', {});
  const lines = [];
  for (let i = random.int(1, 3); i > 0; i -= 1) {
    const lot = random.pick(lots);
    const item = lot && (await place.workspace.readRecord('item', lot.itemId));
    if (!lot || !item) return null;
    const units = random.int(1, 3);
    lines.push({
      itemId: item.id,
      name: item.name,
      units,
      unitsPerPack: item.unitsPerPack,
      packPriceMinor: item.packPriceMinor ?? 500,
      vatRateBp: 210,
      lots: [{ lotId: lot.id, lotText: null, expiryOn: null, units }],
      fefoSkipped: false,
      fefoReason: null,
    });
  }
  const totalMinor = lines.reduce((sum, { packPriceMinor, units }) => sum + packPriceMinor * units, 0);
  const cardMinor = random.chance(0.3) ? random.int(0, totalMinor) : 0;
  const payments = [
    { methodId: 'card', tenderedMinor: cardMinor, amountMinor: cardMinor },
    { methodId: 'cash', tenderedMinor: totalMinor - cardMinor, amountMinor: totalMinor - cardMinor },
  ].filter(({ amountMinor }) => amountMinor > 0);
  return {
    name: 'sale.record',
    args: { sessionId: session.id, tillId: session.tillId, lines, payments, totalMinor, roundingMinor: 0, changeMinor: 0 },
  };
}

async function moveCash(place: Place): Promise<Act | null> {
  const session = await anySession(place);
  const type = place.random.pick(['CASH_IN', 'CASH_OUT', 'PETTY_CASH', 'SAFE_DROP'] as const);
  if (!session || !type) return null;
  const amountMinor = place.random.int(1, 5_000);
  const rest = { note: 'sim', reference: 'B-1', witnessId: null, methodId: 'cash' };
  return { name: 'cashMovement.record', args: { sessionId: session.id, tillId: session.tillId, type, amountMinor, ...rest } };
}

async function reverseMovement(place: Place): Promise<Act | null> {
  const movement = await any(place, 'cashMovement', ({ type }) => type === 'CASH_IN' || type === 'CASH_OUT');
  if (!movement) return null;
  const { id: movementId, sessionId, tillId } = movement;
  return { name: 'cashMovement.reverse', args: { movementId, sessionId, tillId, note: 'mistyped' } };
}

async function startCount(place: Place): Promise<Act | null> {
  const session = await any(place, 'cashSession', ({ status }) => status === 'open' || status === 'counting');
  if (!session) return null;
  return {
    name: session.status === 'open' ? 'cashSession.startCount' : 'cashSession.cancelCount',
    args: { sessionId: session.id },
  };
}

async function countsFor({ workspace, random }: Place, sessionId: string) {
  const totals = await workspace.readRecord('cashTotals', sessionId);
  const expected = totals?.methods.find(({ methodId }) => methodId === 'cash')?.expectedMinor ?? 0;
  const countedMinor = Math.max(0, expected + (random.chance(0.5) ? 0 : random.int(-3_000, 3_000)));
  return [{ methodId: 'cash', countedMinor, denominations: null }];
}

async function closeTill(place: Place): Promise<Act | null> {
  const isCareless = place.random.chance(0.1);
  const session = await any(place, 'cashSession', ({ status }) => status === 'counting' || status === 'open' || isCareless);
  if (!session) return null;
  const { id: sessionId, tillId } = session;
  return { name: 'cashSession.close', args: { sessionId, tillId, counts: await countsFor(place, sessionId) } };
}

async function recount(place: Place): Promise<Act | null> {
  const session = await any(place, 'cashSession', ({ status }) => status === 'closed');
  if (!session) return null;
  return { name: 'cashSession.recount', args: { sessionId: session.id, counts: await countsFor(place, session.id) } };
}

async function reconcile(place: Place): Promise<Act | null> {
  const { random } = place;
  const reconciliation = await any(place, 'reconciliation', ({ status }) => status !== 'approved' || random.chance(0.1));
  if (!reconciliation) {
    const session = await any(place, 'cashSession', ({ status }) => status === 'closed');
    return session ? { name: 'reconciliation.start', args: { sessionId: session.id } } : null;
  }
  const { sessionId, revision, attempt, lastAttempt, steps } = reconciliation;
  const stepIds = steps.map(({ id }) => id);
  const seen = { sessionId, attempt, revision, steps: stepIds };
  if (reconciliation.status === 'submitted') {
    if (random.chance(0.2)) return { name: 'reconciliation.confirm', args: seen };
    if (random.chance(0.7)) return { name: 'reconciliation.approve', args: seen };
    return { name: 'reconciliation.reject', args: { ...seen, note: 'look again' } };
  }
  const step = random.pick(steps);
  if (step && random.chance(0.2)) return { name: 'reconciliation.removeStep', args: { sessionId, stepId: step.id } };
  const variance = reconciliation.variances.find(({ methodId }) => methodId === 'cash')?.varianceMinor ?? 0;
  if (variance === 0 || steps.length > 0) return { name: 'reconciliation.submit', args: { sessionId, revision, steps: stepIds } };
  const isRecount = lastAttempt > attempt && random.chance(0.5);
  const count = isRecount ? await place.workspace.readRecord('drawerCount', drawerCountIdOf(sessionId, lastAttempt)) : null;
  return {
    name: 'reconciliation.addStep',
    args: {
      sessionId,
      type: isRecount ? 'RECOUNT' : 'WRITE_OFF',
      methodId: 'cash',
      toMethodId: null,
      amountMinor: variance,
      target: 'written_off',
      note: 'sim',
      evidence: null,
      attempt: isRecount ? lastAttempt : null,
      counts: count?.counts.map(({ methodId, countedMinor }) => ({ methodId, countedMinor })) ?? null,
    },
  };
}

async function startStocktake(place: Place): Promise<Act | null> {
  const open = await any(place, 'stockCount', ({ status }) => status === 'open');
  if (open && place.random.chance(0.3)) return { name: 'stockCount.close', args: { countId: open.id } };
  return { name: 'stockCount.start', args: { name: 'Shelf', mode: place.random.chance(0.1) ? 'opening' : 'cycle', itemIds: [] } };
}

async function countShelf(place: Place): Promise<Act | null> {
  const { random } = place;
  const count = await any(place, 'stockCount', ({ status }) => status === 'open');
  const lots = await place.workspace.readRecords('lot', {});
  if (!count) return null;
  const chosen = new Map(
    Array.from({ length: random.int(1, 4) }, () => random.pick(lots)).flatMap((lot) => (lot ? [[lot.id, lot]] : [])),
  );
  if (chosen.size === 0) return null;
  const lines = [...chosen.values()].map(({ id: lotId, itemId, onHandUnits }) => ({
    itemId,
    lotId,
    countedUnits: Math.max(0, onHandUnits + random.int(-2, 2)),
  }));
  return { name: 'stockCount.countLines', args: { countId: count.id, lines } };
}

async function postCounts(place: Place): Promise<Act | null> {
  const lines = await place.workspace.readRecords('stockCountLine', {});
  const waiting = lines.filter(({ status }) => status !== 'superseded' && status !== 'posted');
  const line = place.random.pick(waiting);
  if (!line) return null;
  const { countId } = line;
  const some = waiting.filter((one) => one.countId === countId).slice(0, 5);
  return place.random.chance(0.8)
    ? {
        name: 'stockCount.postLines',
        args: { countId, lines: some.map(({ id, varianceUnits }) => ({ lineId: id, seenUnits: varianceUnits })) },
      }
    : { name: 'stockCount.recountLines', args: { countId, lineIds: some.map(({ id }) => id) } };
}

async function editItem(place: Place): Promise<Act | null> {
  const { random } = place;
  const item = await any(place, 'item');
  if (!item) return null;
  const changes = random.chance(0.6)
    ? { packPriceMinor: { from: item.packPriceMinor, to: random.int(50, 2_000) } }
    : { coldChain: { from: item.coldChain, to: !item.coldChain }, name: { from: item.name, to: `${item.name.slice(0, 40)}*` } };
  return { name: 'item.edit', args: { itemId: item.id, changes } };
}

async function addItem({ random, hasPoison }: Place): Promise<Act | null> {
  const name = hasPoison && random.chance(0.5) ? `Item ${POISON}` : `Item ${random.int(100, 999)}`;
  // Two tablets that add the same code at once are one of the things to get right.
  const identifiers = random.chance(0.5) ? [{ scheme: 'local' as const, value: `C${random.int(1, 5)}` }] : [];
  return { name: 'item.add', args: { fields: plainItem({ name, packPriceMinor: random.int(50, 2_000), identifiers }) } };
}

async function receive(place: Place): Promise<Act | null> {
  const { random } = place;
  const item = await any(place, 'item');
  if (!item) return null;
  const expiryOn = random.chance(0.5) ? '2027-01-31' : '2028-12-31';
  const line = { itemId: item.id, lotText: `L${random.int(1, 4)}`, expiryOn, units: random.int(1, 30), packCostMinor: null };
  return { name: 'stock.receive', args: { reference: `N${random.int(1, 99)}`, lines: [line] } };
}

async function adjust(place: Place): Promise<Act | null> {
  const lot = await any(place, 'lot');
  if (!lot) return null;
  const isWaste = place.random.chance(0.5);
  const args = { itemId: lot.itemId, lotId: lot.id, units: -place.random.int(1, 3), reason: 'broken' };
  return { name: 'stock.adjust', args: { ...args, type: isWaste ? 'WASTE' : 'ADJUST' } };
}

async function holdLot(place: Place): Promise<Act | null> {
  const lot = await any(place, 'lot');
  if (!lot) return null;
  const to = lot.status === 'usable' ? 'quarantined' : 'usable';
  return { name: 'lot.setStatus', args: { lotId: lot.id, changes: { status: { from: lot.status, to } }, reason: 'sim' } };
}

async function archive(place: Place): Promise<Act | null> {
  const item = await any(place, 'item');
  if (!item) return null;
  return { name: item.status === 'active' ? 'item.archive' : 'item.restore', args: { itemId: item.id } };
}

async function resolve(place: Place): Promise<Act | null> {
  const exception = await any(place, 'exception', ({ status }) => status === 'open');
  return exception ? { name: 'exception.resolve', args: { exceptionId: exception.id, resolution: 'seen' } } : null;
}

async function addTill({ random }: Place): Promise<Act | null> {
  return { name: 'till.add', args: { name: `Till ${random.int(10, 99)}` } };
}
