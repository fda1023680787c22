import { describe, expect, test } from "vitest";
import { boundsOf, isFiltered, NO_PARAMS, readParams, type ViewParams, writeParams } from "./filterParams.ts";

const AUTHOR = "0x00000000000000000000000000000000000000A1" as const;
const FULL: ViewParams = {
  categories: ["laboratory", "vital-signs"],
  author: AUTHOR,
  period: "dates",
  days: { from: new Date(2026, 1, 3), to: new Date(2026, 2, 1) },
  onlyNew: true,
  tab: "measurements",
};

describe("filters in the address", () => {
  test("come back as they went in", () => {
    for (const view of [NO_PARAMS, FULL, { ...NO_PARAMS, period: "1y" as const }]) {
      expect(readParams(writeParams(view))).toEqual(view);
    }
    expect(writeParams(NO_PARAMS)).toEqual({});
  });

  test("never hold what was searched for", () => {
    expect(Object.keys(writeParams(FULL)).sort()).toEqual(["by", "kind", "new", "view", "when"]);
  });

  test.each([
    { kind: "<script>", by: "0x12", when: "2026-02-30_2026-03-01", view: "other", new: "1" },
    { kind: { a: 1 }, by: ["x"], when: null, new: true },
    { when: "2026-01-01" },
    { when: "__proto__" },
    { when: "2026-01-01_2026-01-02_2026-01-03" },
  ])("what can't be understood is left out: %j", (search) => {
    expect(readParams(search)).toEqual(NO_PARAMS);
  });

  test("dates the wrong way round are put right, and the last day counts whole", () => {
    const view = readParams({ when: "2026-03-01_2026-02-03" });
    expect(view.days).toEqual(FULL.days);
    const { from, until } = boundsOf(view, 0);
    expect(new Date((from ?? 0) * 1_000)).toEqual(new Date(2026, 1, 3));
    expect(new Date((until ?? 0) * 1_000)).toEqual(new Date(2026, 2, 2));
  });

  test("a period counts back from now, and any time has no bounds", () => {
    expect(boundsOf({ ...NO_PARAMS, period: "30d" }, 30 * 86_400)).toEqual({ from: 0, until: null });
    expect(boundsOf(NO_PARAMS, 1)).toEqual({ from: null, until: null });
  });

  test("another tab is no filter", () => {
    expect(isFiltered({ ...NO_PARAMS, tab: "measurements" })).toBe(false);
    expect(isFiltered({ ...NO_PARAMS, onlyNew: true })).toBe(true);
  });
});
