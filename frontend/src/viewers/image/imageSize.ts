/** How large a picture says it is, before a browser makes room for it: a few bytes can ask for gigabytes. */
import { CannotShowError } from "../CannotShow.tsx";
import { jpegHead } from "./jpegSegments.ts";

export type ImageSize = { readonly width: number; readonly height: number };

/** A browser takes four bytes for each. */
export const PIXELS_MAX = 120_000_000;
const HEAD_BYTES = 64;
/** What cameras write before a JPEG's first scan (small pictures, colours) is less. */
const JPEG_HEAD_MAX_BYTES = 8 * 1024 * 1024;

/** @throws CannotShowError where it is too large to be drawn, or no PNG, JPEG, GIF or WebP, whatever it is called. */
export async function requireDrawable(blob: Blob): Promise<ImageSize> {
  const size = await imageSize(blob);
  if (size.width < 1 || size.height < 1) throw new CannotShowError("damaged", "The picture has no size.");
  if (size.width * size.height > PIXELS_MAX) throw new CannotShowError("tooLarge", "The picture has too many pixels.");
  return size;
}

async function imageSize(blob: Blob): Promise<ImageSize> {
  const head = await bytesOf(blob, HEAD_BYTES);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const text = new TextDecoder("latin1").decode(head);
  try {
    if (text.startsWith("\u0089PNG\r\n\u001a\n") && text.startsWith("IHDR", 12)) {
      return { width: view.getUint32(16), height: view.getUint32(20) };
    }
    if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
      return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    }
    if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) return webpSize(text.slice(12, 16), view);
  } catch (cause) {
    throw new CannotShowError("damaged", "The picture is cut.", { cause });
  }
  if (head[0] === 0xff && head[1] === 0xd8) return await jpegSize(blob);
  throw new CannotShowError("damaged", "The file is no picture of a known kind.");
}

/** RFC 9649: three ways in which the first chunk tells it. */
function webpSize(chunk: string, view: DataView): ImageSize {
  const low24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  switch (chunk) {
    case "VP8X":
      return { width: low24(24) + 1, height: low24(27) + 1 };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8 ":
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    default:
      throw new CannotShowError("damaged", "The WebP begins with what is not known.");
  }
}

async function jpegSize(blob: Blob): Promise<ImageSize> {
  const head = jpegHead(await bytesOf(blob, JPEG_HEAD_MAX_BYTES));
  if (head === null) throw new CannotShowError("damaged", "The JPEG ends before its picture begins.");
  return { width: head.frame.columns, height: head.frame.rows };
}

async function bytesOf(blob: Blob, max: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.slice(0, max).arrayBuffer());
}
