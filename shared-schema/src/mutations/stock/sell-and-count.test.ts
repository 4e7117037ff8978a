import { describe, expect, test } from 'vitest';
import { recordIdOf } from '../../ids.ts';
import { TestCounter } from '../../testing/test-counter.ts';
import { TABLET_1, TABLET_2 } from '../../testing/test-tenant.ts';

/** Stock acts and real sales together, on two tablets with a till each. */

const HOUR = 3_600_000;
const T = Date.UTC(2026, 10, 23, 12);

async function twoTills() {
  const counter = new TestCounter();
  const first = await counter.open(counter.till1, 10_000, { occurredAt: T - 4 * HOUR });
  const second = await counter.open(counter.till2, 10_000, { deviceId: TABLET_2, occurredAt: T - 4 * HOUR });
  const onHand = () => counter.get('lot', counter.lotId)?.onHandUnits;
  const sell1 = (units: number, at: object = {}) => counter.sell(first, { units }, at);
  const sell2 = (units: number, at: object = {}) => counter.sell(second, { units }, { deviceId: TABLET_2, ...at }, counter.till2);
  return { counter, onHand, sell1, sell2 };
}

test('[I6] case 1: both dispense the last box: both kept, on hand −10, a task for the manager', async () => {
  const { counter, onHand, sell1, sell2 } = await twoTills();
  await sell1(90, { occurredAt: T });
  expect((await sell1(10, { occurredAt: T + HOUR })).receipt.verdict).toBe('applied');
  expect((await sell2(10, { occurredAt: T + HOUR })).receipt).toMatchObject({ verdict: 'flagged', codes: ['below_zero'] });
  expect(onHand()).toBe(-10);
  expect(counter.all('sale')).toHaveLength(3);
  expect(counter.all('exception')).toMatchObject([{ type: 'flag', aboutKind: 'lot', aboutId: counter.lotId, units: -10 }]);
});

describe('[I7] case 12: one tablet counts, both sell on', () => {
  test('[I7] whatever order the tablets come back in, on hand = counted + what was sold after', async () => {
    for (const isCounterFirst of [true, false]) {
      const { counter, onHand, sell1, sell2 } = await twoTills();
      const tablet1 = async () => {
        await sell1(10, { occurredAt: T - HOUR });
        await counter.act(
          'stockCount.start',
          { name: 'Shelf', mode: 'cycle', itemIds: [] },
          { occurredAt: T - 1_000, actorId: 'pia' },
        );
        const countId = recordIdOf(TABLET_1, 3, 0);
        const lines = [{ itemId: counter.itemId, lotId: counter.lotId, countedUnits: 78 }];
        await counter.act('stockCount.countLines', { countId, lines }, { occurredAt: T, actorId: 'pia' });
        await sell1(10, { occurredAt: T + 1_000 });
        return countId;
      };
      const tablet2 = async () => {
        await sell2(10, { occurredAt: T - 2 * HOUR });
        await sell2(20, { occurredAt: T + HOUR });
      };
      if (!isCounterFirst) await tablet2();
      const countId = await tablet1();
      if (isCounterFirst) await tablet2();
      const [line] = counter.all('stockCountLine');
      expect(line).toMatchObject({ bookUnits: 80, varianceUnits: -2, movedUnits: -30, movedCount: 2, status: 'counted' });
      const approval = await counter.act('stockCount.postLines', { countId, lineIds: [line?.id] }, { actorId: 'max' });
      expect(approval.receipt.verdict).toBe('applied');
      expect(onHand()).toBe(78 - 30);
    }
  });
});

describe('a lot that should not be handed over', () => {
  test.each([
    ['recalled', 'lot_recalled'],
    ['quarantined', 'lot_quarantined'],
  ])('[I10] case 20, 21: selling a %s lot is kept and alerts', async (to, code) => {
    const { counter, onHand, sell2 } = await twoTills();
    const changes = { status: { from: 'usable', to } };
    await counter.act('lot.setStatus', { lotId: counter.lotId, changes, reason: 'recall' });
    expect((await sell2(10)).receipt.codes).toEqual([code]);
    expect(onHand()).toBe(90);
    expect(counter.get('lot', counter.lotId)?.status).toBe(to);
  });

  test('an expired lot alerts too', async () => {
    const { sell1 } = await twoTills();
    expect((await sell1(10, { businessOn: '2027-07-01' })).receipt.codes).toContain('lot_expired');
  });
});

