import { cleanup, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { StockCountLine } from '#schema/records/stock-count.ts';
import { anItem } from '../../testing/an-item.ts';
import { FAKE_NOW, FakeWorkspace } from '../../testing/fake-workspace.ts';
import { renderScreen } from '../../testing/render-screen.tsx';
import { CountSummary } from './count-summary.tsx';

afterEach(cleanup);

function aLine(changes: Partial<StockCountLine>): StockCountLine {
  return {
    id: 'line-1',
    countId: 'count-1',
    itemId: 'item-1',
    lotId: 'lot-1',
    countedUnits: 8,
    countedAt: FAKE_NOW,
    uncertaintyMs: 0,
    deviceId: 'aaaaaaaaaa02',
    n: 1,
    countedBy: 'ana',
    bookUnits: 16,
    varianceUnits: 0,
    postedUnits: 0,
    rebasedUnits: 0,
    movedUnits: 0,
    movedCount: 0,
    earlierCounts: [],
    status: 'counted',
    approvedBy: null,
    approvedAt: null,
    approvedUnits: null,
    postedAt: null,
    ...changes,
  };
}

test('[I7] a manager reads what differs, what it is worth, and what moved while it was counted', async () => {
  const workspace = new FakeWorkspace('manager');
  workspace.put('item', anItem());
  workspace.put('item', anItem({ id: 'item-2', packPriceMinor: null }));
  renderScreen(
    <CountSummary
      lines={[
        aLine({ varianceUnits: -8 }),
        aLine({ id: 'line-2', itemId: 'item-2', varianceUnits: 3, movedCount: 2 }),
        aLine({ id: 'line-3', status: 'recount' }),
        aLine({ id: 'line-4', status: 'superseded', varianceUnits: 99 }),
      ]}
    />,
    workspace,
  );
  expect(
    await screen.findByText(
      '3 lines, 2 different · difference -€1.25, -5 units · 1 of them without a price · 1 to count again · 1 product moved while you counted',
    ),
  ).toBeTruthy();
});
