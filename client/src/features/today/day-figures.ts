import { sumMinor } from '#schema/money.ts';
import type { Sale } from '#schema/records/sale.ts';

/** One bar of the day: what was sold in one hour of the shop's wall clock. */
export interface HourFigure {
  /** 0 to 23. */
  readonly hour: number;
  readonly turnoverMinor: number;
  readonly tickets: number;
}

/** The day so far. Turnover only: nothing here lets anybody work out what lies in the drawer (C6). */
export interface DayFigures {
  readonly turnoverMinor: number;
  readonly tickets: number;
  /** Null without tickets. */
  readonly averageMinor: number | null;
  /** From the first to the last hour with a ticket, the empty ones between included. */
  readonly hours: readonly HourFigure[];
}

/** Sums the tickets of one business day. `hourOf` says the hour of the shop's wall clock of an instant. */
export function sumDay(sales: readonly Sale[], businessOn: string, hourOf: (atMs: number) => number): DayFigures {
  const today = sales.filter((sale) => sale.businessOn === businessOn);
  const turnoverMinor = sumMinor(today.map((sale) => sale.totalMinor));
  const open = today.map((sale) => hourOf(sale.occurredAt));
  const first = Math.min(...open);
  const hours = open.length === 0 ? [] : Array.from({ length: Math.max(...open) - first + 1 }, (_, index) => first + index);
  return {
    turnoverMinor,
    tickets: today.length,
    averageMinor: today.length === 0 ? null : Math.round(turnoverMinor / today.length),
    hours: hours.map((hour) => {
      const inHour = today.filter((_, index) => open[index] === hour);
      return { hour, turnoverMinor: sumMinor(inHour.map((sale) => sale.totalMinor)), tickets: inHour.length };
    }),
  };
}
