/** For how long: the few lengths that are offered, and days of one's own. */
import { endOfDay } from "../design/calendarDay.ts";
import type { DateRange } from "../design/DateField.tsx";

export const LENGTHS = ["day", "week", "month", "year", "custom"] as const;
export type Length = (typeof LENGTHS)[number];

const DAY_S = 86_400;
const SECONDS: Readonly<Record<Exclude<Length, "custom">, number>> = {
  day: DAY_S,
  week: 7 * DAY_S,
  month: 30 * DAY_S,
  year: 365 * DAY_S,
};
/** Clocks differ a little: access that begins "now" holds on the chain at once. */
const CLOCKS_DIFFER_S = 60;

export type Period = { readonly fromAt: number; readonly untilAt: number };

export type PeriodChoice = { readonly length: Length; readonly days: DateRange | null };

/** Unix seconds; null where days are still to be chosen, or are over. `until` is the first second after it. */
export function periodOf({ length, days }: PeriodChoice, now: number = Date.now() / 1_000): Period | null {
  const start = Math.floor(now);
  if (length !== "custom") return { fromAt: start - CLOCKS_DIFFER_S, untilAt: start + SECONDS[length] };
  if (days === null) return null;
  const untilAt = Math.floor(endOfDay(days.to).getTime() / 1_000) + 1;
  const fromAt = Math.max(Math.floor(days.from.getTime() / 1_000), start - CLOCKS_DIFFER_S);
  return untilAt <= start || untilAt <= fromAt ? null : { fromAt, untilAt };
}

/** A later end: so much longer than now. */
export function laterBy(untilAt: number, length: Exclude<Length, "custom">): number {
  return untilAt + SECONDS[length];
}

/** The end that a chosen last day means. */
export function endAfter(lastDay: Date): number {
  return Math.floor(endOfDay(lastDay).getTime() / 1_000) + 1;
}
