import { describe, expect, it } from "vitest";
import { formatOf, largestUnit, unitLeft } from "./format.ts";

const now = Date.UTC(2026, 4, 1, 12);
const english = formatOf("en-GB", "Europe/London", () => now);
const korean = formatOf("ko-KR", "Asia/Seoul", () => now);
const at = Date.UTC(2026, 4, 3, 20, 30) / 1_000;

describe("dates", () => {
  it("are those of the person's own time zone", () => {
    expect(english.date(at)).toBe("3 May 2026");
    expect(korean.date(at)).toBe("2026년 5월 4일");
  });

  it("name the year only where it is another one", () => {
    expect(english.day(at)).toBe("3 May");
    expect(english.day(at - 365 * 86_400)).toBe("3 May 2025");
  });
});

describe("lengths of time", () => {
  it.each([
    [0, "second", 0],
    [59, "second", 59],
    [60, "minute", 1],
    [7_300, "hour", 2],
    [86_399, "hour", 23],
    [86_400, "day", 1],
    [-400 * 86_400, "year", 1],
  ] as const)("%d s is told by its largest unit", (seconds, unit, count) => {
    expect(largestUnit(seconds)).toEqual([unit, count]);
  });

  it("say how much is left and how long ago", () => {
    expect(english.duration(12 * 86_400 + 5)).toBe("12 days");
    expect(korean.duration(12 * 86_400)).toBe("12일");
    expect(english.ago(now / 1_000 - 3 * 86_400)).toBe("3 days ago");
    expect(english.ago(now / 1_000)).toBe("now");
  });
});

describe("what is left", () => {
  const second = 1 / 86_400;

  it.each([
    [7 - second, "7 days"],
    [14 - second, "14 days"],
    [30 - second, "30 days"],
    [365 - second, "1 year"],
    [1 - second, "1 day"],
    [2 / 24 - second, "2 hours"],
    [5 / 1_440 - second, "5 minutes"],
    [-1, "0 minutes"],
  ] as const)("of %d days is told as it was chosen", (days, words) => {
    expect(english.left(now / 1_000 + days * 86_400)).toBe(words);
  });

  it("counts days as a calendar does, so that they fit the date beside them", () => {
    // Noon of 1 May in London; the end is on 4 May, whatever its hour.
    expect(english.left(Date.UTC(2026, 4, 3, 23, 0) / 1_000)).toBe("3 days");
    expect(english.left(Date.UTC(2026, 4, 4, 22, 59) / 1_000)).toBe("3 days");
    expect(korean.left(Date.UTC(2026, 4, 3, 20) / 1_000)).toBe("3일");
  });

  it.each([
    [59, "day", 59],
    [60, "month", 2],
    [300, "month", 10],
    [400, "month", 13],
    [730, "year", 2],
  ] as const)("%d days", (days, unit, count) => {
    expect(unitLeft(days * 86_400, days)).toEqual([unit, count]);
  });
});

describe("sizes", () => {
  it("that are limits are rounded down to whole units", () => {
    expect(english.bytesAtMost(4_294_967_296)).toBe("4 GB");
    expect(korean.bytesAtMost(4_294_967_296)).toBe("4GB");
    expect(english.bytesAtMost(999)).toBe("999 bytes");
  });

  it.each([
    [0, "0 bytes"],
    [999, "999 bytes"],
    [1_000, "1 kB"],
    [1_450_000, "1.5 MB"],
    [1_000_000_000, "1 GB"],
  ] as const)("%d", (size, words) => {
    expect(english.bytes(size)).toBe(words);
  });
});
