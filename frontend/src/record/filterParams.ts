/**
 * Filters in the page's address, so that a view can be come back to. What is searched for stays out of it: the words may say
 * what somebody suffers from, and addresses are kept in histories.
 */
import type { Address } from "../node/types.ts";

export type Period = "any" | "30d" | "1y" | "3y" | "dates";

export type ViewParams = {
  readonly categories: readonly string[];
  readonly author: Address | null;
  readonly period: Period;
  /** First moments of days in the person's own time zone, both days included; for the period `dates`. */
  readonly days: { readonly from: Date; readonly to: Date } | null;
  readonly onlyNew: boolean;
  readonly tab: "timeline" | "measurements";
};

export const NO_PARAMS: ViewParams = {
  categories: [],
  author: null,
  period: "any",
  days: null,
  onlyNew: false,
  tab: "timeline",
};

const DAY_S = 86_400;
const PERIOD_DAYS: Readonly<Record<string, number>> = { "30d": 30, "1y": 365, "3y": 3 * 365 };
const CATEGORIES_MAX = 32;

/** Takes whatever an address holds; what it does not understand is left out. */
export function readParams(search: Readonly<Record<string, unknown>>): ViewParams {
  const kinds = textOf(search.kind).split(",");
  const by = textOf(search.by);
  const when = textOf(search.when);
  const days = daysOf(when);
  return {
    categories: kinds.filter((one) => /^[a-z0-9-]{1,64}$/.test(one)).slice(0, CATEGORIES_MAX),
    author: /^0x[0-9a-fA-F]{40}$/.test(by) ? (by as Address) : null,
    period: days !== null ? "dates" : Object.hasOwn(PERIOD_DAYS, when) ? (when as Period) : "any",
    days,
    onlyNew: textOf(search.new) === "yes",
    tab: textOf(search.view) === "measurements" ? "measurements" : "timeline",
  };
}

/** What is as it is without filters is left out. */
export function writeParams(view: ViewParams): Record<string, string> {
  const when = view.period === "dates" ? (view.days === null ? "" : daysText(view.days)) : view.period;
  return {
    ...(view.categories.length === 0 ? {} : { kind: view.categories.join(",") }),
    ...(view.author === null ? {} : { by: view.author }),
    ...(when === "any" || when === "" ? {} : { when }),
    ...(view.onlyNew ? { new: "yes" } : {}),
    ...(view.tab === "timeline" ? {} : { view: view.tab }),
  };
}

/** Unix seconds, `from` included and `until` excluded. */
export function boundsOf(
  view: ViewParams,
  now: number,
): { readonly from: number | null; readonly until: number | null } {
  if (view.period === "dates" && view.days !== null) {
    const { from, to } = view.days;
    const after = new Date(to.getFullYear(), to.getMonth(), to.getDate() + 1);
    return { from: from.getTime() / 1_000, until: after.getTime() / 1_000 };
  }
  const days = Object.hasOwn(PERIOD_DAYS, view.period) ? PERIOD_DAYS[view.period] : undefined;
  return { from: days === undefined ? null : now - days * DAY_S, until: null };
}

export function isFiltered(view: ViewParams): boolean {
  return Object.keys(writeParams({ ...view, tab: "timeline" })).length > 0;
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function daysText({ from, to }: { readonly from: Date; readonly to: Date }): string {
  return `${dayText(from)}_${dayText(to)}`;
}

function dayText(day: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${String(day.getFullYear()).padStart(4, "0")}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

function daysOf(text: string): ViewParams["days"] {
  const [from, to, ...more] = text.split("_").map(dayOf);
  if (from === undefined || to === undefined || from === null || to === null || more.length > 0) return null;
  return from <= to ? { from, to } : { from: to, to: from };
}

function dayOf(text: string): Date | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (found === null) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? date : null;
}
