import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildZReport, findZReportMismatches, type PreviousZ, type ZReportInput, zReportBodySchema } from './z-report.ts';

const aSession = (over: Partial<ZReportInput> = {}): ZReportInput => ({
  tillId: 'till-1',
  sessionId: 'session-1',
  currency: 'EUR',
  businessOn: '2026-11-24',
  openedAt: 1_000,
  closedAt: 2_000,
  closedBy: 'member-1',
  selfApproval: false,
  provisionalLabel: 'P-T2-12',
  deviceChainHash: 'ab12',
  firstDocument: 'T2-147',
  lastDocument: 'T2-160',
  sales: { count: 12, amountMinor: 42_003 },
  refunds: { count: 1, amountMinor: 1_500 },
  voids: { count: 0, amountMinor: 0 },
  methods: [
    { methodId: 'cash', nature: 'countable', salesMinor: 30_005, refundsMinor: 1_500 },
    { methodId: 'card', nature: 'statement', salesMinor: 12_000, refundsMinor: 0 },
  ],
  vatTotals: [
    { vatRateBp: 2000, grossMinor: 30_000, netMinor: 25_000, vatMinor: 5_000 },
    { vatRateBp: 210, grossMinor: 10_503, netMinor: 10_287, vatMinor: 216 },
  ],
  movements: [
    { type: 'SALE', count: 12, amountMinor: 30_003 },
    { type: 'FLOAT', count: 1, amountMinor: 15_000 },
  ],
  roundingMinor: 2,
  attempts: [
    {
      attempt: 1,
      countedBy: 'member-1',
      countedAt: 1_900,
      isBlind: true,
      methods: [{ methodId: 'cash', expectedMinor: 43_505, countedMinor: 43_005, varianceMinor: -500 }],
    },
  ],
  ...over,
});

test('[C11] the first Z is number 1, without a previous hash', () => {
  const body = buildZReport(aSession(), null);
  expect(body).toMatchObject({
    number: 1,
    prevHash: null,
    grandTotals: { salesMinor: 42_003, refundsMinor: 1_500, documentCount: 13 },
  });
  expect(zReportBodySchema.parse(body)).toEqual(body);
});

test('[C11] the next Z follows the previous one: number, grand totals and hash', () => {
  const previous: PreviousZ = {
    number: 41,
    hash: 'cd34',
    grandTotals: { salesMinor: 1_000_000, refundsMinor: 20_000, documentCount: 900 },
  };
  expect(buildZReport(aSession(), previous)).toMatchObject({
    number: 42,
    prevHash: 'cd34',
    grandTotals: { salesMinor: 1_042_003, refundsMinor: 21_500, documentCount: 913 },
  });
});

test('[C11] over any run of sessions numbers have no gap and grand totals are the sum of all Zs', () => {
  const session = fc.record({ sales: fc.nat({ max: 1_000_000 }), refunds: fc.nat({ max: 10_000 }) });
  fc.assert(
    fc.property(fc.array(session, { minLength: 1, maxLength: 20 }), (sessions) => {
      let previous: PreviousZ | null = null;
      for (const [index, { sales, refunds }] of sessions.entries()) {
        const input = aSession({ sales: { count: 1, amountMinor: sales }, refunds: { count: 0, amountMinor: refunds } });
        const body = buildZReport(input, previous);
        expect(body.number).toBe(index + 1);
        previous = { number: body.number, hash: `hash-${body.number}`, grandTotals: body.grandTotals };
      }
      expect(previous?.grandTotals.salesMinor).toBe(sessions.reduce((sum, one) => sum + one.sales, 0));
      expect(previous?.grandTotals.documentCount).toBe(sessions.length);
    }),
  );
});

test('[C11] the same session gives the same bytes in whatever order its lists come', () => {
  const input = aSession();
  const shuffled = aSession({
    methods: input.methods.toReversed(),
    vatTotals: input.vatTotals.toReversed(),
    movements: input.movements.toReversed(),
  });
  expect(JSON.stringify(buildZReport(shuffled, null))).toBe(JSON.stringify(buildZReport(input, null)));
});

test('[C11] totals that do not fit each other are named, and do not stop the Z', () => {
  expect(findZReportMismatches(aSession())).toEqual([]);
  expect(findZReportMismatches(aSession({ vatTotals: [] }))).toEqual(['vat_differs_from_turnover']);
  expect(findZReportMismatches(aSession({ roundingMinor: 0 }))).toEqual(['methods_differ_from_turnover']);
});
