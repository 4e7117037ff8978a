import type { Json } from '../canonical-json.ts';

/** What an act moves, as far as its own arguments say. */
export interface ActValue {
  /** Money that changed hands, minor units, as entered (an amount out is not negative); null for acts that move none. */
  readonly amountMinor: number | null;
  /** Units handed over, received, adjusted or counted; null for acts about none. */
  readonly units: number | null;
}

/**
 * Reads money and units off an act's arguments by the field names every act shares (`totalMinor` of a ticket, `amountMinor`, `units` and `countedUnits`, also
 * of its lines), so that it works for acts of newer versions too. For telling people what is at stake (SY23, SY24), never for books.
 */
export function actValueOf(args: Readonly<Record<string, Json>>): ActValue {
  return {
    amountMinor: wholeNumber(args.totalMinor) ?? wholeNumber(args.amountMinor),
    units: unitsOf(args) ?? sumOrNull(linesOf(args.lines).map(unitsOf)),
  };
}

function unitsOf(of: Readonly<Record<string, Json>>): number | null {
  return wholeNumber(of.units) ?? wholeNumber(of.countedUnits);
}

function linesOf(value: Json | undefined): Readonly<Record<string, Json>>[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (line): line is { [key: string]: Json } => typeof line === 'object' && line !== null && !Array.isArray(line),
  );
}

function wholeNumber(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
