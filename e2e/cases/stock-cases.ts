import { expect } from 'vitest';
import { recordIdOf } from '#schema/ids.ts';
import type { RecordBody } from '#schema/records/registry.ts';
import { type CaseEnd, type CaseScript, madeBy, OFFICE, type See } from './case-script.ts';
import { act, aPharmacy, type CasePharmacy, HOUR, MINUTE, NOON, sells } from './pharmacy.ts';

/** Cases about what is on the shelf, and about clocks. */

/** [case 1] One box is left; A and B each dispense it. */
export async function bothDispenseTheLastBox(): Promise<CaseScript> {
  const pharmacy = await aPharmacy(10);
  const { base } = pharmacy;
  return {
    base,
    tablets: {
      A: { acts: [sells(pharmacy, 1, { units: 10 }, NOON)] },
      B: { acts: [sells(pharmacy, 2, { units: 10 }, NOON + HOUR)] },
    },
    dependsOn: (isBefore) => String(isBefore('A1', 'B1')),
    expect: (end) => {
      expect(end.get('lot', base.lotId).onHandUnits).toBe(-10);
      expect(end.all('sale')).toHaveLength(2);
      const [first, second] = end.isBefore('A1', 'B1') ? ['A1', 'B1'] : ['B1', 'A1'];
      expect(end.receipt(first)).toMatchObject({ verdict: 'applied', codes: [] });
      expect(end.receipt(second)).toMatchObject({ verdict: 'flagged', codes: ['below_zero'] });
      expect(end.task(second)).toMatchObject({ type: 'flag', aboutKind: 'lot', aboutId: base.lotId, units: -10 });
      expect(end.foreseen(second).verdict).toBe('applied');
    },
  };
}

/** [case 12] A counts the shelf at noon and sells on; B sold before and after. */
export async function countedWhileSelling(): Promise<CaseScript> {
  const { pharmacy, countId } = await aCount();
  const { base } = pharmacy;
  return {
    base,
    tablets: {
      A: {
        acts: [
          sells(pharmacy, 1, { units: 10 }, NOON - HOUR),
          counts(pharmacy, countId, 78, NOON, 'cy'),
          sells(pharmacy, 1, { units: 5 }, NOON + MINUTE),
        ],
      },
      B: { acts: [sells(pharmacy, 2, { units: 10 }, NOON - 2 * HOUR), sells(pharmacy, 2, { units: 20 }, NOON + HOUR)] },
    },
    // Whether B's earlier sale was in the book when the count came, or was worked into it.
    dependsOn: (isBefore) => String(isBefore('B1', 'A2')),
    expect: (end) => {
      expect(liveLine(end, base.lotId)).toMatchObject({
        id: madeBy('A2'),
        bookUnits: 80,
        varianceUnits: -2,
        movedUnits: -25,
        movedCount: 2,
        status: 'counted',
      });
      expect(end.get('lot', base.lotId).onHandUnits).toBe(55);
    },
  };
}

/** [case 12][case 14] The count was approved before B's sales came. On hand = counted + Σ after. */
export async function approvedWhileSelling(): Promise<CaseScript> {
  const { pharmacy, countId } = await aCount();
  const { base } = pharmacy;
  await base.act('stockCount.countLines', lineArgs(pharmacy, countId, 78), { deviceId: OFFICE, actorId: 'cy', occurredAt: NOON });
  const lineId = recordIdOf(OFFICE, 4, 0);
  return {
    base,
    tablets: {
      A: { acts: [act('stockCount.postLines', 'max', NOON + 2 * HOUR, approves(countId, lineId))] },
      B: { acts: [sells(pharmacy, 2, { units: 20 }, NOON - 2 * HOUR), sells(pharmacy, 2, { units: 10 }, NOON + HOUR)] },
    },
    // Which entries book the difference; on hand and the line do not depend on it.
    dependsOn: (isBefore) => ['B1', 'B2'].map((sale) => String(isBefore('A1', sale))).join(' '),
    expect: (end) => {
      expect(end.get('lot', base.lotId).onHandUnits).toBe(68);
      expect(end.get('stockCountLine', lineId)).toMatchObject({
        bookUnits: 80,
        varianceUnits: -2,
        postedUnits: -2,
        rebasedUnits: -20,
        status: 'posted',
        approvedBy: 'max',
        approvedUnits: -22,
      });
      // The difference Max saw was larger: nothing to look at again.
      expect(end.all('exception')).toEqual([]);
    },
  };
}

