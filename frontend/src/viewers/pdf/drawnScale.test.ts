import { describe, expect, it } from "vitest";
import { drawnScale } from "./drawnScale.ts";

describe("drawnScale", () => {
  it("a page of paper is as wide as its place", () => {
    expect(drawnScale({ width: 600, height: 850 }, 1_200)).toBe(2);
  });

  it.each([
    [1, 14_400],
    [14_400, 14_400],
    [0.001, 1_000_000],
  ])("one of %d × %d is drawn as large as a canvas can be, and no larger", (width, height) => {
    const scale = drawnScale({ width, height }, 30_000);
    expect(width * height * scale * scale).toBeLessThanOrEqual(16_777_216 * 1.001);
    expect(Math.max(width, height) * scale).toBeLessThanOrEqual(16_384.1);
  });

  it.each([0, Number.NaN, -1])("one without a size is refused: %d", (width) => {
    expect(() => drawnScale({ width, height: 10 }, 600)).toThrow(RangeError);
  });
});
