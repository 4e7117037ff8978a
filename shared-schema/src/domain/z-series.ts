/**
 * The series of Z numbers of a till (C11). Numbers rise by one; only after the server was put back to an earlier copy of its data do they leave some out:
 * those that were given in the history that is gone, stand on paper, and wait there for the close they were given to (SY8).
 */
export interface ZSeries {
  /** The highest number that was ever given; 0 before the first. */
  readonly lastZNumber: number;
  /** Numbers up to it that no Z report here has. */
  readonly skippedZNumbers: number[];
}

/** Most numbers that wait for their close; a claim that would skip more is not believed. */
export const Z_SKIPPED_MAX = 1_000;

/**
 * The number of the next Z and the series after it. `earlier` is the number that the same close was given before the server was set back: it is given
 * again when it is free, else the close gets the next number and has to be flagged. Source: C11, SY8.
 */
export function takeZNumber(series: ZSeries, earlier: number | null): { readonly number: number; readonly series: ZSeries } {
  const next = series.lastZNumber + 1;
  const raised = earlier === null || earlier < next ? series : skipZNumbers(series, earlier);
  if (earlier === null || !raised.skippedZNumbers.includes(earlier))
    return { number: next, series: { ...series, lastZNumber: next } };
  const skippedZNumbers = raised.skippedZNumbers.filter((number) => number !== earlier);
  return { number: earlier, series: { lastZNumber: raised.lastZNumber, skippedZNumbers } };
}

/** The series when numbers up to `upTo` are known to have been given: it goes on above them. The same when it is there already, or cannot be believed. */
export function skipZNumbers<Series extends ZSeries>(series: Series, upTo: number): Series | ZSeries {
  const count = upTo - series.lastZNumber;
  if (count <= 0 || series.skippedZNumbers.length + count > Z_SKIPPED_MAX) return series;
  const skipped = Array.from({ length: count }, (_, index) => series.lastZNumber + 1 + index);
  return { lastZNumber: upTo, skippedZNumbers: [...series.skippedZNumbers, ...skipped] };
}