/** [case 13] Pia and Cy count one lot in one session and agree, once what was sold between them is set apart. */
export async function bothCountTheSame(): Promise<CaseScript> {
  const { pharmacy, countId } = await aCount();
  const { base } = pharmacy;
  return {
    base,
    tablets: {
      A: { acts: [counts(pharmacy, countId, 90, NOON, 'pia')] },
      B: { acts: [counts(pharmacy, countId, 80, NOON + 2 * HOUR, 'cy')] },
      C: { acts: [sells(pharmacy, 1, { units: 10 }, NOON + HOUR, 'ana')] },
    },
    // What the lines say of "moved while you counted".
    dependsOn: (isBefore) => ['A1', 'B1'].map((count) => String(isBefore(count, 'C1'))).join(' ') + String(isBefore('A1', 'B1')),
    expect: (end) => {
      expect(liveLine(end, base.lotId)).toMatchObject({
        id: madeBy('B1'),
        status: 'counted',
        varianceUnits: -10,
        earlierCounts: [{ countedBy: 'pia', countedUnits: 90, impliedUnits: 80 }],
      });
      expect(end.get('stockCountLine', madeBy('A1'))).toMatchObject({ countedUnits: 90, status: 'superseded' });
    },
  };
}

/** [case 13] They differ: a third count is asked and decides. */
export async function bothCountDifferently(): Promise<CaseScript> {
  const { pharmacy, countId } = await aCount();
  const { base } = pharmacy;
  return {
    base,
    tablets: {
      A: { acts: [counts(pharmacy, countId, 90, NOON, 'pia')] },
      B: { acts: [counts(pharmacy, countId, 88, NOON + HOUR, 'cy')] },
    },
    expect: (end) => {
      expect(liveLine(end, base.lotId)).toMatchObject({
        id: madeBy('B1'),
        status: 'third_count',
        earlierCounts: [{ countedBy: 'pia', countedUnits: 90, impliedUnits: 90 }],
      });
    },
  };
}

/** [case 13] Three people count; two agree, whoever's tablet comes back first. */
export async function thirdCountDecides(): Promise<CaseScript> {
  const { pharmacy, countId } = await aCount();
  const { base } = pharmacy;
  return {
    base,
    tablets: {
      A: { acts: [counts(pharmacy, countId, 90, NOON, 'pia'), counts(pharmacy, countId, 91, NOON + MINUTE, 'pia')] },
      B: { acts: [counts(pharmacy, countId, 88, NOON + HOUR, 'cy')] },
      C: { acts: [counts(pharmacy, countId, 88, NOON + 2 * HOUR, 'ana')] },
    },
    expect: (end) => {
      // Pia's second count is hers; the first only was a slip.
      expect(liveLine(end, base.lotId)).toMatchObject({
        id: madeBy('C1'),
        status: 'counted',
        earlierCounts: [
          { countedBy: 'cy', countedUnits: 88 },
          { countedBy: 'pia', countedUnits: 91 },
        ],
      });
    },
  };
}

/** [case 13] Two counts at the same minute: which one is the later nobody knows, yet all tablets agree on one. */
export async function countedAtTheSameMinute(): Promise<CaseScript> {
  const { pharmacy, countId } = await aCount();
  const { base } = pharmacy;
  return {
    base,
    tablets: {
      A: { acts: [counts(pharmacy, countId, 90, NOON, 'pia')] },
      B: { acts: [counts(pharmacy, countId, 88, NOON + 20_000, 'cy')] },
    },
    expect: (end) => {
      expect(liveLine(end, base.lotId)).toMatchObject({ id: madeBy('B1'), status: 'third_count' });
    },
  };
}

