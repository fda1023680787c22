import { expect, it } from "vitest";
import * as z from "zod/mini";
import { openHttp } from "./http.ts";
import { nodeClock } from "./nodeClock.ts";

const NODE_S = Date.parse("Sun, 03 May 2026 12:00:00 GMT") / 1_000;
const HOUR_S = 3_600;

it.each([
  ["an hour ahead", HOUR_S],
  ["an hour behind", -HOUR_S],
  ["right", 0],
])("tells the node's time on a device whose clock is %s", async (_, wrongByS) => {
  const clock = nodeClock(() => (NODE_S + wrongByS) * 1_000);
  const headers = { Date: new Date(NODE_S * 1_000).toUTCString() };
  const http = openHttp({ fetch: async () => new Response("{}", { headers }), clock });
  await http.get("/v1/x", z.object({}));
  expect(http.now()).toBe(NODE_S);
});

it("hears the clock in a refusal too", async () => {
  const clock = nodeClock(() => (NODE_S + HOUR_S) * 1_000);
  const headers = { Date: new Date(NODE_S * 1_000).toUTCString() };
  const http = openHttp({ fetch: async () => new Response("{}", { status: 404, headers }), clock });
  await expect(http.get("/v1/x", z.object({}))).rejects.toThrow();
  expect(http.now()).toBe(NODE_S);
});

it.each([null, "", "soon"])("goes by the device where the node says %j", (date) => {
  const clock = nodeClock(() => NODE_S * 1_000 + 999);
  clock.hear(date);
  expect(clock.now()).toBe(NODE_S);
});

it("tells how far the clocks are apart, and of each change once", () => {
  let deviceS = NODE_S + 5 * HOUR_S;
  const clock = nodeClock(() => deviceS * 1_000);
  let told = 0;
  const stop = clock.subscribe(() => {
    told += 1;
  });
  const hear = () => clock.hear(new Date(NODE_S * 1_000).toUTCString());
  expect(clock.aheadS()).toBe(0);
  hear();
  hear();
  expect([clock.aheadS(), told]).toEqual([5 * HOUR_S, 1]);
  deviceS = NODE_S - 366 * 24 * HOUR_S; // further than is followed: said all the same
  hear();
  expect([clock.aheadS(), told]).toEqual([-366 * 24 * HOUR_S, 2]);
  stop();
  deviceS = NODE_S;
  hear();
  expect([clock.aheadS(), told]).toEqual([0, 2]);
});

it("does not let a node move what is signed by years", () => {
  const clock = nodeClock(() => NODE_S * 1_000);
  clock.hear(new Date((NODE_S + 366 * 24 * HOUR_S) * 1_000).toUTCString());
  expect(clock.now()).toBe(NODE_S);
});
