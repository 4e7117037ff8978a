import { CURRENCIES, type Currency, formatAmountPlain } from '#schema/money.ts';

/** Writes money, quantities, dates and times as the shop reads them. The only place of the client that formats. */
export interface Format {
  readonly currency: Currency;
  /** An amount in minor units with its currency: `12,50 €`. */
  readonly money: (amountMinor: number) => string;
  /** The same with an explicit sign, for differences: `+12,50 €`. */
  readonly signedMoney: (amountMinor: number) => string;
  /** Digits only, as a field is filled in: `12,50`. */
  readonly amount: (amountMinor: number) => string;
  readonly number: (value: number) => string;
  readonly signedNumber: (value: number) => string;
  /** Basis points as percent: 550 → `5,5 %`. */
  readonly percentBp: (rateBp: number) => string;
  readonly fileSize: (bytes: number) => string;
  /** A calendar date `YYYY-MM-DD`: `24 Nov 2026`. */
  readonly date: (on: string) => string;
  /** Expiries are read by month: `11/2026`; the day is added unless it is the month's last. */
  readonly expiry: (on: string) => string;
  readonly time: (atMs: number) => string;
  readonly dateTime: (atMs: number) => string;
  /** How long ago, in the largest fitting unit: `3 hours ago`. */
  readonly ago: (atMs: number, nowMs: number) => string;
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** Formats for one locale (BCP 47), currency and IANA time zone; without a zone, the device's. */
export function createFormat(shop: { locale: string; currency: Currency; timeZone: string | undefined }): Format {
  const { locale, currency, timeZone } = shop;
  const { exponent } = CURRENCIES[currency];
  const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits });
  const signedMoney = new Intl.NumberFormat(locale, { style: 'currency', currency, signDisplay: 'exceptZero', ...digits });
  const amount = new Intl.NumberFormat(locale, { useGrouping: false, ...digits });
  const number = new Intl.NumberFormat(locale);
  const signedNumber = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const zone = timeZone === undefined ? {} : { timeZone };
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', ...zone });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...zone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  // Intl reads decimal text exactly, so no amount ever becomes a float here [M1].
  const exact = (format: Intl.NumberFormat, amountMinor: number) =>
    format.format(formatAmountPlain(amountMinor, currency) as Intl.StringNumericLiteral);
  return {
    currency,
    money: (amountMinor) => exact(money, amountMinor),
    signedMoney: (amountMinor) => exact(signedMoney, amountMinor),
    amount: (amountMinor) => exact(amount, amountMinor),
    number: (value) => number.format(value),
    signedNumber: (value) => signedNumber.format(value),
    percentBp: (rateBp) => percent.format(rateBp / 10_000),
    fileSize: (bytes) => fileSize(bytes, locale),
    date: (on) => date.format(dateOf(on)),
    expiry: (on) => (isLastOfMonth(on) ? `${on.slice(5, 7)}/${on.slice(0, 4)}` : date.format(dateOf(on))),
    time: (atMs) => time.format(atMs),
    dateTime: (atMs) => dateTime.format(atMs),
    ago: (atMs, nowMs) => ago(relative, atMs, nowMs),
  };
}

function fileSize(bytes: number, locale: string): string {
  const [unit, size] = bytes >= 1e9 ? (['gigabyte', bytes / 1e9] as const) : (['megabyte', bytes / 1e6] as const);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(size);
}

function ago(relative: Intl.RelativeTimeFormat, atMs: number, nowMs: number): string {
  const passedMs = nowMs - atMs;
  for (const [unit, stepMs] of STEPS) {
    if (Math.abs(passedMs) >= stepMs) return relative.format(-Math.trunc(passedMs / stepMs), unit);
  }
  return relative.format(0, 'minute');
}

function dateOf(on: string): Date {
  return new Date(`${on}T00:00:00Z`);
}

function isLastOfMonth(on: string): boolean {
  const next = new Date(dateOf(on).getTime() + 86_400_000);
  return next.getUTCDate() === 1;
}
