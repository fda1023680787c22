import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/canonical.json";
import { fromHex, toHex } from "./bytes.ts";
import { canonicalBytes, type JsonValue, parseCanonical } from "./canonical.ts";

const WHAT = { maxBytes: 1000, what: "thing" };

describe("canonical JSON", () => {
  it.each(vectors.accepted)("writes and reads: $name", ({ value, canonicalHex }) => {
    expect(toHex(canonicalBytes(value as JsonValue))).toBe(canonicalHex);
    expect(parseCanonical(fromHex(canonicalHex), WHAT)).toEqual(value);
  });

  it.each(vectors.refused)("refuses: $name", ({ bytesHex }) => {
    expect(() => parseCanonical(fromHex(bytesHex), WHAT)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^input\.(malformed_json|not_canonical_json)$/) }),
    );
  });

  it("checks the size before it parses", () => {
    expect(() => parseCanonical(new Uint8Array(1001), WHAT)).toThrow(
      expect.objectContaining({ code: "input.too_large" }),
    );
  });

  it("refuses what nests too deep for it, as malformed", () => {
    const text = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(() => parseCanonical(new TextEncoder().encode(text), { maxBytes: 1e6, what: "thing" })).toThrow(
      expect.objectContaining({ code: "input.malformed_json" }),
    );
  });

  it.each([
    ["undefined", undefined],
    ["a fraction", 1.5],
    ["a function", () => 1],
    ["a big integer", 1n],
    ["undefined inside", { a: undefined }],
  ])("does not write %s", (_, value) => {
    expect(() => canonicalBytes(value as unknown as JsonValue)).toThrow(
      expect.objectContaining({ code: "input.malformed_json" }),
    );
  });
});
