/** How long an access lasts: what a person chooses, and the window [fromAt, untilAt) in Unix seconds that is signed. */
import { endOfDay } from "../design/calendarDay.ts";

export const KINDS = ["day", "week", "month", "year", "days"] as const;

export type HowLong =
  | { readonly kind: "day" | "week" | "month" | "year" }
  /** From the first moment of one day to the end of another, in the person's own time zone. */
  | { readonly kind: "days"; readonly from: Date; readonly to: Date };

export type Window = { readonly fromAt: number; readonly untilAt: number };

const DAY_S = 86_400;
const LASTS_S = { day: DAY_S, week: 7 * DAY_S, month: 30 * DAY_S, year: 365 * DAY_S } as const;
/** The chain's clock may be a little behind the node's: an access from "now" holds at once all the same. */
const GRACE_S = 60;

/**
 * The window of a choice made at `nowS`, by the node's clock: this device's own may be wrong by hours. It never goes beyond
 * `latestS`, where somebody may give no more than they have.
 *
 * Null where nothing is left of it.
 */
export function windowOf(howLong: HowLong, nowS: number, latestS = Number.POSITIVE_INFINITY): Window | null {
  const now = Math.floor(nowS);
  const asked =
    howLong.kind === "days"
      ? { fromAt: Math.max(firstSecond(howLong.from), now - GRACE_S), untilAt: endAfter(howLong.to) }
      : { fromAt: now - GRACE_S, untilAt: now + LASTS_S[howLong.kind] };
  const untilAt = Math.min(asked.untilAt, latestS);
  return untilAt > now && untilAt > asked.fromAt ? { fromAt: asked.fromAt, untilAt } : null;
}

/** A later end: so much longer than the present one. */
export function laterBy(untilAt: number, kind: keyof typeof LASTS_S): number {
  return untilAt + LASTS_S[kind];
}

/** The end that a chosen last day means: the first second that is not of it. */
export function endAfter(lastDay: Date): number {
  return Math.floor(endOfDay(lastDay).getTime() / 1_000) + 1;
}

function firstSecond(day: Date): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime() / 1_000;
}
