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
