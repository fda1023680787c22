/** A date without a time, in words: a day of the calendar, in whatever time zone it is read. */

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const OPTIONS: Readonly<Record<4 | 7 | 10, Intl.DateTimeFormatOptions>> = {
  4: { year: "numeric" },
  7: { year: "numeric", month: "long" },
  10: { dateStyle: "long" },
};
/** Making one costs more than using it, and a record has thousands of dates. */
const made = new Map<string, Intl.DateTimeFormat>();

/** `2026`, `2026-05` or `2026-05-03` in words: as much is said as is known. Null where the text is no such date. */
export function calendarDayWords(value: string, locale: string): string | null {
  const parts = DATE.exec(value);
  if (parts === null) return null;
  const [, year, month = "01", day = "01"] = parts;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // Not what only looks like a day: 31 February.
  if (!new Date(at).toISOString().startsWith(value)) return null;
  return formatFor(value.length as 4 | 7 | 10, locale).format(at);
}

function formatFor(length: 4 | 7 | 10, locale: string): Intl.DateTimeFormat {
  const key = `${locale} ${length}`;
  const found = made.get(key) ?? new Intl.DateTimeFormat(locale, { ...OPTIONS[length], timeZone: "UTC" });
  made.set(key, found);
  return found;
}
