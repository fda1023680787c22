/** JPEG by the browser's own decoder. */
import { CannotShowError } from "../CannotShow.tsx";
import type { Frame, ImageInfo } from "./image.ts";

const START = [0xff, 0xd8];
const SCAN = 0xda;
const APP14 = 0xee;
/** Of the ways in which a frame may be compressed those that browsers know: baseline, extended and progressive, by Huffman. */
const KNOWN_WAYS = [0xc0, 0xc1, 0xc2];
/** 0xc4, 0xc8 and 0xcc lie between the ways, and are none. */
const WAYS = [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];

/** @throws CannotShowError where browsers do not know this kind (lossless, twelve bits), or it is damaged. */
export async function decodeJpeg(bytes: Uint8Array, info: ImageInfo): Promise<Frame> {
  const frame = segmentAt(bytes, WAYS);
  if (frame === null) throw new CannotShowError("damaged", "There is no image in this JPEG.");
  if (!KNOWN_WAYS.includes(bytes[frame + 1] ?? 0) || bytes[frame + 4] !== 8) {
    throw new CannotShowError("unsupported", "No browser reads this kind of JPEG.");
  }
  const told = info.samplesPerPixel === 3 ? withTransform(bytes, info.photometric !== "RGB") : bytes;
  const blob = new Blob([new Uint8Array(told)], { type: "image/jpeg" });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" }).catch((cause: unknown) => {
    throw new CannotShowError("damaged", "The browser can't read this JPEG.", { cause });
  });
  const { width: columns, height: rows } = bitmap;
  const context = new OffscreenCanvas(columns, rows).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new CannotShowError("unsupported", "There is no canvas.");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const rgba = context.getImageData(0, 0, columns, rows).data as Uint8ClampedArray<ArrayBuffer>;
  if (info.samplesPerPixel === 3) return { kind: "colour", rgba, columns, rows };
  const samples = new Int32Array(columns * rows);
  for (let i = 0; i < samples.length; i += 1) samples[i] = rgba[i * 4] ?? 0;
  return { kind: "grey", samples, columns, rows };
}

/**
 * Says by Adobe's segment whether the colours are Y, Cb, Cr or R, G, B: a browser guesses where nobody says, and the data set
 * knows. A segment that is there already counts.
 */
export function withTransform(bytes: Uint8Array, isYbr: boolean): Uint8Array {
  if (bytes[0] !== START[0] || bytes[1] !== START[1] || hasSegment(bytes, APP14)) return bytes;
  const segment = [0xff, APP14, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, isYbr ? 1 : 0];
  const out = new Uint8Array(bytes.length + segment.length);
  out.set(START);
  out.set(segment, 2);
  out.set(bytes.subarray(2), 2 + segment.length);
  return out;
}

function hasSegment(bytes: Uint8Array, wanted: number): boolean {
  return segmentAt(bytes, [wanted]) !== null;
}

/** Where the first segment of these begins, looking no further than to the scan; null where there is none. */
function segmentAt(bytes: Uint8Array, wanted: readonly number[]): number | null {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? SCAN;
    if (wanted.includes(marker)) return at;
    if (marker === SCAN) return null;
    // Any number of these may stand before a marker.
    at += marker === 0xff ? 1 : 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
  }
  return null;
}
