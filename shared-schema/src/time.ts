/**
 * Instants are integer milliseconds since the epoch; dates are `YYYY-MM-DD` text. Nothing here knows a clock or a time zone database:
 * whoever reads the clock passes the offset. Calendar arithmetic is done on day numbers (the proleptic Gregorian algorithm of Howard
 * Hinnant's "chrono-compatible low-level date algorithms"), because `Date` reads years 0–99 as 19xx and tempts with local time.
 */
import { z } from 'zod';
import { assert } from './assert.ts';
import { err, ok, type Result } from './result.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 86_400_000;

/** Milliseconds since the epoch, UTC, whole. */
export const instantSchema = z.int();

/** Offset of local time from UTC in whole minutes, east positive (Paris in summer 120). UTC−12:00 to UTC+14:00. */
export const offsetMinutesSchema = z.int().min(-720).max(840);

/** Minutes after midnight at which the business day changes; default 04:00 = 240 [C13]. Before noon. */
export const cutOffMinutesSchema = z.int().min(0).max(720);
export const CUT_OFF_DEFAULT_MINUTES = 240;

/** A calendar date that exists, as `YYYY-MM-DD`. */
export const dateOnSchema = z.string().refine(isDateOn, { message: 'must be a date that exists, written YYYY-MM-DD' });

/** Days of a month (1–12) in a year, leap years included. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Whether the text is `YYYY-MM-DD` and such a day exists. */
export function isDateOn(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** `YYYY-MM-DD` from its parts. Throws when no such day exists. */
export function toDateOn(year: number, month: number, day: number): string {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  assert(isDateOn(text), `no such date: ${text}`);
  return text;
}

/** Days since 1970-01-01 of a date. Throws on text that is no date. */
export function dateToDayNumber(on: string): number {
  assert(isDateOn(on), `not a date: ${on}`);
  const [year, month, day] = [Number(on.slice(0, 4)), Number(on.slice(5, 7)), Number(on.slice(8, 10))];
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The date a number of days after 1970-01-01. Throws outside the years 0 to 9999. */
export function dayNumberToDate(dayNumber: number): string {
  const shifted = dayNumber + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  return toDateOn(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day);
}

/** The date `days` after (or before, when negative) `on`. */
export function addDays(on: string, days: number): string {
  return dayNumberToDate(dateToDayNumber(on) + days);
}

/** Whole days from `fromOn` to `toOn`; negative when it lies before. */
export function daysBetween(fromOn: string, toOn: string): number {
  return dateToDayNumber(toOn) - dateToDayNumber(fromOn);
}

/** Negative, zero or positive as `aOn` lies before, on or after `bOn`. For dates as text; no locale is involved. */
export function compareDates(aOn: string, bOn: string): number {
  return aOn < bOn ? -1 : aOn > bOn ? 1 : 0;
}

/** The local calendar date of an instant, at a place `offsetMinutes` from UTC at that instant. */
export function instantToDate(atMs: number, offsetMinutes: number): string {
  return dayNumberToDate(Math.floor((atMs + offsetMinutes * MINUTE_MS) / DAY_MS));
}

/**
 * The business date of an instant: the local wall-clock date, where a new day starts at the cut-off and not at midnight. Computed once,
 * by the device, when a session opens, with the offset in force at that instant; then stored and never recomputed. On the days of a
 * clock change the wall clock counts: the cut-off is at 04:00 as the shop reads it. Source: C13.
 */
export function computeBusinessDate(input: { atMs: number; offsetMinutes: number; cutOffMinutes: number }): string {
  return instantToDate(input.atMs - input.cutOffMinutes * MINUTE_MS, input.offsetMinutes);
}

/** Why typed text is not an expiry. */
export type ParseExpiryError = { readonly code: 'expiry_not_a_date' };

/**
 * Reads an expiry as printed or typed: `YYYY-MM-DD`, or `YYYY-MM` / `MM/YYYY`, which mean the last day of that month [G2]. Two-digit
 * years and day/month orders are ambiguous and refused. Errors: expiry_not_a_date.
 */
export function parseExpiryOn(text: string): Result<string, ParseExpiryError> {
  const trimmed = text.trim();
  if (isDateOn(trimmed)) return ok(trimmed);
  const yearFirst = /^(\d{4})-(\d{2})$/.exec(trimmed);
  const monthFirst = /^(\d{1,2})\/(\d{4})$/.exec(trimmed);
  const year = Number(yearFirst?.[1] ?? monthFirst?.[2]);
  const month = Number(yearFirst?.[2] ?? monthFirst?.[1]);
  if (!(month >= 1 && month <= 12)) return err({ code: 'expiry_not_a_date' });
  return ok(toDateOn(year, month, daysInMonth(year, month)));
}
