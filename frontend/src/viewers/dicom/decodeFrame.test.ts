import type { DataSet } from "dicom-parser";
import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decodeFrame.ts";
import type { ImageInfo } from "./image.ts";
import { decodeJpeg } from "./jpeg.ts";

const INFO = { samplesPerPixel: 1, frames: 1, rows: 8, columns: 8, photometric: "MONOCHROME2" } as ImageInfo;
const UNSUPPORTED = expect.objectContaining({ name: "CannotShowError", trouble: "unsupported" });
const DAMAGED = expect.objectContaining({ name: "CannotShowError", trouble: "damaged" });

/** The beginning of a JPEG: an APP0, then how its frame is compressed, and with how many bits. */
function jpeg(way: number, bits: number): Uint8Array {
  const app0 = [0xff, 0xe0, 0, 4, 1, 2];
  return Uint8Array.of(0xff, 0xd8, ...app0, 0xff, 0xff, way, 0, 11, bits, 0, 8, 0, 8, 1, 1, 0x11, 0);
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
