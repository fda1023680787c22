import { expect, it } from "vitest";
import { NewestKept } from "./newestKept.ts";

it("keeps what was used last, and no more than its bound", () => {
  const kept = new NewestKept<number>(2);
  kept.set("a", 1);
  kept.set("b", 2);
  expect(kept.get("a")).toBe(1);
  kept.set("c", 3);
  expect(["a", "b", "c"].map((name) => kept.get(name))).toEqual([1, undefined, 3]);
  kept.clear();
  expect(kept.get("a")).toBeUndefined();
});
