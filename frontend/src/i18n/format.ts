/**
 * Dates, lengths of time, numbers and sizes in the person's own words. Times come as Unix seconds, as the node and the chain
 * have them, or as a Date; they are shown in the person's own time zone.
 */
import { useMemo } from "react";
import { useLanguage } from "./text.ts";

export type Instant = number | Date;

export type Format = {
  /** "3 May 2026" */
  readonly date: (at: Instant) => string;
  /** "3 May", with the year where it is another one than now. */
  readonly day: (at: Instant) => string;
  /** "3 May 2026, 14:05" */
  readonly dateTime: (at: Instant) => string;
  /** "14:05" */
  readonly time: (at: Instant) => string;
  /** "2 hours": the largest unit that fits, rounded down. */
  readonly duration: (seconds: number) => string;
  /** "3 days ago", "in 2 hours", "now" */
  readonly ago: (at: Instant) => string;
  /** "1,234.5" */
  readonly number: (value: number, options?: Intl.NumberFormatOptions) => string;
  /** "1.4 MB"; decimal units, as files are shown everywhere else. */
  readonly bytes: (size: number) => string;
  /** "45 %" of a share between 0 and 1. */
  readonly percent: (share: number) => string;
  /** "a, b and c" */
  readonly list: (items: readonly string[]) => string;
};

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
const MONTH_S = 30 * DAY_S;
const YEAR_S = 365 * DAY_S;
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit & string, number])[] = [
  ["year", YEAR_S],
  ["month", MONTH_S],
  ["day", DAY_S],
  ["hour", HOUR_S],
  ["minute", MINUTE_S],
  ["second", 1],
];
const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const BYTE_STEP = 1_000;

export function asDate(at: Instant): Date {
  return typeof at === "number" ? new Date(at * 1_000) : at;
}

/** The largest unit that fits into so many seconds, and how many of it: 7,300 s is 2 hours. */
export function largestUnit(seconds: number): readonly [unit: string, count: number] {
  const length = Math.abs(seconds);
  for (const [unit, unitSeconds] of UNITS) {
    if (length >= unitSeconds) return [unit, Math.floor(length / unitSeconds)];
  }
  return ["second", 0];
}

/** Formatters of one locale. `timeZone` is the browser's own unless a test names one. */
export function formatOf(locale: string, timeZone?: string, now: () => number = Date.now): Format {
  const zone = timeZone === undefined ? {} : { timeZone };
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "long", ...zone });
  const shortDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", ...zone });
  const year = new Intl.DateTimeFormat("en", { year: "numeric", ...zone });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", ...zone });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short", ...zone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  return {
    date: (at) => date.format(asDate(at)),
    day: (at) => (year.format(asDate(at)) === year.format(now()) ? shortDay : date).format(asDate(at)),
    dateTime: (at) => dateTime.format(asDate(at)),
    time: (at) => time.format(asDate(at)),
    duration: (seconds) => {
      const [unit, count] = largestUnit(seconds);
      return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
    },
    ago: (at) => {
      const seconds = (asDate(at).getTime() - now()) / 1_000;
      const [unit, count] = largestUnit(seconds);
      return relative.format(Math.sign(seconds) * count, unit as Intl.RelativeTimeFormatUnit);
    },
    number: (value, options) => new Intl.NumberFormat(locale, options).format(value),
    bytes: (size) => {
      const power = size < BYTE_STEP ? 0 : Math.min(4, Math.floor(Math.log10(size) / 3));
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit: BYTE_UNITS[power] ?? "byte",
        unitDisplay: power === 0 ? "long" : "short",
        maximumFractionDigits: power === 0 ? 0 : 1,
      }).format(size / BYTE_STEP ** power);
    },
    percent: (share) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(share),
    list: (items) => list.format(items),
  };
}

/** Formatters in the language in use. */
export function useFormat(): Format {
  const { locale } = useLanguage();
  return useMemo(() => formatOf(locale), [locale]);
}