/** [case 13] One count was approved alone before the other, different and older, reached the server: the manager learns of it. */
export async function approvedBeforeTheOtherCount(): Promise<CaseScript> {
  const { pharmacy, countId } = await aCount();
  const { base } = pharmacy;
  return {
    base,
    tablets: {
      A: {
        acts: [
          counts(pharmacy, countId, 90, NOON, 'pia'),
          act('stockCount.postLines', 'max', NOON + HOUR, (see) => approves(countId, madeBy('A1'))(see)),
        ],
      },
      B: { acts: [counts(pharmacy, countId, 85, NOON - HOUR, 'cy')] },
    },
    dependsOn: (isBefore) => ['A1', 'A2'].map((a) => String(isBefore(a, 'B1'))).join(' '),
    expect: (end) => {
      const isPosted = end.isBefore('A2', 'B1');
      expect(end.get('stockCountLine', madeBy('B1'))).toMatchObject({ countedUnits: 85, status: 'superseded' });
      expect(end.get('stockCountLine', madeBy('A1')).status).toBe(isPosted ? 'posted' : 'third_count');
      expect(end.receipt('A2')).toMatchObject(
        isPosted ? { verdict: 'applied' } : { codes: ['third_count_needed'], details: { lineId: madeBy('A1') } },
      );
      if (isPosted)
        expect(end.task('B1')).toMatchObject({
          codes: ['posted_count_differs'],
          aboutKind: 'lot',
          aboutId: base.lotId,
          units: -5,
          details: { counted: 85, posted: 90, approvedBy: 'max' },
        });
      expect(end.get('lot', base.lotId).onHandUnits).toBe(isPosted ? 90 : 100);
    },
  };
}

/** [case 14] Max approves a difference of −2; B's older finding of 5 units makes it −7: nobody approved that. */
export async function approvedThenLarger(): Promise<CaseScript> {
  const { pharmacy, countId } = await aCount();
  const { base } = pharmacy;
  await base.act('stockCount.countLines', lineArgs(pharmacy, countId, 98), { deviceId: OFFICE, actorId: 'cy', occurredAt: NOON });
  const lineId = recordIdOf(OFFICE, 4, 0);
  const found = { itemId: base.itemId, lotId: base.lotId, type: 'ADJUST', units: 5, reason: 'found' };
  return {
    base,
    tablets: {
      A: { acts: [act('stockCount.postLines', 'max', NOON + HOUR, approves(countId, lineId))] },
      B: { acts: [act('stock.adjust', 'pia', NOON - HOUR, found)] },
    },
    dependsOn: (isBefore) => String(isBefore('A1', 'B1')),
    expect: (end) => {
      expect(end.get('lot', base.lotId).onHandUnits).toBe(98);
      expect(end.get('stockCountLine', lineId)).toMatchObject({
        varianceUnits: -7,
        postedUnits: -7,
        approvedUnits: -2,
        approvedBy: 'max',
        status: 'posted',
      });
      // Whoever came second finds out, and the task says the same.
      const second = end.isBefore('A1', 'B1') ? 'B1' : 'A1';
      expect(end.receipt(second)).toMatchObject({ verdict: 'flagged', codes: ['posted_count_rebased'] });
      expect(end.task(second)).toMatchObject({
        aboutKind: 'lot',
        aboutId: base.lotId,
        units: -5,
        details: { lineId, approvedBy: 'max', approvedUnits: -2, nowUnits: -7 },
      });
    },
  };
}

