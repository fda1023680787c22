import { describe, expect, it } from "vitest";
import { toHex, toUtf8 } from "./bytes.ts";
import { PACK_HEADER_BYTES, pack, sectionBytes } from "./car.ts";
import { cidBytes, cidOfRaw } from "./cid.ts";

describe("a pack", () => {
  it("is the header of an archive without roots and its sections", () => {
    const data = toUtf8("x".repeat(100));
    const cid = cidOfRaw(data);
    // 136 bytes of CID and data, as a varint: 0x88 0x01.
    const section = `8801${toHex(cidBytes(cid))}${toHex(data)}`;
    expect(toHex(pack([{ cid, data }]))).toBe(`11a265726f6f7473806776657273696f6e01${section}`);
    expect(toHex(pack([]))).toBe("11a265726f6f7473806776657273696f6e01");
  });

  it("is as long as told before", () => {
    const blocks = [0, 1, 91, 92, 20_000, 262_144].map((size) => {
      const data = new Uint8Array(size);
      return { cid: cidOfRaw(data), data };
    });
    const told = blocks.reduce((sum, { data }) => sum + sectionBytes(data.length), PACK_HEADER_BYTES);
    expect(pack(blocks).length).toBe(told);
  });
});
