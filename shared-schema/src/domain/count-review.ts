/** What a manager reads above a count's lines before approving. */
import { sumMinor } from '../money.ts';
import { sumUnits } from '../quantity.ts';
import { computeLineAmountMinor } from './line-amount.ts';

/** A count line as far as the review goes; base units. */
export interface ReviewedLine {
  readonly itemId: string;
  readonly status: 'counted' | 'third_count' | 'undecided' | 'recount' | 'posted' | 'superseded';
  readonly varianceUnits: number;
  readonly movedCount: number;
  readonly rebasedUnits: number;
}

/** An item's price as far as the review goes; null when nobody set one. */
export interface ReviewedItem {
  readonly packPriceMinor: number | null;
  readonly unitsPerPack: number;
}

/** The review. Superseded lines are history and count nowhere. */
export interface CountReview {
  readonly lineCount: number;
  /** Waiting for approval, `undecided` ones included. */
  readonly toApproveCount: number;
  /** Asked to be counted again, by a person or a third count. */
  readonly toRecountCount: number;
  readonly postedCount: number;
  /** Lines whose count and book differ. */
  readonly differentCount: number;
  /** Σ of surpluses and Σ of shortages (not positive), base units. */
  readonly surplusUnits: number;
  readonly shortageUnits: number;
  /** Net difference at sale prices, minor units; items without price are left out and counted in `unpricedCount`. */
  readonly differenceMinor: number;
  readonly unpricedCount: number;
  /** Products that moved while they were counted: "3 products moved while you counted". */
  readonly movedItemCount: number;
  /** Products whose book took in a movement that arrived late (I7). */
  readonly rebasedItemCount: number;
}

/** Sums a count's lines. Source: I7, I8; experience, Counts. */
export function summariseCount(lines: readonly ReviewedLine[], itemsById: ReadonlyMap<string, ReviewedItem>): CountReview {
  const live = lines.filter((line) => line.status !== 'superseded');
  const different = live.filter((line) => line.varianceUnits !== 0);
  const countOf = (...statuses: readonly ReviewedLine['status'][]) =>
    live.filter((line) => statuses.includes(line.status)).length;
  const itemCountOf = (some: readonly ReviewedLine[]) => new Set(some.map((line) => line.itemId)).size;
  const amounts = different.map((line) => amountOf(line, itemsById.get(line.itemId)));
  return {
    lineCount: live.length,
    toApproveCount: countOf('counted', 'undecided'),
    toRecountCount: countOf('recount', 'third_count'),
    postedCount: countOf('posted'),
    differentCount: different.length,
    surplusUnits: sumUnits(different.map((line) => Math.max(0, line.varianceUnits))),
    shortageUnits: sumUnits(different.map((line) => Math.min(0, line.varianceUnits))),
    differenceMinor: sumMinor(amounts.flatMap((amountMinor) => amountMinor ?? [])),
    unpricedCount: amounts.filter((amountMinor) => amountMinor === null).length,
    movedItemCount: itemCountOf(live.filter((line) => line.movedCount > 0)),
    rebasedItemCount: itemCountOf(live.filter((line) => line.rebasedUnits !== 0)),
  };
}

function amountOf({ varianceUnits }: ReviewedLine, item: ReviewedItem | undefined): number | null {
  if (item === undefined || item.packPriceMinor === null) return null;
  return computeLineAmountMinor({ packPriceMinor: item.packPriceMinor, units: varianceUnits, unitsPerPack: item.unitsPerPack });
}
