import type { Item } from '#schema/records/item.ts';
import { reconciliationIdOf } from '#schema/records/reconciliation.ts';
import { SHOP_ID, type Shop } from '#schema/records/shop.ts';
import { MINUTE_MS } from '#schema/time.ts';
import { zoneOffsetMinutes } from '../business-date.ts';
import { pageOfRecords, readRecord } from '../db/tenant-reads.ts';
import { DEMO_PLACE, DEMO_TENANT_ID, type DemoDeps, demoDay, demoInstant, demoRandom } from './demo-place.ts';
import { DemoShelf, demoStoredItems } from './demo-stock.ts';
import type { DemoTablet } from './demo-tablet.ts';
import { demoTicket } from './demo-ticket.ts';

/** How each session ended: the cash that was too much or missing, and how far its reconciliation went. Days ago, till, cents. */
const ENDINGS = [
  { daysAgo: 3, till: 0, varianceMinor: 0, reconciled: 'approved' },
  { daysAgo: 3, till: 1, varianceMinor: -50, reconciled: 'approved' },
  { daysAgo: 2, till: 0, varianceMinor: -750, reconciled: 'approved' },
  { daysAgo: 2, till: 1, varianceMinor: 0, reconciled: 'approved' },
  { daysAgo: 1, till: 0, varianceMinor: 120, reconciled: 'approved' },
  // The manager finds this one waiting.
  { daysAgo: 1, till: 1, varianceMinor: -1_240, reconciled: 'submitted' },
] as const;
type Ending = (typeof ENDINGS)[number];

const FLOAT = [
  { kind: 'note', valueMinor: 2_000, count: 3 },
  { kind: 'note', valueMinor: 1_000, count: 5 },
  { kind: 'coin', valueMinor: 200, count: 10 },
  { kind: 'coin', valueMinor: 100, count: 20 },
] as const;
const FLOAT_MINOR = 15_000;
/** Above this much cash in the drawer the cashier drops some into the safe. */
const DROP_ABOVE_MINOR = 30_000;
const DROP_MINOR = 20_000;

/** Who works in the demo: the pharmacist sells and counts, the manager approves. */
export interface DemoPeople {
  readonly pharmacist: string;
  readonly manager: string;
}

/** The demo's environment, whose clock its history moves. */
export type MovingClock = (atMs: number) => void;

/** Three days of trade on two tills, each day closed, counted and reconciled, with a delivery and a cycle count in between. */
export async function makeHistory(
  deps: DemoDeps,
  given: {
    readonly nowMs: number;
    readonly setNow: MovingClock;
    readonly tablets: readonly DemoTablet[];
    readonly people: DemoPeople;
  },
): Promise<void> {
  const shop = await readRecord(deps.pool, DEMO_TENANT_ID, 'shop', SHOP_ID);
  if (!shop) throw new Error('the demo has no shop');
  const tills = await pageOfRecords(deps.pool, DEMO_TENANT_ID, 'till', { afterId: '', limit: 10 });
  const items = (await demoStoredItems(deps)).filter(({ schedule }) => schedule !== 'narcotic');
  const shelf = await DemoShelf.read(deps);
  const trade = { ...given, deps, shop, items, shelf, random: demoRandom(7) };
  for (const daysAgo of [3, 2, 1]) {
    const sessions: OpenSession[] = [];
    for (const ending of ENDINGS.filter((one) => one.daysAgo === daysAgo)) {
      const [tablet, till] = [given.tablets[ending.till], tills[ending.till]];
      if (tablet && till) sessions.push(await openTill(trade, tablet, till.id, ending));
    }
    await sellAllDay(trade, sessions);
    if (daysAgo === 2) await receiveDelivery(trade);
    if (daysAgo === 1) await countSomeShelves(trade);
    for (const session of sessions) await closeTill(trade, session);
  }
}

interface Trade {
  readonly deps: DemoDeps;
  readonly nowMs: number;
  readonly setNow: MovingClock;
  readonly tablets: readonly DemoTablet[];
  readonly people: DemoPeople;
  readonly shop: Shop;
  readonly items: readonly Item[];
  readonly shelf: DemoShelf;
  readonly random: () => number;
}

interface OpenSession {
  readonly id: string;
  readonly tillId: string;
  readonly tablet: DemoTablet;
  readonly on: string;
  readonly ending: Ending;
}

async function openTill(trade: Trade, tablet: DemoTablet, tillId: string, ending: Ending): Promise<OpenSession> {
  const on = demoDay(trade.nowMs, ending.daysAgo);
  const at = demoInstant(on, ending.till === 0 ? '08:25' : '08:40');
  trade.setNow(at);
  const id = await tablet.act(trade.people.pharmacist, 'cashSession.open', {
    tillId,
    currency: trade.shop.currency,
    floatMinor: FLOAT_MINOR,
    floatDenominations: [...FLOAT],
    offsetMinutes: zoneOffsetMinutes(DEMO_PLACE.timeZone, at),
  });
  return { id, tillId, tablet, on, ending };
}

