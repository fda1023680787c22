import { describe, expect, it } from "vitest";
import { cidOf } from "./cid.ts";
import { CiphertextDigest } from "./ciphertextDigest.ts";
import { sha256Hex } from "./sha256.ts";

const DATA = Uint8Array.from({ length: 300_001 }, (_, position) => position % 251);

describe("the digest of a ciphertext", () => {
  it.each([
    ["as long as said", DATA.length],
    ["shorter than said", 1_000_000],
    ["longer than said", 100_000],
    ["of a length that is not known", null],
    ["too long to be held", 2 ** 31],
  ])("%s", async (_, mostBytes) => {
    const digest = new CiphertextDigest(mostBytes);
    for (let start = 0; start < DATA.length; start += 70_000) {
      const chunk = DATA.slice(start, start + 70_000);
      await digest.update(chunk);
      chunk.fill(0); // it is the caller's again
    }
    expect(digest.sizeBytes).toBe(DATA.length);
    expect(await digest.finish()).toEqual({
      cid: await cidOf(DATA),
      sizeBytes: DATA.length,
      sha256Hex: sha256Hex(DATA),
    });
  });

  it.each([null, 0, 10])("of nothing, where %s was said", async (mostBytes) => {
    const nothing = new Uint8Array(0);
    expect(await new CiphertextDigest(mostBytes).finish()).toEqual({
      cid: await cidOf(nothing),
      sizeBytes: 0,
      sha256Hex: sha256Hex(nothing),
    });
  });
});
