import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordIdOf } from '../../ids.ts';
import { TABLET_1, TABLET_2, TestTenant } from '../../testing/test-tenant.ts';

const HOUR = 3_600_000;
const T = Date.UTC(2026, 10, 23, 12);
const TABLET_3 = 'aaaaaaaaaa03';

/** A lot `lot` with ten on hand, and a cycle count `count` by tablet 1. */
async function aShelf(mode = 'cycle', onHandUnits = 10) {
  const tenant = new TestTenant();
  for (const id of ['lot', 'lot2'])
    tenant.put('lot', {
      id,
      itemId: 'item',
      lotText: 'L1',
      expiryOn: '2027-06-30',
      status: 'usable',
      onHandUnits,
      firstReceivedAt: 0,
      lastCount: null,
      edits: [],
    });
  await tenant.act('stockCount.start', { name: 'Shelf A', mode, itemIds: ['item'] });
  const countId = recordIdOf(TABLET_1, 1, 0);
  const count = (countedUnits: number, at: object = {}, lotId = 'lot') =>
    tenant.act('stockCount.countLines', { countId, lines: [{ itemId: 'item', lotId, countedUnits }] }, { actorId: 'pia', ...at });
  const move = (units: number, at: object = {}, lotId = 'lot') =>
    tenant.act('stock.adjust', { itemId: 'item', lotId, type: 'ADJUST', units, reason: 'x' }, { deviceId: TABLET_2, ...at });
  const live = (lotId = 'lot') =>
    tenant.all('stockCountLine').find((line) => line.lotId === lotId && line.status !== 'superseded');
  const post = (at: object = {}) =>
    tenant.act('stockCount.postLines', { countId, lineIds: [live()?.id ?? 'none'] }, { actorId: 'max', ...at });
  const onHand = (lotId = 'lot') => tenant.get('lot', lotId)?.onHandUnits;
  return { tenant, countId, count, move, live, post, onHand };
}

describe('[I7] case 12: counting while the other tablet sells', () => {
  test('[I7] the sale arrives before the count but was made after it', async () => {
    const { count, move, live, post, onHand } = await aShelf();
    await move(-2, { occurredAt: T + HOUR });
    await count(9, { occurredAt: T });
    expect(live()).toMatchObject({ bookUnits: 10, varianceUnits: -1, movedUnits: -2, movedCount: 1, status: 'counted' });
    await post();
    expect(onHand()).toBe(7);
    expect(live()).toMatchObject({ status: 'posted', postedUnits: -1, approvedBy: 'max' });
  });

  test('[I7] the sale was made before the count and arrives after its posting', async () => {
    const { count, move, live, post, onHand } = await aShelf();
    await count(8, { occurredAt: T });
    await post();
    await move(-2, { occurredAt: T - HOUR });
    expect(onHand()).toBe(8);
    expect(live()).toMatchObject({ varianceUnits: 0, postedUnits: 0 });
  });

  test('[I7] the counting tablet sells on: by number, not by clock', async () => {
    const { count, move, live, onHand } = await aShelf();
    await move(-1, { deviceId: TABLET_1, n: 2, occurredAt: T });
    await count(9, { n: 3, occurredAt: T });
    await move(-4, { deviceId: TABLET_1, n: 4, occurredAt: T });
    expect(live()).toMatchObject({ varianceUnits: 0, movedUnits: -4 });
    expect(onHand()).toBe(5);
  });

  test('[I7] case 32: two clocks too close to tell: a recount is asked, and cannot be posted', async () => {
    const { count, move, live, post } = await aShelf();
    await move(-2, { occurredAt: T + 100_000 });
    expect((await count(9, { occurredAt: T })).receipt.codes).toEqual(['recount_needed']);
    expect(live()?.status).toBe('recount');
    expect((await post()).receipt.codes).toEqual(['recount_pending']);
    await count(8, { occurredAt: T + 2 * HOUR });
    expect(live()).toMatchObject({ status: 'counted', varianceUnits: 0 });
  });
});

