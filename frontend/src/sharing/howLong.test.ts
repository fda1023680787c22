import { describe, expect, it } from "vitest";
import { windowOf } from "./howLong.ts";

const NOW = new Date(2026, 4, 3, 14, 5).getTime() / 1_000;

describe("windowOf", () => {
  it("holds at once, although the network's clock may be behind", () => {
    expect(windowOf({ kind: "week" }, NOW)).toEqual({ fromAt: NOW - 60, untilAt: NOW + 7 * 86_400 });
  });

  it("takes whole days of the person's own time zone, the last one included", () => {
    const window = windowOf({ kind: "days", from: new Date(2026, 4, 10), to: new Date(2026, 4, 11) }, NOW);
    expect(window?.fromAt).toBe(new Date(2026, 4, 10).getTime() / 1_000);
    expect(window?.untilAt).toBe(new Date(2026, 4, 12).getTime() / 1_000);
  });

  it("begins now where the first day is today or over", () => {
    const window = windowOf({ kind: "days", from: new Date(2026, 4, 1), to: new Date(2026, 4, 3) }, NOW);
    expect(window?.fromAt).toBe(NOW - 60);
  });

  it("goes no further than what the giver has", () => {
    expect(windowOf({ kind: "year" }, NOW, NOW + 100)?.untilAt).toBe(NOW + 100);
  });

  it("is nothing where nothing is left", () => {
    expect(windowOf({ kind: "days", from: new Date(2026, 4, 1), to: new Date(2026, 4, 2) }, NOW)).toBeNull();
    expect(windowOf({ kind: "days", from: new Date(2026, 4, 9), to: new Date(2026, 4, 8) }, NOW)).toBeNull();
    expect(windowOf({ kind: "week" }, NOW, NOW - 1)).toBeNull();
  });
});
