/** Between a moment and a day of the calendar, in the browser's own time zone. */
import { CalendarDate, type DateValue } from "@internationalized/date";

/** The day that a moment falls on here. */
export function toDay(at: Date): CalendarDate {
  return new CalendarDate(at.getFullYear(), at.getMonth() + 1, at.getDate());
}

/** The first moment of a day here. */
export function fromDay(day: DateValue): Date {
  return new Date(day.year, day.month - 1, day.day);
}

/** The last second of a day here: what "until 3 May" means. */
export function endOfDay(at: Date): Date {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate(), 23, 59, 59);
}