describe('case 13: two people count one lot in one session', () => {
  test('equal: done, and the earlier line is kept as superseded', async () => {
    const { tenant, count, live } = await aShelf();
    await count(8, { occurredAt: T });
    await count(8, { deviceId: TABLET_2, actorId: 'bo', occurredAt: T + 1_000 });
    expect(live()).toMatchObject({ status: 'counted', countedUnits: 8, earlierCounts: [{ countedBy: 'pia', countedUnits: 8 }] });
    expect(tenant.all('stockCountLine').map((line) => line.status)).toEqual(['superseded', 'counted']);
  });

  test('equal once what was sold between them is set apart', async () => {
    const { count, move, live } = await aShelf();
    await count(8, { occurredAt: T });
    await count(6, { deviceId: TABLET_2, actorId: 'ana', occurredAt: T + 2 * HOUR });
    expect(live()?.status).toBe('third_count');
    await move(-2, { deviceId: TABLET_3, occurredAt: T + HOUR });
    expect(live()).toMatchObject({ status: 'counted', varianceUnits: -2 });
  });

  test('different: a third count decides, and until then nothing is posted', async () => {
    const { count, live, post } = await aShelf();
    await count(8, { occurredAt: T });
    await count(9, { deviceId: TABLET_2, actorId: 'ana', occurredAt: T + HOUR });
    expect(live()?.status).toBe('third_count');
    expect((await post()).receipt.codes).toEqual(['third_count_needed']);
    await count(8, { deviceId: TABLET_3, actorId: 'cy', occurredAt: T + 2 * HOUR });
    expect(live()).toMatchObject({ status: 'counted', countedUnits: 8 });
    expect((await post()).receipt.verdict).toBe('applied');
  });

  test('three different figures: a manager chooses', async () => {
    const { count, live } = await aShelf();
    await count(8, { occurredAt: T });
    await count(9, { deviceId: TABLET_2, actorId: 'ana', occurredAt: T + HOUR });
    await count(7, { deviceId: TABLET_3, actorId: 'cy', occurredAt: T + 2 * HOUR });
    expect(live()?.status).toBe('undecided');
  });

  test('an older count that arrives later is compared and changes no stock', async () => {
    const { count, live, onHand } = await aShelf();
    await count(9, { deviceId: TABLET_2, actorId: 'ana', occurredAt: T + HOUR });
    await count(8, { occurredAt: T });
    expect(live()).toMatchObject({ countedUnits: 9, status: 'third_count' });
    expect(onHand()).toBe(10);
  });

  test('the same person counting again corrects themselves', async () => {
    const { count, live } = await aShelf();
    await count(8, { occurredAt: T });
    await count(9, { occurredAt: T + HOUR });
    expect(live()).toMatchObject({ countedUnits: 9, status: 'counted', earlierCounts: [] });
  });
});

describe('approving', () => {
  test('who counted does not approve, unless the shop approves itself', async () => {
    const { tenant, count, post, live, countId } = await aShelf();
    await count(8, { occurredAt: T, actorId: 'max' });
    expect((await post()).receipt.codes).toEqual(['approver_counted']);
    expect((await post({ actorId: 'pia' })).receipt.codes).toEqual(['role_not_allowed']);
    await tenant.act('stockCount.recountLines', { countId, lineIds: [live()?.id] });
    expect(live()?.status).toBe('recount');
    await count(9, { occurredAt: T + HOUR });
    expect((await post()).receipt.verdict).toBe('applied');
    expect((await post()).receipt.codes).toEqual(['count_line_already_posted']);
    const [old = ''] = tenant.all('stockCountLine').map((line) => line.id);
    expect((await tenant.act('stockCount.postLines', { countId, lineIds: [old] })).receipt.codes).toEqual([
      'count_line_superseded',
    ]);
  });

  test('a count that is closed twice, or unknown, is refused; what is counted then is kept and flagged', async () => {
    const { tenant, count, countId, live } = await aShelf();
    await tenant.act('stockCount.close', { countId });
    expect((await tenant.act('stockCount.close', { countId })).receipt.codes).toEqual(['count_already_closed']);
    expect((await tenant.act('stockCount.close', { countId: 'ghost' })).receipt.codes).toEqual(['count_not_found']);
    expect((await count(8)).receipt.codes).toEqual(['count_closed']);
    expect(live()?.countedUnits).toBe(8);
  });
});

