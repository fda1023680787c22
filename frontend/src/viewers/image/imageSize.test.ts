import { describe, expect, it } from "vitest";
import { PIXELS_MAX, requireDrawable } from "./imageSize.ts";

const ascii = (text: string) => [...text].map((one) => one.charCodeAt(0));
const big = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, i) => (value >>> (8 * (bytes - 1 - i))) & 0xff);
const little = (value: number, bytes: number) => big(value, bytes).reverse();
const png = (width: number, height: number) => [
  0x89,
  ...ascii("PNG\r\n\u001a\n"),
  ...big(13, 4),
  ...ascii("IHDR"),
  ...big(width, 4),
  ...big(height, 4),
];
const gif = (width: number, height: number) => [...ascii("GIF89a"), ...little(width, 2), ...little(height, 2)];
const webp = (chunk: string, ...rest: number[]) => [
  ...ascii("RIFF"),
  0,
  0,
  0,
  0,
  ...ascii("WEBP"),
  ...ascii(chunk),
  0,
  0,
  0,
  0,
  ...rest,
];
const vp8x = (width: number, height: number) =>
  webp("VP8X", 0, 0, 0, 0, ...little(width - 1, 3), ...little(height - 1, 3));
const vp8l = (width: number, height: number) => webp("VP8L", 0x2f, ...little(((height - 1) << 14) | (width - 1), 4));
const vp8 = (width: number, height: number) =>
  webp("VP8 ", 0, 0, 0, 0x9d, 0x01, 0x2a, ...little(width, 2), ...little(height, 2));
const jpeg = (width: number, height: number, before: readonly number[] = []) => [
  ...[0xff, 0xd8, ...before],
  ...[0xff, 0xc2, 0, 11, 8, ...big(height, 2), ...big(width, 2), 1, 1, 0x11, 0],
  ...[0xff, 0xda, 0, 2],
];
const check = (bytes: readonly number[]) => requireDrawable(new Blob([Uint8Array.from(bytes)]));
const trouble = (name: string) => expect.objectContaining({ trouble: name });

describe("requireDrawable", () => {
  it.each(Object.entries({ png, gif, vp8x, vp8l, vp8, jpeg }))("reads the size of a %s", async (_, make) => {
    expect(await check(make(640, 401))).toEqual({ width: 640, height: 401 });
  });

  it.each([
    ["png", png(100_000, 100_000)],
    ["gif", gif(65_535, 65_535)],
    ["vp8x", vp8x(1 << 24, 1 << 24)],
    ["vp8l", vp8l(16_384, 16_384)],
    ["vp8", vp8(16_383, 16_383)],
    ["jpeg", jpeg(65_535, 65_535)],
    ["png, by one pixel", png(PIXELS_MAX + 1, 1)],
  ])("refuses to make room for a few bytes that ask for gigabytes: %s", async (_, bytes) => {
    await expect(check(bytes)).rejects.toEqual(trouble("tooLarge"));
  });

  it("finds a JPEG's size behind a small picture that a camera put before it, not the small one's", async () => {
    const small = [...jpeg(160, 120), ...Array.from({ length: 60_000 }, () => 0xff)];
    const exif = [0xff, 0xe1, ...big(small.length + 2, 2), ...small];
    expect(await check(jpeg(4_000, 3_000, [...exif, 0, 0, ...exif]))).toEqual({ width: 4_000, height: 3_000 });
  });

  it("refuses what is no picture of the four kinds, or is cut, whatever it is called", async () => {
    const others = [[], ascii("<svg/>"), ascii("BM______"), [0, 0, 0, 28, ...ascii("ftypavif")], webp("ALPH")];
    for (const bytes of [
      ...others,
      png(1, 1).slice(0, 18),
      jpeg(1, 1).slice(0, 12),
      gif(0, 5),
      vp8x(1, 1).slice(0, 26),
    ]) {
      await expect(check(bytes)).rejects.toEqual(trouble("damaged"));
    }
  });
});
