/** JPEG by the browser's own decoder. */
import { type Bytes, concatBytes } from "../../core/bytes.ts";
import { CannotShowError } from "../CannotShow.tsx";
import { type JpegHead, jpegHead } from "../image/jpegSegments.ts";
import { requireSize } from "./codedSize.ts";
import type { Frame, ImageInfo } from "./image.ts";

const APP1 = 0xe1;
const APP14 = 0xee;
/** Of the ways in which a frame may be compressed those that browsers know: baseline, extended and progressive, by Huffman. */
const KNOWN_WAYS = [0xc0, 0xc1, 0xc2];

/**
 * @throws CannotShowError where browsers do not know this kind (lossless, twelve bits), it is damaged, or it is another image
 *   than the data set speaks of.
 */
export async function decodeJpeg(bytes: Uint8Array, info: ImageInfo): Promise<Frame> {
  const head = jpegHead(bytes);
  if (head === null) throw new CannotShowError("damaged", "There is no image in this JPEG.");
  requireKnown(head, info);
  const { rows, columns } = info;
  const blob = new Blob([asTold(bytes, head, info)], { type: "image/jpeg" });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" }).catch((cause: unknown) => {
    throw new CannotShowError("damaged", "The browser can't read this JPEG.", { cause });
  });
  if (bitmap.width !== columns || bitmap.height !== rows) {
    bitmap.close();
    throw new CannotShowError("damaged", "The compressed image has another size.");
  }
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

/** Before anything makes room for it: its size is bounded where the data set was opened, and must be that. */
function requireKnown({ frame }: JpegHead, info: ImageInfo): void {
  if (!KNOWN_WAYS.includes(frame.way) || frame.bits !== 8) {
    throw new CannotShowError("unsupported", "No browser reads this kind of JPEG.");
  }
  requireSize(frame, info);
}

/**
 * The JPEG as the data set tells of it.
 *
 * Left out is what a camera may have said (Exif): by it browsers turn an image, or mirror it, and the data set alone says how
 * it lies. Put in is Adobe's segment on whether the colours are Y, Cb, Cr or R, G, B: a browser guesses where nobody says, and
 * the data set knows. A segment that is there already counts.
 */
export function asTold(bytes: Uint8Array, { segments, scanAt }: JpegHead, info: ImageInfo): Bytes {
  const kept = segments.filter(({ marker }) => marker !== APP1).map(({ from, to }) => bytes.subarray(from, to));
  const isTold = info.samplesPerPixel !== 3 || segments.some(({ marker }) => marker === APP14);
  const transform = info.photometric === "RGB" ? 0 : 1;
  const adobe = isTold ? [] : [0xff, APP14, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform];
  return concatBytes(bytes.subarray(0, 2), Uint8Array.from(adobe), ...kept, bytes.subarray(scanAt));
}
