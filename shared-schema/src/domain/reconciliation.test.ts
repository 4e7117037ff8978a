import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  computeOpenByMethod,
  RESOLUTION_TYPES,
  type ReconciliationStep,
  reconciliationStepSchema,
  sumMethodReclassMinor,
} from './reconciliation.ts';

const openOf = (...args: Parameters<typeof computeOpenByMethod>) =>
  computeOpenByMethod(...args).map(({ openMinor }) => openMinor);
const step = (over: Partial<ReconciliationStep>): ReconciliationStep => ({
  type: 'OTHER',
  methodId: 'cash',
  amountMinor: 0,
  target: 'explained',
  note: '',
  ...over,
});

test('[C10] a shortage of 7.50: a missing receipt explains 5.00, 2.50 is written off', () => {
  const variances = [{ methodId: 'cash', varianceMinor: -750 }];
  const receipt = step({ type: 'MISSING_RECEIPT', amountMinor: -500, target: 'expected' });
  const writeOff = step({ type: 'WRITE_OFF', amountMinor: -250, target: 'written_off' });
  expect(computeOpenByMethod(variances, [receipt])).toEqual([
    { methodId: 'cash', varianceMinor: -750, expectedChangeMinor: -500, explainedMinor: 0, writtenOffMinor: 0, openMinor: -250 },
  ]);
  expect(openOf(variances, [receipt])).toEqual([-250]);
  expect(openOf(variances, [receipt, writeOff])).toEqual([0]);
});

test('[C10] a recount accounts for the difference of the two variances', () => {
  const recount = step({ type: 'RECOUNT', amountMinor: -750 });
  expect(openOf([{ methodId: 'cash', varianceMinor: -750 }], [recount])).toEqual([0]);
});

test('[C10] a reclassification sums to zero over the methods, and is not reconciled with one side missing', () => {
  const variances = [
    { methodId: 'cash', varianceMinor: -2000 },
    { methodId: 'card', varianceMinor: 2000 },
  ];
  const fromCash = step({ type: 'METHOD_RECLASS', methodId: 'cash', amountMinor: -2000 });
  const toCard = step({ type: 'METHOD_RECLASS', methodId: 'card', amountMinor: 2000 });
  expect(openOf(variances, [])).toEqual([-2000, 2000]);
  expect(openOf(variances, [fromCash, toCard])).toEqual([0, 0]);
  expect(sumMethodReclassMinor([fromCash, toCard])).toBe(0);
  // Nothing is open in any method, and yet one side of the reclassification is missing.
  expect(sumMethodReclassMinor([fromCash, step({ methodId: 'card', amountMinor: 2000 })])).toBe(-2000);
});

test('[C10] over-explaining is open too, also in a method that had no variance', () => {
  expect(computeOpenByMethod([], [step({ methodId: 'voucher', amountMinor: 100 })])).toMatchObject([
    { methodId: 'voucher', varianceMinor: 0, openMinor: -100 },
  ]);
  expect(openOf([{ methodId: 'cash', varianceMinor: -750 }], [step({ amountMinor: -800 })])).toEqual([50]);
});

test('[C10] variance = Σ by target + open for every method, whatever the steps', () => {
  const method = fc.constantFrom('cash', 'card', 'cheque');
  const amount = fc.integer({ min: -100_000, max: 100_000 });
  const steps = fc.array(
    fc.record({
      type: fc.constantFrom(...RESOLUTION_TYPES),
      methodId: method,
      amountMinor: amount,
      target: fc.constantFrom('expected' as const, 'explained' as const, 'written_off' as const),
      note: fc.string(),
    }),
  );
  const variances = fc.uniqueArray(fc.record({ methodId: method, varianceMinor: amount }), { selector: (one) => one.methodId });
  fc.assert(
    fc.property(variances, steps, (variances, steps) => {
      for (const one of computeOpenByMethod(variances, steps)) {
        const accounted = steps.filter((step) => step.methodId === one.methodId).reduce((sum, step) => sum + step.amountMinor, 0);
        expect(one.openMinor).toBe(one.varianceMinor - accounted);
        expect(one.expectedChangeMinor + one.explainedMinor + one.writtenOffMinor + one.openMinor).toBe(one.varianceMinor);
      }
    }),
  );
});

test('a step with an unknown key, type or fraction is refused', () => {
  expect(reconciliationStepSchema.safeParse(step({ evidence: 'receipt 12' })).success).toBe(true);
  expect(reconciliationStepSchema.safeParse({ ...step({}), extra: 1 }).success).toBe(false);
  expect(reconciliationStepSchema.safeParse({ ...step({}), type: 'FORGET' }).success).toBe(false);
  expect(reconciliationStepSchema.safeParse(step({ amountMinor: 0.5 })).success).toBe(false);
});
