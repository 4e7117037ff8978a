import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ActMoment,
  type CountLine,
  computeBookAt,
  computeOccurredAt,
  computeUncertaintyMs,
  type MovementAct,
  orderActs,
  postCount,
  rebaseCount,
} from './count-rebase.ts';

const HOUR = 3_600_000;
const anAct = (deviceId: string, n: number, occurredAt: number, uncertaintyMs = 60_000): ActMoment => ({
  deviceId,
  n,
  occurredAt,
  uncertaintyMs,
});

describe('[I7] the worked example', () => {
  const count = { countLineId: 'line-1', act: anAct('A', 5, 10 * HOUR), countedUnits: 8 };
  const { line } = postCount(count, 10, []);

  test('book 10, counted 8: variance −2', () => {
    expect(line).toMatchObject({ bookUnits: 10, varianceUnits: -2 });
  });

  test('then an offline sale of 2 made before t arrives: variance 0, on hand still 8', () => {
    const sale = { units: -2, act: anAct('B', 3, 9 * HOUR) };
    const rebased = rebaseCount(line, sale);
    expect(rebased).toMatchObject({ line: { bookUnits: 8, varianceUnits: 0 }, compensatingUnits: 2, isRecountNeeded: false });
    expect(10 + line.varianceUnits + sale.units + rebased.compensatingUnits).toBe(8);
  });

  test('a sale of 2 made after t is subtracted: variance −2, on hand 6', () => {
    const rebased = rebaseCount(line, { units: -2, act: anAct('B', 3, 11 * HOUR) });
    expect(rebased).toEqual({ line, compensatingUnits: 0, isRecountNeeded: false });
  });

  test('a sale made within the error of both clocks asks for a recount and is subtracted', () => {
    const rebased = rebaseCount(line, { units: -2, act: anAct('B', 3, 10 * HOUR - 120_000) });
    expect(rebased).toEqual({ line, compensatingUnits: 0, isRecountNeeded: true });
  });

  test('a count that arrives after a later sale is measured against the book of its own moment', () => {
    const booked = [{ units: -1, act: anAct('B', 3, 11 * HOUR) }];
    expect(postCount(count, 9, booked).line).toMatchObject({ bookUnits: 10, varianceUnits: -2 });
    expect(computeBookAt(9, booked)).toBe(10);
  });
});

describe('[I7] occurredAt is the device time less its skew', () => {
  const base = { madeAt: 10_000, skewMs: 3000, previousOccurredAt: null, receivedAt: null };
  test.each([
    [{ ...base }, 7000],
    [{ ...base, skewMs: -3000 }, 13_000],
    [{ ...base, skewMs: null }, 10_000],
    [{ ...base, previousOccurredAt: 8000 }, 8000],
    [{ ...base, previousOccurredAt: 6000 }, 7000],
    [{ ...base, receivedAt: 6500 }, 6500],
    [{ ...base, previousOccurredAt: 6000, receivedAt: 20_000 }, 7000],
  ])('%o → %i', (act, expected) => {
    expect(computeOccurredAt(act)).toBe(expected);
  });
});

test('[I7] uncertainty is 60 s plus a minute a day offline, and unknown skew is infinite', () => {
  expect(computeUncertaintyMs(0)).toBe(60_000);
  expect(computeUncertaintyMs(-5)).toBe(60_000);
  expect(computeUncertaintyMs(1)).toBe(60_001);
  expect(computeUncertaintyMs(12 * HOUR)).toBe(90_000);
  expect(computeUncertaintyMs(72 * HOUR)).toBe(240_000);
  expect(computeUncertaintyMs(null)).toBe(Number.POSITIVE_INFINITY);
});

describe('[I7] order of two acts', () => {
  test('one device: by number, whatever its clock says', () => {
    expect(orderActs(anAct('A', 1, 9 * HOUR), anAct('A', 2, 8 * HOUR))).toBe('before');
    expect(orderActs(anAct('A', 3, 9 * HOUR, Number.POSITIVE_INFINITY), anAct('A', 2, 9 * HOUR))).toBe('after');
    expect(orderActs(anAct('A', 2, 9 * HOUR), anAct('A', 2, 9 * HOUR))).toBe('undecidable');
  });

  test('two devices: by time, when further apart than both uncertainties together', () => {
    expect(orderActs(anAct('A', 9, HOUR), anAct('B', 1, HOUR + 120_001))).toBe('before');
    expect(orderActs(anAct('A', 9, HOUR + 120_001), anAct('B', 1, HOUR))).toBe('after');
    expect(orderActs(anAct('A', 9, HOUR), anAct('B', 1, HOUR + 120_000))).toBe('undecidable');
    expect(orderActs(anAct('A', 9, HOUR), anAct('B', 1, 900 * HOUR, Number.POSITIVE_INFINITY))).toBe('undecidable');
  });

  test('is antisymmetric', () => {
    const act = fc.record({
      deviceId: fc.constantFrom('A', 'B', 'C'),
      n: fc.nat({ max: 20 }),
      occurredAt: fc.nat({ max: 1_000_000 }),
      uncertaintyMs: fc.constantFrom(60_000, 90_000, Number.POSITIVE_INFINITY),
    });
    const opposite = { before: 'after', after: 'before', undecidable: 'undecidable' };
    fc.assert(
      fc.property(act, act, (a, b) => {
        expect(orderActs(b, a)).toBe(opposite[orderActs(a, b)]);
      }),
    );
  });
});

