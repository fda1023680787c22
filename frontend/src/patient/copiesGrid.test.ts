import { describe, expect, test } from "vitest";
import type { RecordCopies } from "../node/listCopies.ts";
import { copyIn, gridRows, safetyOf, storesOf } from "./copiesGrid.ts";

function record(
  sequence: number,
  state: RecordCopies["state"],
  copies: RecordCopies["objects"][number]["copies"][],
): RecordCopies {
  const checked_at = state === "unchecked" ? null : 50 + sequence;
  const objects = copies.map((each) => ({
    role: "payload" as const,
    state: state === "healthy" ? ("healthy" as const) : ("damaged" as const),
    checked_at: 1,
    copies: each,
  }));
  return { sequence, leaf_index: null, state, checked_at, objects };
}

const healthy = record(1, "healthy", [{ ward: "good", cloud: "good" }, { ward: "good" }]);
const damaged = record(2, "damaged", [
  { ward: "good", cloud: "wrong" },
  { ward: "missing", cloud: "good" },
]);

describe("the picture of the copies", () => {
  test("an entry's copy is as bad as its worst piece there", () => {
    expect(copyIn("cloud", damaged)).toBe("wrong");
    expect(copyIn("ward", damaged)).toBe("missing");
    expect(copyIn("ward", healthy)).toBe("good");
    expect(copyIn("nowhere", healthy)).toBe("none");
    expect(copyIn("constructor", healthy)).toBe("none");
    const enough = record(5, "healthy", [{ ward: "good", cloud: "good", south: "missing" }]);
    expect(copyIn("south", enough)).toBe("none");
  });

  test("stores are all that hold something", () => expect(storesOf([healthy, damaged])).toEqual(["cloud", "ward"]));

  test("rows are months, newest first, or categories", () => {
    const at = (month: number) => new Date(2026, month, 15).getTime() / 1_000;
    const facts = new Map([
      ["1", { categoryCode: "imaging", recordedAt: at(1) }],
      ["2", { categoryCode: "laboratory", recordedAt: at(4) }],
    ]);
    expect(gridRows([healthy, damaged], facts, "month").map(({ key }) => key)).toEqual(["2026-4", "2026-1"]);
    expect(gridRows([healthy, damaged], facts, "category").map(({ categoryCode }) => categoryCode)).toEqual([
      "laboratory",
      "imaging",
    ]);
  });

  test("safety counts each record once", () => {
    const lost = record(3, "lost", []);
    const unchecked = record(4, "unchecked", []);
    expect(safetyOf([healthy, damaged, lost, unchecked])).toEqual({
      total: 4,
      safe: 1,
      hurt: 1,
      lost: 1,
      unchecked: 1,
      checkedAt: 53,
    });
    expect(safetyOf([]).checkedAt).toBeNull();
  });
});
