import { expect, test } from 'vitest';
import type { Sale } from '#schema/records/sale.ts';
import { sumDay } from './day-figures.ts';

const hourOf = (atMs: number) => new Date(atMs).getUTCHours();

function aSale(at: string, totalMinor: number, businessOn = '2026-11-23'): Sale {
  return {
    id: at,
    sessionId: 's',
    tillId: 't',
    ticketNo: 'T1-1',
    occurredAt: Date.parse(at),
    businessOn,
    actorId: 'ana',
    deviceId: 'aaaaaaaaaa01',
    n: 1,
    late: false,
    lines: [],
    payments: [],
    vat: [],
    totalMinor,
    roundingMinor: 0,
    changeMinor: 0,
  };
}

test('the day sums its own tickets by hour, quiet hours included', () => {
  const sales = [
    aSale('2026-11-23T09:10:00Z', 1_000),
    aSale('2026-11-23T09:50:00Z', 501),
    aSale('2026-11-23T11:00:00Z', 2_000),
    aSale('2026-11-22T11:00:00Z', 9_999, '2026-11-22'),
  ];
  expect(sumDay(sales, '2026-11-23', hourOf)).toEqual({
    turnoverMinor: 3_501,
    tickets: 3,
    averageMinor: 1_167,
    hours: [
      { hour: 9, turnoverMinor: 1_501, tickets: 2 },
      { hour: 10, turnoverMinor: 0, tickets: 0 },
      { hour: 11, turnoverMinor: 2_000, tickets: 1 },
    ],
  });
});

test('[C13] a ticket after midnight belongs to the business day it was sold on', () => {
  expect(sumDay([aSale('2026-11-24T00:30:00Z', 700)], '2026-11-23', hourOf)).toMatchObject({ tickets: 1, turnoverMinor: 700 });
});

test('a day without tickets has no average and no bars', () => {
  expect(sumDay([], '2026-11-23', hourOf)).toEqual({ turnoverMinor: 0, tickets: 0, averageMinor: null, hours: [] });
});
