import { expect, test } from "vitest";
import { hiddenCount } from "./hiddenCount.ts";

test("counts the records of entries that are not listed; a single one has a count of 0", () => {
  const entries = [
    { sequence: 0, count: 0 },
    { sequence: 1, count: 100 },
    { sequence: 2, count: 0 },
    { sequence: 3, count: 7 },
  ];
  expect(hiddenCount(entries, [{ sequence: 0 }, { sequence: 3 }, { sequence: 3 }])).toBe(101);
  expect(hiddenCount(entries, [])).toBe(109);
  expect(hiddenCount([], [])).toBe(0);
});
