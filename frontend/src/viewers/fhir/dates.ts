/** FHIR dates in words. A date without a time is a day of the calendar, in whatever time zone it is read. */
import { calendarDayWords } from "../../i18n/calendarDay.ts";
import type { Context } from "./context.ts";
import { instantOf } from "./read.ts";

/** Null where the text is no date. As much is said as is known: a year, a month, a day, or a day and its time. */
export function dateText(value: unknown, context: Pick<Context, "locale" | "dateTime">): string | null {
  if (typeof value !== "string") return null;
  const at = /^\d{4}-\d{2}-\d{2}T/.test(value) ? instantOf(value) : null;
  return at === null ? calendarDayWords(value, context.locale) : context.dateTime(at);
}
