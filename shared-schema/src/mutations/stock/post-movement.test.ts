import { describe, expect, test } from 'vitest';
import type { Lot } from '../../records/lot.ts';
import type { StockCountLine } from '../../records/stock-count.ts';
import { TABLET_1, TABLET_2, TestTenant } from '../../testing/test-tenant.ts';

const HOUR = 3_600_000;
const T = Date.UTC(2026, 10, 23, 12);

function aLot(more: Partial<Lot> = {}): Lot {
  return {
    id: 'lot',
    itemId: 'item',
    lotText: 'L1',
    expiryOn: '2027-06-30',
    status: 'usable',
    onHandUnits: 10,
    firstReceivedAt: 0,
    lastCount: null,
    edits: [],
    ...more,
  };
}

/** Counted 8 at noon on tablet 1 while the book said 10. */
function aLine(more: Partial<StockCountLine> = {}): StockCountLine {
  return {
    id: 'line',
    countId: 'count',
    itemId: 'item',
    lotId: 'lot',
    countedUnits: 8,
    bookUnits: 10,
    varianceUnits: -2,
    postedUnits: 0,
    movedUnits: 0,
    movedCount: 0,
    rebasedUnits: 0,
    countedAt: T,
    uncertaintyMs: 60_000,
    deviceId: TABLET_1,
    n: 5,
    countedBy: 'pia',
    status: 'counted',
    earlierCounts: [],
    postedAt: null,
    approvedBy: null,
    approvedAt: null,
    approvedUnits: null,
    ...more,
  };
}

function counted(line: StockCountLine, onHandUnits: number): TestTenant {
  const tenant = new TestTenant();
  const { deviceId, n, countedAt: at, uncertaintyMs } = line;
  tenant.put('lot', aLot({ onHandUnits, lastCount: { lineId: 'line', at, uncertaintyMs, deviceId, n } }));
  tenant.put('stockCountLine', line);
  return tenant;
}

const lost = (units: number) => ({ itemId: 'item', lotId: 'lot', type: 'ADJUST', units, reason: 'found' });

describe('[I6] on hand', () => {
  test('[I6] goes below zero and is flagged, never clamped', async () => {
    const tenant = new TestTenant();
    tenant.put('lot', aLot({ onHandUnits: 1 }));
    const { receipt } = await tenant.act('stock.adjust', { ...lost(3), type: 'WASTE' });
    expect(receipt).toMatchObject({ verdict: 'flagged', codes: ['below_zero'], details: { below_zero: ['lot'] } });
    expect(tenant.get('lot', 'lot')?.onHandUnits).toBe(-2);
    expect(tenant.all('exception')[0]).toMatchObject({ units: -2, aboutKind: 'lot', aboutId: 'lot' });
  });

  test('[I6] a movement that brings a negative book up is not flagged again', async () => {
    const tenant = new TestTenant();
    tenant.put('lot', aLot({ onHandUnits: -5 }));
    expect((await tenant.act('stock.adjust', lost(2))).receipt.codes).toEqual([]);
  });

  test('a lot nobody knows gets a stand-in, the movement is kept', async () => {
    const tenant = new TestTenant();
    const { receipt } = await tenant.act('stock.adjust', lost(4));
    expect(receipt.codes).toEqual(['lot_stand_in']);
    expect(tenant.get('lot', 'lot')).toMatchObject({ itemId: 'item', lotText: 'UNKNOWN', onHandUnits: 4 });
  });
});

describe('[I7] a movement and the last count of its lot', () => {
  test('[I7] from before an unposted count: its book moves, the variance becomes 0', async () => {
    const tenant = counted(aLine(), 10);
    await tenant.act('stock.adjust', lost(-2), { deviceId: TABLET_2, occurredAt: T - HOUR });
    expect(tenant.get('lot', 'lot')?.onHandUnits).toBe(8);
    expect(tenant.get('stockCountLine', 'line')).toMatchObject({
      bookUnits: 8,
      varianceUnits: 0,
      rebasedUnits: -2,
      movedCount: 0,
    });
  });

  test('[I7] case 14: from before a posted count: compensated, on hand stays', async () => {
    const tenant = counted(
      aLine({ status: 'posted', postedUnits: -2, postedAt: T + 1, approvedBy: 'max', approvedAt: T + 1, approvedUnits: -2 }),
      8,
    );
    const { receipt } = await tenant.act('stock.adjust', lost(-2), { deviceId: TABLET_2, occurredAt: T - HOUR });
    expect(receipt.verdict).toBe('applied');
    expect(tenant.get('lot', 'lot')?.onHandUnits).toBe(8);
    expect(tenant.get('stockCountLine', 'line')).toMatchObject({ varianceUnits: 0, postedUnits: 0, status: 'posted' });
    expect(tenant.all('stockMovement')).toMatchObject([
      { type: 'ADJUST', units: -2, occurredAt: T - HOUR },
      { type: 'COUNT', units: 2, occurredAt: T, refKind: 'stockCountLine', refId: 'line' },
    ]);
  });

  test('case 14: an approved difference that grows comes back to the manager', async () => {
    const tenant = counted(
      aLine({ status: 'posted', postedUnits: -2, postedAt: T + 1, approvedBy: 'max', approvedAt: T + 1, approvedUnits: -2 }),
      8,
    );
    const { receipt } = await tenant.act('stock.adjust', lost(5), { deviceId: TABLET_2, occurredAt: T - HOUR });
    expect(receipt).toMatchObject({ verdict: 'flagged', codes: ['posted_count_rebased'] });
    expect(tenant.get('lot', 'lot')?.onHandUnits).toBe(8);
  });

  test('[I7] from after an unposted count: part of on hand, and the line says that it moved', async () => {
    const tenant = counted(aLine(), 10);
    await tenant.act('stock.adjust', lost(-3), { deviceId: TABLET_2, occurredAt: T + HOUR });
    expect(tenant.get('lot', 'lot')?.onHandUnits).toBe(7);
    expect(tenant.get('stockCountLine', 'line')).toMatchObject({ varianceUnits: -2, movedUnits: -3, movedCount: 1 });
  });

  test('[I7] one device is ordered by number, whatever its clock says', async () => {
    const tenant = counted(aLine(), 10);
    await tenant.act('stock.adjust', lost(-1), { n: 6, occurredAt: T - HOUR });
    expect(tenant.get('stockCountLine', 'line')).toMatchObject({ varianceUnits: -2, movedUnits: -1 });
  });

  test('[I7] case 32: what cannot be put before or after asks for a recount', async () => {
    const tenant = counted(aLine(), 10);
    const { receipt } = await tenant.act('stock.adjust', lost(-1), { deviceId: TABLET_2, occurredAt: T + 90_000 });
    expect(receipt.codes).toEqual(['recount_needed']);
    expect(tenant.get('stockCountLine', 'line')?.status).toBe('recount');
    const unknown = counted(aLine(), 10);
    const at = { deviceId: TABLET_2, occurredAt: T + 3 * HOUR, uncertaintyMs: null };
    expect((await unknown.act('stock.adjust', lost(-1), at)).receipt.codes).toEqual(['recount_needed']);
  });
});
