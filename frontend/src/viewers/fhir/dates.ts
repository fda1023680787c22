/** FHIR dates in words. A date without a time is a day of the calendar, in whatever time zone it is read. */
import type { Context } from "./context.ts";
import { instantOf } from "./read.ts";

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

/** Null where the text is no date. As much is said as is known: a year, a month, a day, or a day and its time. */
export function dateText(value: unknown, context: Pick<Context, "locale" | "dateTime">): string | null {
  if (typeof value !== "string") return null;
  const parts = DATE.exec(value);
  if (parts === null) {
    const at = /^\d{4}-\d{2}-\d{2}T/.test(value) ? instantOf(value) : null;
    return at === null ? null : context.dateTime(at);
  }
  const [, year, month, day] = parts;
  const at = Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1));
  const isDay = new Date(at).toISOString().startsWith(value);
  if (!isDay) return null;
  const options: Intl.DateTimeFormatOptions =
    month === undefined
      ? { year: "numeric" }
      : day === undefined
        ? { year: "numeric", month: "long" }
        : { dateStyle: "long" };
  return new Intl.DateTimeFormat(context.locale, { ...options, timeZone: "UTC" }).format(at);
}
