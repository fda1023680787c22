import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/merkle.json";
import { batchListBytes, parseBatchList } from "./batchList.ts";
import { inclusionPathHex, inclusionPathsHex, pathLength, requireIncluded, rootHex } from "./merkle.ts";

const { leavesHex } = vectors;
const ROOTS = new Map(vectors.roots.map(({ count, rootHex: root }) => [count, root]));
const OTHER = "ab".repeat(32);
const code = (text: string) => expect.objectContaining({ code: text });

describe("merkle", () => {
  it.each(vectors.roots)("root of $count", ({ count, rootHex: root }) => {
    expect(rootHex(leavesHex.slice(0, count))).toBe(root);
  });

  it("paths equal the vectors, one by one and all at once, and prove", () => {
    for (const { count, index, pathHex } of vectors.proofs) {
      const leaves = leavesHex.slice(0, count);
      expect(inclusionPathHex(leaves, index)).toEqual(pathHex);
      expect(inclusionPathsHex(leaves)[index]).toEqual(pathHex);
      expect(pathLength(index, count)).toBe(pathHex.length);
      requireIncluded({ leafHex: leaves[index] ?? "", index, count, pathHex, rootHex: ROOTS.get(count) ?? "" });
    }
  });

  it("refuses every other leaf, index, size, path and root", () => {
    for (const { count, index, pathHex } of vectors.proofs) {
      const proof = { leafHex: leavesHex[index] ?? "", index, count, pathHex, rootHex: ROOTS.get(count) ?? "" };
      const changed = [
        { ...proof, leafHex: OTHER },
        { ...proof, rootHex: OTHER },
        { ...proof, pathHex: [...pathHex, OTHER] },
        ...(pathHex.length === 0 ? [] : [{ ...proof, pathHex: pathHex.slice(1) }]),
        ...pathHex.map((_, at) => ({ ...proof, pathHex: pathHex.with(at, OTHER) })),
        ...(count === 1 ? [] : [{ ...proof, index: (index + 1) % count }]),
      ];
      for (const one of changed) {
        expect(() => requireIncluded(one)).toThrow(code("verification.not_included"));
      }
      expect(() => requireIncluded({ ...proof, index: count })).toThrow(code("input.leaf_index"));
      expect(() => requireIncluded({ ...proof, index: -1 })).toThrow(code("input.leaf_index"));
      expect(() => requireIncluded({ ...proof, index: 0.5 })).toThrow(code("input.leaf_index"));
    }
    expect(() => rootHex([])).toThrow(code("input.empty_tree"));
  });
});

describe("batch list", () => {
  const leaves = leavesHex.slice(0, 5);
  const root = ROOTS.get(5) ?? "";

  it("reads what it wrote, against count and root of the entry", () => {
    expect(parseBatchList(batchListBytes(leaves), { count: 5, root })).toEqual(leaves);
  });

  it("refuses another list, and other spellings", () => {
    const swapped = batchListBytes(leaves.toReversed());
    expect(() => parseBatchList(swapped, { count: 5, root })).toThrow(code("verification.batch_list"));
    expect(() => parseBatchList(batchListBytes(leaves), { count: 4, root })).toThrow(code("verification.batch_list"));
    const upper = new TextEncoder().encode(
      new TextDecoder().decode(batchListBytes(leaves)).replace(leaves[0] ?? "", (leaves[0] ?? "").toUpperCase()),
    );
    expect(() => parseBatchList(upper, { count: 5, root })).toThrow(code("input.malformed_json"));
  });
});
