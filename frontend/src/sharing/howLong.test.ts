import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { openHttp } from "../node/http.ts";
import { nodeClock } from "../node/nodeClock.ts";
import { endAfter, laterBy, windowOf } from "./howLong.ts";

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

describe("an access that begins now", () => {
  const HOUR_S = 3_600;

  it.each([
    ["an hour ahead", HOUR_S],
    ["an hour behind", -HOUR_S],
  ])("begins now on a device whose clock is %s", async (_, wrongByS) => {
    let deviceS = NOW + wrongByS;
    const headers = { Date: new Date(NOW * 1_000).toUTCString() };
    const clock = nodeClock(() => deviceS * 1_000);
    const http = openHttp({ fetch: async () => new Response("{}", { headers }), clock });
    await http.get("/v1/x", z.object({}));
    deviceS += 90;
    expect(windowOf({ kind: "day" }, http.now())).toEqual({ fromAt: NOW + 30, untilAt: NOW + 90 + 24 * HOUR_S });
  });
});

it("counts a later end from the present one, and takes a last day whole", () => {
  expect(laterBy(1_000, "day")).toBe(87_400);
  expect(endAfter(new Date(2026, 4, 5))).toBe(new Date(2026, 4, 6).getTime() / 1_000);
});
