import { type DataSet, littleEndianByteArrayParser } from "dicom-parser";
import { afterEach, describe, expect, it, vi } from "vitest";
import { jpegHead } from "../image/jpegSegments.ts";
import { jpeg2000Size, jpegLsSize } from "./codedSize.ts";
import { decodeFrame } from "./decodeFrame.ts";
import type { ImageInfo } from "./image.ts";
import { asTold, decodeJpeg } from "./jpeg.ts";
import { framesKept } from "./useFrames.ts";

const INFO = { samplesPerPixel: 1, frames: 1, rows: 8, columns: 8, photometric: "MONOCHROME2" } as ImageInfo;
const UNSUPPORTED = expect.objectContaining({ name: "CannotShowError", trouble: "unsupported" });
const DAMAGED = expect.objectContaining({ name: "CannotShowError", trouble: "damaged" });

const APP0 = [0xff, 0xe0, 0, 4, 1, 2];
/** What a camera says, in the segment by which browsers turn an image. */
const EXIF = [0xff, 0xe1, 0, 8, 0x45, 0x78, 0x69, 0x66, 0, 0];
const SCAN = [0xff, 0xda, 0, 2, 0x55];

/** A JPEG without its tables: an APP0, then how its frame is compressed, with how many bits, how large, of how many colours. */
function jpeg(
  way: number,
  bits: number,
  [rows, columns, components]: readonly number[] = [8, 8, 1],
  before: readonly number[] = APP0,
) {
  const frame = [way, 0, 11, bits, 0, rows ?? 0, 0, columns ?? 0, components ?? 0, 1, 0x11, 0];
  return Uint8Array.of(0xff, 0xd8, ...before, 0xff, 0xff, ...frame, ...SCAN);
}

function told(bytes: Uint8Array, info: Partial<ImageInfo>): number[] {
  const head = jpegHead(bytes);
  if (head === null) throw new Error("no head");
  return [...asTold(bytes, head, { ...INFO, ...info })];
}

describe("an image that no browser reads", () => {
  it.each([
    ["JPEG, lossless", "1.2.840.10008.1.2.4.57"],
    ["JPEG, lossless, first order", "1.2.840.10008.1.2.4.70"],
    ["JPEG XL", "1.2.840.10008.1.2.4.110"],
    ["MPEG-4", "1.2.840.10008.1.2.4.102"],
    ["a name that objects have by birth", "constructor"],
  ])("is said to be of another kind: %s", async (_, transferSyntax) => {
    const file = { set: { elements: {} } as DataSet, transferSyntax };
    await expect(decodeFrame(file, { ...INFO, transferSyntax }, 0)).rejects.toEqual(UNSUPPORTED);
  });

  it.each([
    ["twelve bits", 0xc1, 12],
    ["lossless", 0xc3, 8],
    ["arithmetic", 0xc9, 8],
  ])("is said to be of another kind: a JPEG frame, %s", async (_, way, bits) => {
    await expect(decodeJpeg(jpeg(way, bits), INFO)).rejects.toEqual(UNSUPPORTED);
  });

  it("is said to be damaged where there is no frame in it", async () => {
    await expect(decodeJpeg(Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 2), INFO)).rejects.toEqual(DAMAGED);
    await expect(decodeJpeg(new Uint8Array(), INFO)).rejects.toEqual(DAMAGED);
  });
});

describe("a JPEG that is another image than the data set speaks of", () => {
  const made = vi.fn();
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["rows", [9, 8, 1]],
    ["columns", [8, 200, 1]],
    ["colours", [8, 8, 3]],
  ])("is refused before room is made for it: %s", async (_, size) => {
    vi.stubGlobal("createImageBitmap", made);
    await expect(decodeJpeg(jpeg(0xc0, 8, size), INFO)).rejects.toEqual(DAMAGED);
    expect(made).not.toHaveBeenCalled();
  });

  it("is refused where the browser made another size of it", async () => {
    vi.stubGlobal("createImageBitmap", async () => ({ width: 8, height: 16, close: () => undefined }));
    await expect(decodeJpeg(jpeg(0xc0, 8), INFO)).rejects.toEqual(DAMAGED);
  });

  it("is refused where it holds two frames: which one counts is nobody's to guess", async () => {
    const two = jpeg(0xc0, 8, [8, 8, 1], [...jpeg(0xc0, 8)].slice(2, -SCAN.length));
    await expect(decodeJpeg(two, INFO)).rejects.toEqual(DAMAGED);
  });
});

