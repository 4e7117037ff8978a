import { expect } from 'vitest';
import { netByMethod } from '#schema/domain/cash-posting.ts';
import type { RecordBody, RecordKind } from '#schema/records/registry.ts';
import type { MemoryRecords } from './memory-tenant.ts';

/**
 * What holds of the books in any order of arrival: on hand is what the base had plus every movement since; what a count booked is the sum of
 * its COUNT movements; a session's totals are the sum of its ledger; Z reports are numbered without gap and chained; no session is closed
 * without its Z.
 */
export function checkBooks(base: MemoryRecords, now: MemoryRecords): void {
  checkStock(base, now);
  checkCash(now);
  checkReports(now);
}

function checkStock(base: MemoryRecords, now: MemoryRecords): void {
  const before = new Map(bodiesOf(base, 'lot').map((lot) => [lot.id, lot.onHandUnits]));
  const past = new Set(bodiesOf(base, 'stockMovement').map(({ id }) => id));
  const movements = bodiesOf(now, 'stockMovement');
  for (const lot of bodiesOf(now, 'lot')) {
    const moved = movements.filter(({ id, lotId }) => lotId === lot.id && !past.has(id));
    const units = (before.get(lot.id) ?? 0) + moved.reduce((sum, movement) => sum + movement.units, 0);
    expect(lot.onHandUnits, `on hand of ${lot.id} is the sum of its movements`).toBe(units);
  }
  for (const line of bodiesOf(now, 'stockCountLine')) {
    const booked = movements.filter(({ type, refId }) => type === 'COUNT' && refId === line.id);
    expect(line.postedUnits, `${line.id} booked what its movements say`).toBe(booked.reduce((sum, one) => sum + one.units, 0));
    if (line.postedAt !== null && line.status !== 'superseded') expect(line.postedUnits).toBe(line.varianceUnits);
  }
}

function checkCash(now: MemoryRecords): void {
  const movements = bodiesOf(now, 'cashMovement');
  for (const totals of bodiesOf(now, 'cashTotals')) {
    const ledger = netByMethod(movements.filter(({ sessionId }) => sessionId === totals.id));
    const expected = netByMethod(totals.methods.map(({ methodId, expectedMinor }) => ({ methodId, amountMinor: expectedMinor })));
    expect(byMethod(expected), `totals of ${totals.id} are the sum of its ledger`).toEqual(byMethod(ledger));
  }
}

function checkReports(now: MemoryRecords): void {
  const reports = bodiesOf(now, 'zReport');
  for (const till of bodiesOf(now, 'till')) {
    const own = reports.filter(({ tillId }) => tillId === till.id).toSorted((a, b) => a.number - b.number);
    expect(own.map(({ number }) => number)).toEqual(own.map((_, index) => index + 1));
    expect(own.map(({ prevHash }) => prevHash)).toEqual([null, ...own.map(({ hash }) => hash)].slice(0, own.length));
    expect(till).toMatchObject({ skippedZNumbers: [], lastZNumber: own.length, lastZHash: own.at(-1)?.hash ?? null });
  }
  const closed = bodiesOf(now, 'cashSession').filter(({ status }) => status === 'closed' || status === 'reconciled');
  expect(reports.map(({ id }) => id).toSorted()).toEqual(closed.map(({ id }) => id).toSorted());
}

function byMethod(lines: readonly { readonly methodId: string; readonly amountMinor: number }[]) {
  return lines.toSorted((a, b) => (a.methodId < b.methodId ? -1 : 1));
}

function bodiesOf<Kind extends RecordKind>(records: MemoryRecords, kind: Kind): RecordBody<Kind>[] {
  return [...records.entries()].flatMap(([, stored]) => (stored.kind === kind ? [stored.body as RecordBody<Kind>] : []));
}