/** The lot of a server that takes acts as they arrive, the way the stock mutations use these functions. */
class ArrivingLot {
  onHandUnits: number;
  lastCount: CountLine | null = null;
  recounts = 0;
  private readonly booked: MovementAct[] = [];

  constructor(openingUnits: number) {
    this.onHandUnits = openingUnits;
  }

  move(movement: MovementAct): void {
    this.book(movement);
    if (this.lastCount === null) return;
    const rebased = rebaseCount(this.lastCount, movement);
    this.lastCount = rebased.line;
    this.recounts += Number(rebased.isRecountNeeded);
    this.book({ units: rebased.compensatingUnits, act: rebased.line.act });
  }

  count(countLineId: string, act: ActMoment, countedUnits: number): void {
    const { line, isRecountNeeded } = postCount({ countLineId, act, countedUnits }, this.onHandUnits, this.booked);
    this.recounts += Number(isRecountNeeded);
    const isLatest = this.lastCount === null || orderActs(this.lastCount.act, act) === 'before';
    const variance = { units: line.varianceUnits, act };
    if (!isLatest) return this.move(variance);
    this.book(variance);
    this.lastCount = line;
  }

  private book(movement: MovementAct): void {
    this.booked.push(movement);
    this.onHandUnits += movement.units;
  }
}

/** Up to 20 sales and receipts of three devices, ten minutes apart, and one or two counts among them. */
const aDay = fc
  .record({
    openingUnits: fc.integer({ min: -5, max: 60 }),
    steps: fc.array(fc.record({ deviceId: fc.constantFrom('A', 'B', 'C'), units: fc.integer({ min: -9, max: 9 }) }), {
      minLength: 1,
      maxLength: 20,
    }),
    counts: fc.array(fc.record({ at: fc.nat({ max: 19 }), countedUnits: fc.nat({ max: 50 }) }), { minLength: 1, maxLength: 2 }),
    seed: fc.infiniteStream(fc.nat()),
  })
  .map(({ openingUnits, steps, counts, seed }) => {
    const acts = steps.map((step, index) => ({
      kind: 'move' as const,
      units: step.units,
      act: anAct(step.deviceId, index + 1, index * 600_000),
    }));
    const countActs = counts.map((count, index) => ({
      kind: 'count' as const,
      units: count.countedUnits,
      act: anAct('counter', count.at * 2 + index, (count.at % steps.length) * 600_000 + 200_000 + index * 200_000),
    }));
    const arrivals = [...acts, ...countActs]
      .map((one) => ({ one, key: Number(seed.next().value) }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ one }) => one);
    return { openingUnits, acts, countActs, arrivals };
  });

test('[I7] in any order of arrival, on hand = counted + Σ movements after t of the last count', () => {
  fc.assert(
    fc.property(aDay, ({ openingUnits, acts, countActs, arrivals }) => {
      fc.pre(countActs.length === 1 || orderConsistent(countActs.map((count) => count.act)));
      const lot = new ArrivingLot(openingUnits);
      for (const arrival of arrivals) {
        if (arrival.kind === 'move') lot.move(arrival);
        else lot.count(`line-${arrival.act.n}`, arrival.act, arrival.units);
      }
      const last = countActs.toSorted((a, b) => b.act.occurredAt - a.act.occurredAt)[0];
      const after = acts.filter((one) => last !== undefined && orderActs(one.act, last.act) === 'after');
      expect(lot.recounts).toBe(0);
      expect(lot.onHandUnits).toBe(after.reduce((sum, one) => sum + one.units, last?.units ?? 0));
      const before = acts.filter((one) => last !== undefined && orderActs(one.act, last.act) === 'before');
      expect(lot.lastCount?.countLineId).toBe(`line-${last?.act.n}`);
      const isOnlyCount = countActs.length === 1;
      const trueBook = before.reduce((sum, one) => sum + one.units, openingUnits);
      expect(isOnlyCount ? lot.lastCount?.bookUnits : trueBook).toBe(trueBook);
    }),
    { numRuns: 500 },
  );
});

function orderConsistent(acts: readonly ActMoment[]): boolean {
  const [first, second] = acts;
  return first === undefined || second === undefined || first.n < second.n === first.occurredAt < second.occurredAt;
}
