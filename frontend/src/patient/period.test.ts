import { expect, test } from "vitest";
import { addressIn } from "./ChooseWho.tsx";
import { endAfter, laterBy, periodOf } from "./period.ts";

const NOW = new Date(2026, 4, 3, 12).getTime() / 1_000;

test("a length begins now and lasts so long", () => {
  expect(periodOf({ length: "week", days: null }, NOW)).toEqual({ fromAt: NOW - 60, untilAt: NOW + 7 * 86_400 });
});

test("days of one's own are both included, and today begins now", () => {
  const days = { from: new Date(2026, 4, 3), to: new Date(2026, 4, 5) };
  expect(periodOf({ length: "custom", days }, NOW)).toEqual({
    fromAt: NOW - 60,
    untilAt: new Date(2026, 4, 6).getTime() / 1_000,
  });
});

test("days that are over, or not chosen, are no period", () => {
  expect(periodOf({ length: "custom", days: null }, NOW)).toBeNull();
  const days = { from: new Date(2026, 3, 1), to: new Date(2026, 4, 2) };
  expect(periodOf({ length: "custom", days }, NOW)).toBeNull();
});

test("a later end is counted from the present one", () => {
  expect(laterBy(1_000, "day")).toBe(87_400);
  expect(endAfter(new Date(2026, 4, 5))).toBe(new Date(2026, 4, 6).getTime() / 1_000);
});

test.each([
  ["0x52908400098527886e0f7030069857d2e4169ee7", "0x52908400098527886E0F7030069857D2E4169EE7"],
  [" ethereum:0x52908400098527886E0F7030069857D2E4169EE7@31337 ", "0x52908400098527886E0F7030069857D2E4169EE7"],
  ["0x52908400098527886E0F7030069857D2E4169Ee7", null],
  ["0x1234", null],
  ["Dr Kim", null],
])("%j as an address", (text, address) => expect(addressIn(text)).toBe(address));
