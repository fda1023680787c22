import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/link.json";
import {
  type ChainEntry,
  type ChainFault,
  GENESIS_LINK_HEX,
  linkHex,
  requireIntact,
  type StatedLink,
  walk,
} from "./chainLink.ts";
import { parseAddress } from "./ids.ts";
import { keccakOfTag } from "./tags.ts";

const CHAIN: readonly StatedLink[] = vectors.entries.map((one) => ({
  entry: {
    patient: parseAddress(one.patient),
    sequence: one.sequence,
    author: parseAddress(one.author),
    category: one.category,
    location: 1,
    digestHex: one.digestHex,
    recordedAt: one.recordedAt,
    count: one.count,
  },
  linkHex: one.linkHex,
}));
const PATIENT = parseAddress(vectors.entries[0]?.patient ?? "");
const OTHER = parseAddress(`0x${"77".repeat(20)}`);

function faultsOf(stated: readonly StatedLink[], head = vectors.headLinkHex): ChainFault[] {
  return walk(PATIENT, stated, head).map((finding) => finding.fault);
}

function changed(at: number, change: Partial<ChainEntry>): StatedLink[] {
  return CHAIN.map((one, index) => (index === at ? { ...one, entry: { ...one.entry, ...change } } : one));
}

describe("chain links", () => {
  it("equal the vectors", () => {
    expect(keccakOfTag(vectors.linkTag)).toBe(`0x${vectors.linkTagHex}`);
    let previous = GENESIS_LINK_HEX;
    for (const { entry, linkHex: link } of CHAIN) {
      expect(linkHex(previous, entry)).toBe(link);
      previous = link;
    }
    expect(previous).toBe(vectors.headLinkHex);
    requireIntact(PATIENT, CHAIN, vectors.headLinkHex);
    requireIntact(PATIENT, [], GENESIS_LINK_HEX);
  });

  it("finds any change of any field of any entry, once", () => {
    for (const at of CHAIN.keys()) {
      for (const change of [
        { author: OTHER },
        { category: 60_000 },
        { digestHex: "cd".repeat(32) },
        { count: 7 },
        { recordedAt: 1 },
        { category: 2 ** 16 },
        { recordedAt: 0.5 },
      ]) {
        expect(faultsOf(changed(at, change))).toEqual(["wrong_link"]);
      }
    }
    expect(faultsOf(changed(0, { location: 9 }))).toEqual([]);
  });

  it("finds what is missing, doubled, foreign, and cut at the end", () => {
    expect(faultsOf(CHAIN.slice(1))).toEqual(["missing", "unverifiable"]);
    expect(faultsOf(CHAIN.slice(0, -1))).toEqual(["wrong_head"]);
    expect(faultsOf([...CHAIN, ...CHAIN.slice(0, 1)])).toEqual(["duplicate"]);
    expect(faultsOf(changed(CHAIN.length - 1, { patient: OTHER }))).toContain("foreign");
    expect(faultsOf([], vectors.headLinkHex)).toEqual(["wrong_head"]);
    expect(() => requireIntact(PATIENT, CHAIN.slice(0, -1), vectors.headLinkHex)).toThrow(
      expect.objectContaining({ code: "verification.chain_broken" }),
    );
  });
});
