import { describe, expect, test } from "vitest";
import type { ImageInfo } from "./image.ts";
import { openFile } from "./openFile.ts";
import { greyOf, paintGrey, wholeWindow } from "./paint.ts";
import { decodeRle } from "./rle.ts";
import { interleaved, readSamples } from "./samples.ts";
import { tagsFound } from "./TagTable.tsx";
import { tagName } from "./tagNames.ts";
import { dragged, firstView, keyed, zoomed } from "./view.ts";

const layout = (bits: number, isSigned: boolean, over: Partial<ImageInfo> = {}) => ({
  bitsAllocated: bits,
  bitsStored: bits,
  highBit: bits - 1,
  isSigned,
  isLittleEndian: true,
  ...over,
});

describe("readSamples", () => {
  test("signs, byte orders, and bits that are not the value's", () => {
    expect([...readSamples(Uint8Array.of(255, 1), 2, layout(8, true))]).toEqual([-1, 1]);
    expect([...readSamples(Uint8Array.of(0x01, 0x02), 1, layout(16, false, { isLittleEndian: false }))]).toEqual([
      0x0102,
    ]);
    const twelve = { bitsStored: 12, highBit: 11 };
    expect([...readSamples(Uint8Array.of(0xff, 0xff), 1, layout(16, true, twelve))]).toEqual([-1]);
    expect([...readSamples(Uint8Array.of(0xff, 0xff), 1, layout(16, false, twelve))]).toEqual([4095]);
    const upper = { bitsStored: 12, highBit: 15 };
    expect([...readSamples(Uint8Array.of(0x1f, 0x80), 1, layout(16, false, upper))]).toEqual([0x801]);
    expect([...readSamples(Uint8Array.of(255, 255, 255, 255), 1, layout(32, false))]).toEqual([4_294_967_295]);
    expect([...readSamples(Uint8Array.of(0b101), 3, layout(1, false))]).toEqual([1, 0, 1]);
  });

  test("too few bytes are refused", () => {
    expect(() => readSamples(Uint8Array.of(1), 1, layout(16, false))).toThrow(
      expect.objectContaining({ trouble: "damaged" }),
    );
  });

  test("planes become pixels", () => {
    expect([...interleaved(Int32Array.of(1, 2, 10, 20, 100, 200), 3)]).toEqual([1, 10, 100, 2, 20, 200]);
  });
});

describe("decodeRle", () => {
  const file = (...segments: number[][]) => {
    const head = new Uint32Array(16);
    head[0] = segments.length;
    let at = 64;
    segments.forEach((segment, i) => {
      head[i + 1] = at;
      at += segment.length;
    });
    return Uint8Array.from([...new Uint8Array(head.buffer), ...segments.flat()]);
  };

  test("runs and literals; the highest byte's segment comes first", () => {
    expect([...decodeRle(file([254, 7], [2, 1, 2, 3]), 3, 1, 2)]).toEqual([1, 7, 2, 7, 3, 7]);
  });

  test("segments that are missing, too short or out of the file are refused", () => {
    const wrong = [new Uint8Array(3), file([0, 1]), file([0, 1], [0, 1], [0, 1])];
    for (const one of wrong)
      expect(() => decodeRle(one, 2, 1, 2)).toThrow(expect.objectContaining({ trouble: "damaged" }));
    const out = file([254, 7], [254, 7]);
    out[8] = 250;
    expect(() => decodeRle(out, 3, 1, 2)).toThrow(expect.objectContaining({ trouble: "damaged" }));
  });
});

describe("window and level", () => {
  test("the standard's linear function: ends, middle, inverted", () => {
    const look = { centre: 128.5, width: 256, isInverted: false };
    expect([0.5, 128, 255].map((value) => greyOf(value, look))).toEqual([0, 128, 255]);
    expect(greyOf(-1_000, { ...look, isInverted: true })).toBe(255);
    expect(greyOf(5, { centre: 5, width: 1, isInverted: false })).toBe(255);
  });

  test("looked up or counted, the picture is the same; the whole window shows the lowest black and the highest white", () => {
    const scale = { slope: 2, intercept: -100 };
    const samples = Int32Array.of(-5, 0, 60, 1_000);
    const look = { ...wholeWindow(samples, scale), isInverted: false };
    const looked = new Uint8ClampedArray(16);
    const counted = new Uint8ClampedArray(16);
    paintGrey(samples, looked, look, scale);
    paintGrey(Float64Array.of(...samples, 1e9).subarray(0, 4), counted, look, scale);
    expect(looked).toEqual(counted);
    expect([looked[0], looked[12], looked[3]]).toEqual([0, 255, 255]);
  });
});

describe("view", () => {
  const view = firstView({ centre: 40, width: 400, label: null });

  test("keys change it and come back; a window never closes", () => {
    expect(keyed(view, "ArrowDown", false, view)).toMatchObject({ centre: 60 });
    expect(keyed(view, "ArrowRight", true, view)).toMatchObject({ x: -40, centre: 40 });
    expect(keyed({ ...view, zoom: 4 }, "0", false, view)).toEqual(view);
    expect(keyed(view, "a", false, view)).toBeNull();
    expect(dragged(view, -100_000, 0).width).toBe(1);
    expect(zoomed(view, 1e9).zoom).toBe(16);
  });
});

describe("files", () => {
  test("what is no DICOM, or cut, is refused as damaged", async () => {
    const marked = new Uint8Array(140);
    marked.set(new TextEncoder().encode("DICM"), 128);
    for (const bytes of [new Uint8Array(), new Uint8Array(10).fill(255), marked.fill(255, 132)]) {
      await expect(openFile(bytes)).rejects.toMatchObject({ trouble: "damaged" });
    }
  });

  test("tags are found by words, numbers and values", () => {
    const tag = { tag: "(0028,0010)", name: "Rows", vr: "US", value: "512", depth: 0 };
    for (const wanted of ["", "rows", "00280010", "512 row"]) expect(tagsFound([tag], wanted)).toEqual([tag]);
    expect(tagsFound([tag], "columns")).toEqual([]);
    expect(tagName("00280010")).toEqual({ vr: "US", name: "Rows" });
  });
});