/** [case 32] A's clock is three hours ahead and B's an hour behind; both know it. Counted at noon, sold half an hour to either side. */
export async function clocksApart(): Promise<CaseScript> {
  const { pharmacy, countId } = await aCount();
  const { base } = pharmacy;
  return {
    base,
    tablets: {
      A: { clockErrorMs: 3 * HOUR, acts: [counts(pharmacy, countId, 88, NOON, 'cy')] },
      B: {
        clockErrorMs: -HOUR,
        acts: [sells(pharmacy, 2, { units: 10 }, NOON - HOUR / 2), sells(pharmacy, 2, { units: 20 }, NOON + HOUR / 2)],
      },
    },
    dependsOn: (isBefore) => String(isBefore('B1', 'A1')),
    expect: (end) => {
      expect(liveLine(end, base.lotId)).toMatchObject({ bookUnits: 90, varianceUnits: -2, movedUnits: -20, status: 'counted' });
      expect(end.get('lot', base.lotId).onHandUnits).toBe(70);
      expect(end.get('sale', madeBy('B1')).occurredAt).toBe(NOON - HOUR / 2);
    },
  };
}

/** [case 32] A never measured its clock: what lies on either side of its count nobody can say, so it is counted again. */
export async function clockUnknown(): Promise<CaseScript> {
  const { pharmacy, countId } = await aCount();
  const { base } = pharmacy;
  return {
    base,
    tablets: {
      A: { clockErrorMs: 3 * HOUR, isMeasured: false, acts: [counts(pharmacy, countId, 88, NOON, 'cy')] },
      B: { acts: [sells(pharmacy, 2, { units: 10 }, NOON - HOUR / 2)] },
    },
    dependsOn: (isBefore) => String(isBefore('A1', 'B1')),
    expect: (end) => {
      expect(liveLine(end, base.lotId)).toMatchObject({ status: 'recount' });
      const second = end.isBefore('A1', 'B1') ? 'B1' : 'A1';
      expect(end.receipt(second)).toMatchObject({ verdict: 'flagged', codes: ['recount_needed'] });
      expect(end.task(second)).toMatchObject({ aboutKind: 'lot', aboutId: base.lotId });
    },
  };
}

/** Ten days offline, sold eight minutes before the count of the other: the clocks may err by more, in however many pushes it comes. */
export async function tenDaysOffline(): Promise<CaseScript> {
  const { pharmacy, countId } = await aCount();
  const { base } = pharmacy;
  const tenDaysAgo = NOON - 10 * 24 * HOUR;
  return {
    base,
    tablets: {
      A: { acts: [counts(pharmacy, countId, 88, NOON, 'cy')] },
      B: {
        lastContactAt: tenDaysAgo,
        acts: [sells(pharmacy, 2, { units: 1 }, NOON - 3 * HOUR), sells(pharmacy, 2, { units: 10 }, NOON - 8 * MINUTE)],
      },
    },
    dependsOn: (isBefore) => String(isBefore('A1', 'B2')) + String(isBefore('A1', 'B1')),
    expect: (end) => expect(liveLine(end, base.lotId)).toMatchObject({ status: 'recount' }),
  };
}

/** An open stocktake by the office. */
async function aCount(): Promise<{ pharmacy: CasePharmacy; countId: string }> {
  const pharmacy = await aPharmacy();
  await pharmacy.base.act('stockCount.start', { name: 'Shelf', mode: 'cycle', itemIds: [] }, { deviceId: OFFICE });
  return { pharmacy, countId: recordIdOf(OFFICE, 3, 0) };
}

function lineArgs({ base }: CasePharmacy, countId: string, countedUnits: number) {
  return { countId, lines: [{ itemId: base.itemId, lotId: base.lotId, countedUnits }] };
}

function counts(pharmacy: CasePharmacy, countId: string, countedUnits: number, at: number, by: string) {
  return act('stockCount.countLines', by, at, lineArgs(pharmacy, countId, countedUnits));
}

/** Approves a line with the difference that the screen shows. */
function approves(countId: string, lineId: string) {
  return (see: See) => ({ countId, lines: [{ lineId, seenUnits: see('stockCountLine', lineId).varianceUnits }] });
}

function liveLine(end: CaseEnd, lotId: string): RecordBody<'stockCountLine'> | undefined {
  return end.all('stockCountLine').find((line) => line.lotId === lotId && line.status !== 'superseded');
}
