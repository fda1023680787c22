/** The size that a compressed frame says it has, read before its codec makes room for it: a few bytes can ask for gigabytes. */
import { CannotShowError } from "../CannotShow.tsx";
import { jpegHead } from "../image/jpegSegments.ts";
import type { ImageInfo } from "./image.ts";

export type CodedSize = { readonly rows: number; readonly columns: number; readonly components: number };

/** @throws CannotShowError where it is another image than the data set speaks of. */
export function requireSize(coded: CodedSize, info: ImageInfo): void {
  if (coded.rows !== info.rows || coded.columns !== info.columns || coded.components !== info.samplesPerPixel) {
    throw new CannotShowError("damaged", "The compressed image has another size.");
  }
}

/** @throws CannotShowError where there is no frame in it. */
export function jpegLsSize(bytes: Uint8Array): CodedSize {
  const head = jpegHead(bytes);
  if (head === null) throw new CannotShowError("damaged", "There is no image in this JPEG-LS.");
  return head.frame;
}

/** Of a codestream (ITU T.800 annex A.5.1), bare or in a JP2 file. @throws CannotShowError where there is none. */
export function jpeg2000Size(bytes: Uint8Array): CodedSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const at = codestreamAt(view);
    // The start of the codestream, and the segment of sizes, which comes first.
    if (view.getUint32(at) !== 0xff4fff51) throw new RangeError();
    const side = (low: number) => view.getUint32(at + 8 + low) - view.getUint32(at + 16 + low);
    return { columns: side(0), rows: side(4), components: view.getUint16(at + 40) };
  } catch (cause) {
    throw new CannotShowError("damaged", "There is no image in this JPEG 2000.", { cause });
  }
}

/** Where the box `jp2c` has its content; 0 where the bytes are not in boxes. */
function codestreamAt(view: DataView): number {
  if (view.getUint16(0) === 0xff4f) return 0;
  for (let at = 0; ; ) {
    const isLong = view.getUint32(at) === 1;
    const length = isLong ? Number(view.getBigUint64(at + 8)) : view.getUint32(at);
    const head = isLong ? 16 : 8;
    if (view.getUint32(at + 4) === 0x6a703263) return at + head;
    if (length < head) throw new RangeError();
    at += length;
  }
}
