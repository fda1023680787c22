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
  /**
   * "7 days": how long it is until then. Days as a calendar counts them, so that they fit the date that stands beside them; shorter
   * times rounded up. "0 minutes" where it is past.
   */
  readonly left: (at: Instant) => string;
  /** "3 days ago", "in 2 hours", "now" */
  readonly ago: (at: Instant) => string;
  /** "1,234.5" */
  readonly number: (value: number, options?: Intl.NumberFormatOptions) => string;
  /** "1.4 MB"; decimal units, as files are shown everywhere else. */
  readonly bytes: (size: number) => string;
  /** "4 GB" of 4.3: a limit in whole units, rounded down, so that it promises nothing that is refused. */
  readonly bytesAtMost: (size: number) => string;
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

/** From so many days on they are told as months. */
const MONTHS_FROM_DAYS = 60;
const MONTHS_A_YEAR = 12;
/** From so many months on, but for a whole year, they are told as years. */
const YEARS_FROM_MONTHS = 24;

/** What is left in the unit that one would say: `days` is the calendar's count between now and then. */
export function unitLeft(seconds: number, days: number): readonly [unit: string, count: number] {
  if (seconds <= 59 * MINUTE_S) return ["minute", Math.max(0, Math.ceil(seconds / MINUTE_S))];
  if (seconds <= 23 * HOUR_S) return ["hour", Math.ceil(seconds / HOUR_S)];
  if (days < MONTHS_FROM_DAYS) return ["day", Math.max(1, days)];
  const months = Math.round((days * MONTHS_A_YEAR * DAY_S) / YEAR_S);
  if (months === MONTHS_A_YEAR) return ["year", 1];
  return months < YEARS_FROM_MONTHS ? ["month", months] : ["year", Math.round((days * DAY_S) / YEAR_S)];
}

/** A size in the largest unit that fits into it: its value, and the power of 1,000. */
function sizeParts(size: number): readonly [value: number, power: number] {
  const power = size < BYTE_STEP ? 0 : Math.min(4, Math.floor(Math.log10(size) / 3));
  return [size / BYTE_STEP ** power, power];
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
  const isoDay = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", ...zone });
  /** Days since 1970, by the calendar of the time zone. */
  const dayNumber = (at: Instant) => Date.parse(isoDay.format(asDate(at))) / (DAY_S * 1_000);
  const inUnits = (unit: string, count: number) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
  const sized = (value: number, power: number, digits: number) =>
    new Intl.NumberFormat(locale, {
      style: "unit",
      unit: BYTE_UNITS[power] ?? "byte",
      unitDisplay: power === 0 ? "long" : "short",
      maximumFractionDigits: power === 0 ? 0 : digits,
    }).format(value);
  return {
    date: (at) => date.format(asDate(at)),
    day: (at) => (year.format(asDate(at)) === year.format(now()) ? shortDay : date).format(asDate(at)),
    dateTime: (at) => dateTime.format(asDate(at)),
    time: (at) => time.format(asDate(at)),
    duration: (seconds) => inUnits(...largestUnit(seconds)),
    left: (at) => {
      const seconds = asDate(at).getTime() / 1_000 - now() / 1_000;
      return inUnits(...unitLeft(seconds, dayNumber(at) - dayNumber(new Date(now()))));
    },
    ago: (at) => {
      const seconds = (asDate(at).getTime() - now()) / 1_000;
      const [unit, count] = largestUnit(seconds);
      return relative.format(Math.sign(seconds) * count, unit as Intl.RelativeTimeFormatUnit);
    },
    number: (value, options) => new Intl.NumberFormat(locale, options).format(value),
    bytes: (size) => sized(...sizeParts(size), 1),
    bytesAtMost: (size) => {
      const [value, power] = sizeParts(size);
      return sized(Math.floor(value), power, 0);
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
