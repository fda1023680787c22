import { describe, expect, it } from "vitest";
import { concatBytes, equalBytes, fromBase64, fromHex, fromUtf8, toBase64, toHex, toUtf8 } from "./bytes.ts";

const REFUSED = expect.objectContaining({ code: "input.invalid" });

describe("bytes", () => {
  it("go to their spellings and back", () => {
    const data = Uint8Array.from({ length: 256 }, (_, position) => position);
    expect(fromHex(toHex(data))).toEqual(data);
    expect(fromBase64(toBase64(data))).toEqual(data);
    expect(fromUtf8(toUtf8("기록 é 😀"))).toBe("기록 é 😀");
  });

  it.each(["AA", "AA=", "AB==", "A A=", "AA==\n", "-_==", "====", "é"])("refuses %j as base64", (text) => {
    expect(() => fromBase64(text)).toThrow(REFUSED);
  });

  it.each(["0", "0x00", "AA", "zz", " 00"])("refuses %j as hex", (text) => {
    expect(() => fromHex(text)).toThrow(REFUSED);
  });

  it("refuses what is not UTF-8", () => {
    expect(() => fromUtf8(Uint8Array.of(0xff))).toThrow(REFUSED);
  });

  it("compares by length and by every byte", () => {
    const data = toUtf8("abc");
    expect(equalBytes(data, concatBytes(toUtf8("a"), toUtf8("bc")))).toBe(true);
    expect(equalBytes(data, toUtf8("abd"))).toBe(false);
    expect(equalBytes(data, toUtf8("ab"))).toBe(false);
  });
});