describe('[I2] loose units', () => {
  test('[I2] a tablet out of a sealed pack opens it: a SPLIT pair that sums to zero, and M0 prices the fraction', async () => {
    const counter = new TestCounter();
    const session = await counter.open();
    expect((await counter.sell(session, { units: 3, packPriceMinor: 999 })).receipt.codes).toEqual(['price_changed']);
    expect(counter.all('stockMovement').map(({ type, units }) => [type, units])).toEqual([
      ['SPLIT', -10],
      ['SPLIT', 10],
      ['DISPENSE', -3],
    ]);
    expect(counter.all('sale')[0]?.lines[0]).toMatchObject({ units: 3, amountMinor: 300 });
    expect(counter.get('lot', counter.lotId)?.onHandUnits).toBe(97);

    // Seven are loose now: they go first, and an eighth opens the next pack.
    await counter.sell(session, { units: 7 });
    expect(counter.all('stockMovement').filter(({ type }) => type === 'SPLIT')).toHaveLength(2);
    await counter.sell(session, { units: 1 });
    const splits = counter.all('stockMovement').filter(({ type }) => type === 'SPLIT');
    expect(splits).toHaveLength(4);
    expect(splits.reduce((sum, { units }) => sum + units, 0)).toBe(0);
    expect(counter.get('lot', counter.lotId)?.onHandUnits).toBe(89);
  });

  test('[I2][I7] a pack opened before a count that arrives after it changes nothing but the sale itself', async () => {
    const { counter, onHand, sell2 } = await twoTills();
    await counter.act('stockCount.start', { name: 'Shelf', mode: 'cycle', itemIds: [] }, { occurredAt: T - 1_000 });
    const countId = recordIdOf(TABLET_1, 2, 0);
    const lines = [{ itemId: counter.itemId, lotId: counter.lotId, countedUnits: 97 }];
    await counter.act('stockCount.countLines', { countId, lines }, { occurredAt: T });
    await sell2(3, { occurredAt: T - HOUR });
    const [line] = counter.all('stockCountLine');
    expect(line).toMatchObject({ bookUnits: 97, varianceUnits: 0, rebasedUnits: -3, movedUnits: 0, movedCount: 0 });
    expect(onHand()).toBe(97);
  });

  test('[I2][I7] nor does a pack that was opened after a count count as a movement while counting', async () => {
    const { counter, onHand, sell2 } = await twoTills();
    await counter.act('stockCount.start', { name: 'Shelf', mode: 'cycle', itemIds: [] }, { occurredAt: T - 1_000 });
    await sell2(3, { occurredAt: T + HOUR });
    const lines = [{ itemId: counter.itemId, lotId: counter.lotId, countedUnits: 100 }];
    await counter.act('stockCount.countLines', { countId: recordIdOf(TABLET_1, 2, 0), lines }, { occurredAt: T });
    expect(counter.all('stockCountLine')).toMatchObject([{ varianceUnits: 0, movedUnits: -3, movedCount: 1 }]);
    expect(onHand()).toBe(97);
  });
});

describe('[I3] a lot read from the pack at the counter', () => {
  const printed = (expiryOn: string | null) => ({ lotId: null, lotText: 'Ab12', expiryOn });

  test('[I3] the book does not know it: it is kept, below zero, for a manager', async () => {
    const counter = new TestCounter();
    const session = await counter.open();
    const { receipt } = await counter.sell(session, { lot: printed('2027-06-30') });
    expect(receipt).toMatchObject({ verdict: 'flagged', codes: ['below_zero'] });
    expect(counter.all('lot').find(({ lotText }) => lotText === 'Ab12')).toMatchObject({
      expiryOn: '2027-06-30',
      onHandUnits: -10,
    });
  });

  test('[I3] the same text with two expiries is two lots and a warning', async () => {
    const counter = new TestCounter();
    const session = await counter.open();
    await counter.sell(session, { lot: printed('2027-06-30') });
    const { receipt } = await counter.sell(session, { lot: printed('2027-07-31') });
    expect(receipt.codes).toEqual(['below_zero', 'lot_text_two_expiries']);
    expect(counter.all('lot').filter(({ lotText }) => lotText === 'Ab12')).toHaveLength(2);
  });
});