test('[I7] an opening count books at once, lots are made as they are met', async () => {
  const { tenant, countId } = await aShelf('opening');
  const lines = Array.from({ length: 100 }, (_, row) => ({
    itemId: `item${row}`,
    lotText: 'A',
    expiryOn: '2027-01-31',
    countedUnits: row,
  }));
  const judgement = await tenant.act('stockCount.countLines', { countId, lines });
  expect(judgement.receipt.codes).toEqual(['item_unknown']);
  expect(
    tenant
      .all('lot')
      .slice(2)
      .map((lot) => lot.onHandUnits),
  ).toEqual(lines.map((line) => line.countedUnits));
  expect(tenant.all('stockMovement')).toHaveLength(99);
});

/** One step of a day: a movement of a tablet, ten minutes apart, on one of two lots. */
const aStep = fc.record({
  deviceId: fc.constantFrom(TABLET_1, TABLET_2),
  units: fc.integer({ min: -9, max: 9 }).filter((units) => units !== 0),
  lotId: fc.constantFrom('lot', 'lot2'),
});
const aDay = fc.record({
  steps: fc.array(aStep, { minLength: 1, maxLength: 14 }),
  countAt: fc.nat({ max: 13 }),
  countedUnits: fc.nat({ max: 30 }),
  /** When each act reaches the server; acts of one tablet keep their order (SY8). */
  merge: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  postAfter: fc.nat({ max: 20 }),
  doubled: fc.nat({ max: 14 }),
});

test('[I7] in any order of arrival on hand = counted + Σ movements after the count, duplicates change nothing', async () => {
  await fc.assert(
    fc.asyncProperty(aDay, async ({ steps, countAt, countedUnits, merge, postAfter, doubled }) => {
      const shelf = await aShelf();
      const at = Math.min(countAt, steps.length);
      const acts = steps.map((step, index) => ({ ...step, n: index + 10, occurredAt: T + index * 600_000, isCount: false }));
      const countAct = {
        deviceId: TABLET_1,
        units: 0,
        lotId: 'lot',
        n: 9.5 + at,
        occurredAt: T + at * 600_000 - 300_000,
        isCount: true,
      };
      const ofTablet1 = [...acts.filter((act) => act.deviceId === TABLET_1), countAct]
        .toSorted((a, b) => a.n - b.n)
        .map((act, index) => ({ ...act, n: index + 2 }));
      const ofTablet2 = acts.filter((act) => act.deviceId === TABLET_2).map((act, index) => ({ ...act, n: index + 1 }));
      const arrivals = interleave(ofTablet1, ofTablet2, merge);
      const run = (act: (typeof arrivals)[number]) =>
        act.isCount ? shelf.count(countedUnits, act) : shelf.move(act.units, act, act.lotId);
      let isPosted = false;
      for (const [index, act] of arrivals.entries()) {
        await run(act);
        const repeated = arrivals[doubled];
        if (repeated && doubled <= index) await run(repeated);
        if (!isPosted && index >= postAfter && shelf.live())
          isPosted = (await shelf.post({ deviceId: TABLET_3 })).receipt.verdict === 'applied';
      }
      if (!isPosted) await shelf.post({ deviceId: TABLET_3 });
      const sumOf = (lotId: string, from: number) =>
        acts.slice(from).reduce((sum, act) => sum + (act.lotId === lotId ? act.units : 0), 0);
      expect(shelf.onHand('lot')).toBe(countedUnits + sumOf('lot', at));
      expect(shelf.onHand('lot2')).toBe(10 + sumOf('lot2', 0));
      const ledger = shelf.tenant.all('stockMovement').filter((movement) => movement.lotId === 'lot');
      expect(10 + ledger.reduce((sum, movement) => sum + movement.units, 0)).toBe(shelf.onHand('lot'));
      const line = shelf.live();
      expect(line).toMatchObject({ status: 'posted', postedUnits: line?.varianceUnits });
      expect(line?.bookUnits).toBe(10 + sumOf('lot', 0) - sumOf('lot', at));
    }),
    { numRuns: 300 },
  );
});

function interleave<T>(first: readonly T[], second: readonly T[], merge: readonly boolean[]): T[] {
  const [a, b] = [[...first], [...second]];
  const merged: T[] = [];
  for (const isFirst of merge) {
    const next = (isFirst ? a.shift() : b.shift()) ?? a.shift() ?? b.shift();
    if (next) merged.push(next);
  }
  return merged;
}
