/** Variance of a count against the books, per payment method, and who has to look at it [C5][C8]. */
import { z } from 'zod';
import { assert } from '../assert.ts';
import { type Currency, minorPerMajor, nonNegativeMinorSchema } from '../money.ts';
import { addDays } from '../time.ts';
import { isCountedNature, type PaymentNature } from './payment-nature.ts';

/** What a variance asks for, mildest first. Source: C8. */
export const VARIANCE_CLASSES = ['accept', 'reason_and_manager', 'manager_and_second_person'] as const;
export const varianceClassSchema = z.enum(VARIANCE_CLASSES);
export type VarianceClass = z.infer<typeof varianceClassSchema>;

/** Class boundaries of a shop in minor units, both inclusive; anything above `reasonUpToMinor` needs a second person. Source: C8. */
export const varianceLimitsSchema = z
  .strictObject({ acceptUpToMinor: nonNegativeMinorSchema, reasonUpToMinor: nonNegativeMinorSchema })
  .refine((limits) => limits.acceptUpToMinor <= limits.reasonUpToMinor, {
    path: ['reasonUpToMinor'],
    message: 'must not lie below acceptUpToMinor',
  });
export type VarianceLimits = z.infer<typeof varianceLimitsSchema>;

/** 2.00 of each currency would be no coin at all in XOF, so each starts from an amount of like weight. A shop changes it. */
const ACCEPT_UP_TO_MAJOR: Record<Currency, number> = { EUR: 2, USD: 2, GBP: 2, CHF: 2, XOF: 1000, MAD: 20, INR: 200, TND: 5 };

/** The limits a shop starts with: 2.00 and 20.00 for EUR, USD, GBP and CHF [C8]; amounts of like weight elsewhere. */
export function defaultVarianceLimits(currency: Currency): VarianceLimits {
  const acceptUpToMinor = ACCEPT_UP_TO_MAJOR[currency] * minorPerMajor(currency);
  return { acceptUpToMinor, reasonUpToMinor: acceptUpToMinor * 10 };
}

/** The class of a variance; surplus and shortage weigh the same. Source: C8. */
export function classifyVariance(varianceMinor: number, limits: VarianceLimits): VarianceClass {
  const magnitudeMinor = Math.abs(varianceMinor);
  if (magnitudeMinor <= limits.acceptUpToMinor) return 'accept';
  return magnitudeMinor <= limits.reasonUpToMinor ? 'reason_and_manager' : 'manager_and_second_person';
}

/** The strictest of some classes; `accept` for none. */
export function strictestVarianceClass(classes: Iterable<VarianceClass>): VarianceClass {
  let strictest = 0;
  for (const one of classes) strictest = Math.max(strictest, VARIANCE_CLASSES.indexOf(one));
  return VARIANCE_CLASSES[strictest] ?? 'accept';
}

/** One method at a close: what the books expect and what was counted or read from the terminal; null = left blank, which is not zero. */
export interface MethodFigures {
  readonly methodId: string;
  readonly nature: PaymentNature;
  readonly expectedMinor: number;
  readonly countedMinor: number | null;
}

/** A method's variance in minor units; null with class null when it is never counted by nature, or was left blank. */
export interface MethodVariance extends MethodFigures {
  readonly varianceMinor: number | null;
  readonly varianceClass: VarianceClass | null;
}

/** variance = counted − expected of one method [C8]. Receivables and liabilities have none here: claims are compared elsewhere [C5]. */
export function computeMethodVariance(method: MethodFigures, limits: VarianceLimits): MethodVariance {
  if (method.countedMinor === null || !isCountedNature(method.nature)) {
    return { ...method, varianceMinor: null, varianceClass: null };
  }
  const varianceMinor = method.countedMinor - method.expectedMinor;
  return { ...method, varianceMinor, varianceClass: classifyVariance(varianceMinor, limits) };
}

/** `computeMethodVariance` for every method, in the given order. Methods are never netted against each other. Source: C5, C8. */
export function computeVariances(methods: readonly MethodFigures[], limits: VarianceLimits): MethodVariance[] {
  assert(new Set(methods.map((method) => method.methodId)).size === methods.length, 'a method may appear once');
  return methods.map((method) => computeMethodVariance(method, limits));
}

const SHORTAGES_FLAGGED_FROM = 3;
const SHORTAGE_WINDOW_DAYS = 30;

/**
 * Whether one cashier's closes show three shortages in the 30 days ending with `on`, that day included. Closes within the accepted
 * class count as no shortage, else every centime would. Source: C8.
 */
export function hasRepeatedShortages(
  closes: readonly { readonly businessOn: string; readonly varianceMinor: number }[],
  on: string,
  limits: VarianceLimits,
): boolean {
  const fromOn = addDays(on, 1 - SHORTAGE_WINDOW_DAYS);
  const shortages = closes.filter(
    (close) =>
      close.businessOn >= fromOn &&
      close.businessOn <= on &&
      close.varianceMinor < 0 &&
      classifyVariance(close.varianceMinor, limits) !== 'accept',
  );
  return shortages.length >= SHORTAGES_FLAGGED_FROM;
}