/** Sales from nine to half past six on all tills in turn, petty cash at noon, a drop into the safe before closing when much cash lies there. */
async function sellAllDay(trade: Trade, sessions: readonly OpenSession[]): Promise<void> {
  const { deps, setNow, people, random } = trade;
  const [first] = sessions;
  if (!first) return;
  const lastAt = demoInstant(first.on, '18:30');
  let at = demoInstant(first.on, '09:00');
  while (at < lastAt) {
    for (const { id, tillId, tablet, on } of sessions) {
      at += Math.floor((4 + random() * 16) * MINUTE_MS);
      setNow(at);
      const ticket = demoTicket({ ...trade, sessionId: id, tillId, on });
      if (ticket) await tablet.act(people.pharmacist, 'sale.record', ticket);
    }
  }
  for (const [i, { id, tillId, tablet, on }] of sessions.entries()) {
    setNow(Math.max(at, lastAt) + (i + 1) * MINUTE_MS);
    const move = { sessionId: id, tillId, methodId: 'cash', witnessId: null };
    const petty = { type: 'PETTY_CASH', amountMinor: 640, note: 'Cleaning', reference: `R-${on.slice(5)}` } as const;
    if (i === 0) await tablet.act(people.pharmacist, 'cashMovement.record', { ...move, ...petty });
    const totals = await readRecord(deps.pool, DEMO_TENANT_ID, 'cashTotals', id);
    const drawerMinor = totals?.methods.find(({ methodId }) => methodId === 'cash')?.expectedMinor ?? 0;
    const drop = { type: 'SAFE_DROP', amountMinor: DROP_MINOR, note: '', reference: `BAG-${on.slice(5)}-${i + 1}` } as const;
    if (drawerMinor > DROP_ABOVE_MINOR) await tablet.act(people.pharmacist, 'cashMovement.record', { ...move, ...drop });
  }
}

async function receiveDelivery({ nowMs, setNow, tablets, people, items }: Trade): Promise<void> {
  const on = demoDay(nowMs, 2);
  setNow(demoInstant(on, '18:50'));
  const lines = items.slice(40, 48).map(({ id, unitsPerPack, packPriceMinor }, i) => ({
    itemId: id,
    lotText: `R${5_200 + i}`,
    expiryOn: `${Number(on.slice(0, 4)) + 2}-0${1 + i}-28`,
    units: unitsPerPack * 10,
    packCostMinor: packPriceMinor === null ? null : Math.floor(packPriceMinor * 0.7),
  }));
  await tablets[0]?.act(people.manager, 'stock.receive', { reference: 'DN-20418', lines });
}

/** Six shelves are counted; one pack is missing and waits for approval. */
async function countSomeShelves({ nowMs, setNow, tablets, people, items, shelf }: Trade): Promise<void> {
  setNow(demoInstant(demoDay(nowMs, 1), '18:52'));
  const lines = items.slice(60, 66).flatMap(({ id, unitsPerPack }, i) => {
    const lot = shelf.firstLot(id);
    if (!lot) return [];
    const missing = i === 2 ? Math.min(unitsPerPack, lot.onHandUnits) : 0;
    return [{ itemId: id, lotId: lot.lotId, countedUnits: lot.onHandUnits - missing }];
  });
  if (lines.length === 0) return;
  const itemIds = lines.map(({ itemId }) => itemId);
  const countId = await tablets[0]?.act(people.pharmacist, 'stockCount.start', { name: 'Weekly count', mode: 'cycle', itemIds });
  if (countId !== undefined) await tablets[0]?.act(people.pharmacist, 'stockCount.countLines', { countId, lines });
}

async function closeTill(trade: Trade, session: OpenSession): Promise<void> {
  const { deps, setNow, people } = trade;
  const { id: sessionId, tillId, tablet, on, ending } = session;
  const at = demoInstant(on, ending.till === 0 ? '19:05' : '19:20');
  setNow(at);
  await tablet.act(people.pharmacist, 'cashSession.startCount', { sessionId });
  const totals = await readRecord(deps.pool, DEMO_TENANT_ID, 'cashTotals', sessionId);
  const counts = (totals?.methods ?? []).map(({ methodId, expectedMinor }) => ({
    methodId,
    countedMinor: expectedMinor + (methodId === 'cash' ? ending.varianceMinor : 0),
    denominations: null,
  }));
  setNow(at + 4 * MINUTE_MS);
  await tablet.act(people.pharmacist, 'cashSession.close', { sessionId, tillId, counts });
  setNow(at + 6 * MINUTE_MS);
  await tablet.act(people.pharmacist, 'reconciliation.start', { sessionId });
  await explain(trade, session);
  setNow(at + 9 * MINUTE_MS);
  const draft = await readRecord(deps.pool, DEMO_TENANT_ID, 'reconciliation', reconciliationIdOf(sessionId));
  if (!draft) return;
  const steps = draft.steps.map(({ id }) => id);
  await tablet.act(people.pharmacist, 'reconciliation.submit', { sessionId, revision: draft.revision, steps });
  if (ending.reconciled === 'submitted') return;
  setNow(at + 12 * MINUTE_MS);
  const submitted = await readRecord(deps.pool, DEMO_TENANT_ID, 'reconciliation', reconciliationIdOf(sessionId));
  if (!submitted) return;
  const { lastAttempt: attempt, revision } = submitted;
  const seen = { sessionId, attempt, revision, steps: submitted.steps.map(({ id }) => id) };
  await tablet.act(people.manager, 'reconciliation.approve', seen);
}

/** A difference that is more than small change gets a reason. */
async function explain({ shop, people }: Trade, { id: sessionId, tablet, ending }: OpenSession): Promise<void> {
  if (Math.abs(ending.varianceMinor) <= shop.varianceLimits.acceptUpToMinor) return;
  await tablet.act(people.pharmacist, 'reconciliation.addStep', {
    sessionId,
    type: 'WRONG_CHANGE',
    methodId: 'cash',
    toMethodId: null,
    amountMinor: ending.varianceMinor,
    target: 'explained',
    note: 'Too much change given back on a large note; the customer could not be found.',
    evidence: null,
    attempt: null,
    counts: null,
  });
}
