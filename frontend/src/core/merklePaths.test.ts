import { describe, expect, it } from "vitest";
import { inclusionPathHex, inclusionPathsHex } from "./merkle.ts";

describe("all inclusion paths at once", () => {
  it.each([1, 2, 3, 5, 8, 13, 64, 65])("are those of each of %i leaves", (count) => {
    const leaves = Array.from({ length: count }, (_one, index) => index.toString(16).padStart(64, "0"));
    expect(inclusionPathsHex(leaves)).toEqual(leaves.map((_leaf, index) => inclusionPathHex(leaves, index)));
  });

  it("are refused of nothing", () => {
    expect(() => inclusionPathsHex([])).toThrow(expect.objectContaining({ code: "input.empty_tree" }));
  });
});