describe("a JPEG as the data set tells of it", () => {
  it("is not turned by what a camera said, wherever that stands", () => {
    const plain = told(jpeg(0xc0, 8), {});
    expect(told(jpeg(0xc0, 8, [8, 8, 1], [...EXIF, ...APP0]), {})).toEqual(plain);
    expect(told(jpeg(0xc0, 8, [8, 8, 1], [...APP0, 0, 7, 0xff, 0xd1, 0xff, ...EXIF, ...EXIF]), {})).toEqual(plain);
  });

  it("says how the colours are meant where nobody did, and believes who did", () => {
    const bare = jpeg(0xc0, 8, [8, 8, 3]);
    const asRgb = told(bare, { samplesPerPixel: 3, photometric: "RGB" });
    expect(asRgb.slice(0, 6)).toEqual([0xff, 0xd8, 0xff, 0xee, 0, 14]);
    expect(asRgb[17]).toBe(0);
    expect(told(bare, { samplesPerPixel: 3, photometric: "YBR_FULL" })[17]).toBe(1);
    expect(told(Uint8Array.from(asRgb), { samplesPerPixel: 3, photometric: "YBR_FULL" })).toEqual(asRgb);
  });
});

/** The beginning of a JPEG 2000 codestream, its image one column in from the left. */
function codestream(columns: number, rows: number, components: number): readonly number[] {
  const word = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  const sizes = [columns + 1, rows, 1, 0, columns + 1, rows, 0, 0].flatMap(word);
  return [0xff, 0x4f, 0xff, 0x51, 0, 38 + 3 * components, 0, 0, ...sizes, 0, components];
}

describe("the size that a compressed frame says it has", () => {
  const size = { rows: 300, columns: 200, components: 1 };

  it("is read from JPEG-LS, and from JPEG 2000 bare and in boxes", () => {
    const ls = [0xff, 0xd8, 0xff, 0xf7, 0, 11, 16, 300 >> 8, 300 & 255, 0, 200, 1, 1, 0x11, 0, ...SCAN];
    expect(jpegLsSize(Uint8Array.from(ls))).toMatchObject(size);
    const bare = codestream(200, 300, 1);
    expect(jpeg2000Size(Uint8Array.from(bare))).toEqual(size);
    const signature = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 13, 10, 135, 10];
    const long = [0, 0, 0, 1, 0x66, 0x72, 0x65, 0x65, 0, 0, 0, 0, 0, 0, 0, 16];
    const boxed = [...signature, ...long, 0, 0, 0, 0, 0x6a, 0x70, 0x32, 0x63, ...bare];
    expect(jpeg2000Size(Uint8Array.from(boxed))).toEqual(size);
  });

  it.each([[[]], [[0xff, 0x4f]], [codestream(1, 1, 1).slice(0, 20)], [Array.from({ length: 64 }, () => 0)]])(
    "is damaged where it is not there: %j",
    (bytes) => {
      expect(() => jpeg2000Size(Uint8Array.from(bytes))).toThrow(DAMAGED);
      expect(() => jpegLsSize(Uint8Array.from(bytes))).toThrow(DAMAGED);
    },
  );

  it.each([
    ["JPEG 2000", "1.2.840.10008.1.2.4.90", codestream(20_000, 20_000, 1)],
    [
      "JPEG-LS",
      "1.2.840.10008.1.2.4.80",
      [0xff, 0xd8, 0xff, 0xf7, 0, 11, 16, 255, 255, 255, 255, 1, 1, 0x11, 0, ...SCAN],
    ],
  ])("is compared before the codec is even loaded: %s", async (_, transferSyntax, frame) => {
    const item = (length: number) => [0xfe, 0xff, 0x00, 0xe0, length, 0, 0, 0];
    const byteArray = Uint8Array.from([...item(0), ...item(frame.length), ...frame]);
    const fragments = [{ offset: 0, position: 16, length: frame.length }];
    const pixels = {
      tag: "x7fe00010",
      dataOffset: 0,
      length: byteArray.length,
      encapsulatedPixelData: true,
      fragments,
    };
    const set = { elements: { x7fe00010: { ...pixels, hadUndefinedLength: true, basicOffsetTable: [] } }, byteArray };
    const file = {
      set: { ...set, byteArrayParser: littleEndianByteArrayParser } as unknown as DataSet,
      transferSyntax,
    };
    await expect(decodeFrame(file, { ...INFO, transferSyntax }, 0)).rejects.toMatchObject({
      message: "The compressed image has another size.",
    });
  });
});

it("fewer frames are kept the larger they are", () => {
  expect(framesKept({ rows: 512, columns: 512 })).toBe(24);
  expect(framesKept({ rows: 4_096, columns: 4_096 })).toBe(8);
  expect(framesKept({ rows: 16_384, columns: 16_384 })).toBe(2);
});
