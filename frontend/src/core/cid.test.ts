import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/cid.json";
import {
  CidHasher,
  cidBytes,
  cidFromBytes,
  cidOf,
  cidOfRaw,
  digestOfRawCid,
  parseCid,
  rawCidFromDigest,
} from "./cid.ts";
import { sha256Hex } from "./sha256.ts";

function content(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, position) => position % 251);
}

describe("cid", () => {
  it.each(vectors.cases)("of $sizeBytes bytes is the vectors'", async ({ sizeBytes, cid }) => {
    const data = content(sizeBytes);
    expect(await cidOf(data)).toBe(cid);

    const hasher = new CidHasher();
    for (let start = 0; start < data.length; start += 100_003) {
      await hasher.update(data.subarray(start, start + 100_003));
    }
    expect(await hasher.digest()).toBe(cid);
  });

  it("of one block carries its SHA-256", () => {
    const data = content(1000);
    expect(digestOfRawCid(cidOfRaw(data))).toBe(sha256Hex(data));
    expect(rawCidFromDigest(sha256Hex(data))).toBe(cidOfRaw(data));
  });

  it("goes to bytes and back", () => {
    for (const { cid } of vectors.cases) {
      expect(cidFromBytes(cidBytes(cid))).toBe(cid);
    }
  });

  it.each([
    ["nothing", ""],
    ["upper case", "BAFKREIHDWDCEFGH4DQKJV67UZCMW7OJEE6XEDZDETOJUZJEVTENXQUVYKU"],
    ["version 0", "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"],
    ["padded", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku======"],
    ["cut", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk"],
    ["stray bits at the end", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykv"],
  ])("refuses %s", (_, text) => {
    expect(() => parseCid(text)).toThrow(expect.objectContaining({ code: "input.invalid" }));
  });

  it("refuses the digest of a tree's root as that of a block", () => {
    expect(() => digestOfRawCid(vectors.cases[4]?.cid ?? "")).toThrow(
      expect.objectContaining({ code: "input.invalid" }),
    );
  });
});
