import { expect, test } from "vitest";
import { nextEntry } from "./nextEntry.ts";

const rows = (["month", "entry", "entry", "month", "entry"] as const).map((kind) => ({ kind }));

test.each([
  ["ArrowDown", 1, 2],
  ["ArrowDown", 2, 4],
  ["ArrowDown", 4, null],
  ["ArrowUp", 4, 2],
  ["ArrowUp", 1, null],
  ["Home", 4, 1],
  ["End", 1, 4],
  ["End", 4, null],
  ["a", 1, null],
  ["__proto__", 1, null],
])("%s from row %i leads to %j, over the months", (key, at, to) => {
  expect(nextEntry(rows, at, key)).toBe(to);
});
