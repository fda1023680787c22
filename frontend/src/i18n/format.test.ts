import { describe, expect, it } from "vitest";
import { formatOf, largestUnit } from "./format.ts";

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

describe("sizes", () => {
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
