/**
 * Coins and notes as dated data, keyed by currency, kind and value: 500 XOF is a coin and a note, and so are 10 and 20 INR [M3].
 */
import { z } from 'zod';
import { type Currency, currencySchema, sumMinor } from '../money.ts';
import { err, ok, type Result } from '../result.ts';

export const denominationKindSchema = z.enum(['coin', 'note']);
export type DenominationKind = z.infer<typeof denominationKindSchema>;

/** `issued` is made and used; `accepted` is no longer made but still taken; `withdrawn` is no longer taken. */
export type DenominationState = 'issued' | 'accepted' | 'withdrawn';

/** One coin or note. `changes` lists what became of it after being issued, oldest first. */
export interface Denomination {
  readonly currency: Currency;
  readonly kind: DenominationKind;
  readonly valueMinor: number;
  readonly changes: readonly { readonly fromOn: string; readonly state: DenominationState }[];
}

/** How many of one coin or note were counted: zero is a count. */
export const denominationCountSchema = z.strictObject({
  kind: denominationKindSchema,
  valueMinor: z.int().positive(),
  count: z.int().nonnegative().max(1_000_000),
});
export type DenominationCount = z.infer<typeof denominationCountSchema>;

const TABLE: Record<Currency, { readonly coins: readonly number[]; readonly notes: readonly number[] }> = {
  EUR: { coins: [1, 2, 5, 10, 20, 50, 100, 200], notes: [500, 1000, 2000, 5000, 10_000, 20_000, 50_000] },
  USD: { coins: [1, 5, 10, 25, 50, 100], notes: [100, 200, 500, 1000, 2000, 5000, 10_000] },
  GBP: { coins: [1, 2, 5, 10, 20, 50, 100, 200], notes: [500, 1000, 2000, 5000] },
  CHF: { coins: [5, 10, 20, 50, 100, 200, 500], notes: [1000, 2000, 5000, 10_000, 20_000, 100_000] },
  XOF: { coins: [1, 5, 10, 25, 50, 100, 200, 250, 500], notes: [500, 1000, 2000, 5000, 10_000] },
  MAD: { coins: [10, 20, 50, 100, 200, 500, 1000], notes: [2000, 5000, 10_000, 20_000] },
  INR: { coins: [100, 200, 500, 1000, 2000], notes: [1000, 2000, 5000, 10_000, 20_000, 50_000, 200_000] },
  TND: { coins: [], notes: [] },
};

/** Notes that stopped being issued but are taken: EUR 500 since 27 April 2019, INR 2000 since 19 May 2023. */
const CHANGES: Readonly<Record<string, Denomination['changes']>> = {
  'EUR note 50000': [{ fromOn: '2019-04-27', state: 'accepted' }],
  'INR note 200000': [{ fromOn: '2023-05-19', state: 'accepted' }],
};

/** Every known denomination: by currency, notes before coins, largest first, as a drawer is counted. TND has no table yet. */
export const DENOMINATIONS: readonly Denomination[] = currencySchema.options.flatMap((currency) => [
  ...denominationsOfKind(currency, 'note', TABLE[currency].notes),
  ...denominationsOfKind(currency, 'coin', TABLE[currency].coins),
]);

function denominationsOfKind(currency: Currency, kind: DenominationKind, values: readonly number[]): Denomination[] {
  return values
    .map((valueMinor) => ({ currency, kind, valueMinor, changes: CHANGES[`${currency} ${kind} ${valueMinor}`] ?? [] }))
    .toReversed();
}

/** The key of a denomination inside its currency: `note:500`. Value alone is ambiguous [M3]. */
export function denominationKey(denomination: { readonly kind: DenominationKind; readonly valueMinor: number }): string {
  return `${denomination.kind}:${denomination.valueMinor}`;
}

/** The state of a denomination on a date (`YYYY-MM-DD`). Source: M3. */
export function denominationStateOn(denomination: Denomination, on: string): DenominationState {
  return denomination.changes.findLast((change) => change.fromOn <= on)?.state ?? 'issued';
}

/** What a counting pad offers on a date: issued and accepted, notes before coins, largest first. Empty where no table is known. */
export function countableDenominations(currency: Currency, on: string): Denomination[] {
  return DENOMINATIONS.filter((one) => one.currency === currency && denominationStateOn(one, on) !== 'withdrawn');
}

/** Why counts by denomination have no sum; names the first offending one. */
export interface SumDenominationsError {
  readonly code: 'unknown_denomination' | 'repeated_denomination' | 'count_not_whole';
  readonly kind: DenominationKind;
  readonly valueMinor: number;
}

/**
 * Σ value × count in minor units; 0 for no counts. A withdrawn coin still counts: it is in the drawer. Errors, first offending row
 * first, in order of precedence: unknown_denomination, repeated_denomination (same kind and value twice: a slip of the pad, never
 * added up silently), count_not_whole (negative or fractional). Source: M3.
 */
export function sumDenominations(
  currency: Currency,
  counts: readonly DenominationCount[],
): Result<number, SumDenominationsError> {
  const known = new Set(DENOMINATIONS.filter((one) => one.currency === currency).map(denominationKey));
  const seen = new Set<string>();
  for (const { kind, valueMinor, count } of counts) {
    const key = denominationKey({ kind, valueMinor });
    if (!known.has(key)) return err({ code: 'unknown_denomination', kind, valueMinor });
    if (seen.has(key)) return err({ code: 'repeated_denomination', kind, valueMinor });
    if (!Number.isSafeInteger(count) || count < 0) return err({ code: 'count_not_whole', kind, valueMinor });
    seen.add(key);
  }
  return ok(sumMinor(counts.map(({ valueMinor, count }) => valueMinor * count)));
}
