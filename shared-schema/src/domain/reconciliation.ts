/**
 * Explaining the variances of a closed session step by step [C10]. The variance of the accepted count stays frozen; each step accounts
 * for a signed part of it, and the session is reconciled when nothing is left open in any method. Methods are never netted.
 */
import { z } from 'zod';
import { minorSchema, sumMinor } from '../money.ts';

/** Every way to account for a variance. `LATE_ARRIVAL` is appended by itself when an event comes after the close [C15]. */
export const RESOLUTION_TYPES = [
  'RECOUNT',
  'MISSING_RECEIPT',
  'WRONG_CHANGE',
  'TILL_TRANSFER',
  'METHOD_RECLASS',
  'UNRECORDED_DROP',
  'FLOAT_ERROR',
  'COUNTERFEIT',
  'WRITE_OFF',
  'OTHER',
  'LATE_ARRIVAL',
] as const;
export const resolutionTypeSchema = z.enum(RESOLUTION_TYPES);
export type ResolutionType = z.infer<typeof resolutionTypeSchema>;

/** `expected`: the books were wrong, the expectation moves. `explained`: the reason is known. `written_off`: the shop bears it. */
export const resolutionTargetSchema = z.enum(['expected', 'explained', 'written_off']);
export type ResolutionTarget = z.infer<typeof resolutionTargetSchema>;

/**
 * One step. `amountMinor` is the signed part of the variance it accounts for: a receipt of 7.50 that explains a shortage of 7.50 is
 * −750; a recount that finds 7.50 more than before is −750 too (old variance − new variance). `evidence` names a paper or picture.
 */
export const reconciliationStepSchema = z.strictObject({
  type: resolutionTypeSchema,
  methodId: z.string().min(1).max(200),
  amountMinor: minorSchema,
  target: resolutionTargetSchema,
  note: z.string().max(2000),
  evidence: z.string().min(1).max(2000).optional(),
});
export type ReconciliationStep = z.infer<typeof reconciliationStepSchema>;

/** Where one method stands, in minor units: variance = expectedChange + explained + writtenOff + open. */
export interface MethodReconciliation {
  readonly methodId: string;
  readonly varianceMinor: number;
  readonly expectedChangeMinor: number;
  readonly explainedMinor: number;
  readonly writtenOffMinor: number;
  readonly openMinor: number;
}

/**
 * Where every method stands: those with a variance in the given order, then methods only steps name (variance 0). For each,
 * variance = Σ steps by target + open. Source: C10.
 */
export function computeOpenByMethod(
  variances: readonly { readonly methodId: string; readonly varianceMinor: number }[],
  steps: readonly Pick<ReconciliationStep, 'methodId' | 'amountMinor' | 'target'>[],
): MethodReconciliation[] {
  const methodIds = new Set([...variances.map((one) => one.methodId), ...steps.map((step) => step.methodId)]);
  return [...methodIds].map((methodId) => {
    const varianceMinor = sumMinor(variances.filter((one) => one.methodId === methodId).map((one) => one.varianceMinor));
    const towards = (target: ResolutionTarget) =>
      sumMinor(steps.filter((step) => step.methodId === methodId && step.target === target).map((step) => step.amountMinor));
    const expectedChangeMinor = towards('expected');
    const explainedMinor = towards('explained');
    const writtenOffMinor = towards('written_off');
    const openMinor = varianceMinor - expectedChangeMinor - explainedMinor - writtenOffMinor;
    return { methodId, varianceMinor, expectedChangeMinor, explainedMinor, writtenOffMinor, openMinor };
  });
}

/** Σ of the `METHOD_RECLASS` steps over all methods; anything but 0 means that one side of a reclassification is missing. Source: C10. */
export function sumMethodReclassMinor(steps: readonly Pick<ReconciliationStep, 'type' | 'amountMinor'>[]): number {
  return sumMinor(steps.filter((step) => step.type === 'METHOD_RECLASS').map((step) => step.amountMinor));
}
