/** The bytes of one frame, as they are in the file. */
import {
  createJPEGBasicOffsetTable,
  type DataSet,
  readEncapsulatedImageFrame,
  readEncapsulatedPixelDataFromFragments,
} from "dicom-parser";
import { CannotShowError } from "../CannotShow.tsx";
import type { ImageInfo } from "./image.ts";

const PIXELS = "x7fe00010";

/** @throws CannotShowError where the frame is not all there. */
export function frameBytes(set: DataSet, info: ImageInfo, index: number): Uint8Array {
  const element = set.elements[PIXELS];
  if (element === undefined || index < 0 || index >= info.frames) throw damaged();
  if (element.encapsulatedPixelData !== true) return nativeFrame(set, info, index, element.dataOffset, element.length);
  const fragments = element.fragments ?? [];
  if (fragments.length === 0) throw damaged();
  try {
    if (info.frames === 1)
      return readEncapsulatedPixelDataFromFragments(set, element, 0, fragments.length) as Uint8Array;
    if ((element.basicOffsetTable ?? []).length === info.frames)
      return readEncapsulatedImageFrame(set, element, index) as Uint8Array;
    if (fragments.length === info.frames)
      return readEncapsulatedPixelDataFromFragments(set, element, index, 1) as Uint8Array;
    return readEncapsulatedImageFrame(set, element, index, createJPEGBasicOffsetTable(set, element)) as Uint8Array;
  } catch (cause) {
    throw new CannotShowError("damaged", "A frame can't be found.", { cause });
  }
}

function nativeFrame(set: DataSet, info: ImageInfo, index: number, start: number, length: number): Uint8Array {
  const bits = info.rows * info.columns * bitsPerPixel(info);
  const size = Math.ceil(bits / 8);
  // Single bits run on from frame to frame without padding: only whole bytes are cut here.
  const from = bits % 8 === 0 ? index * size : Math.floor((index * bits) / 8);
  if (from + size > length || start + from + size > set.byteArray.length || (bits % 8 !== 0 && index > 0))
    throw damaged();
  return new Uint8Array(set.byteArray.buffer, set.byteArray.byteOffset + start + from, size);
}

/** In YBR_FULL_422 two pixels share their colours. */
function bitsPerPixel(info: ImageInfo): number {
  const samples = info.photometric === "YBR_FULL_422" && info.samplesPerPixel === 3 ? 2 : info.samplesPerPixel;
  return samples * info.bitsAllocated;
}

function damaged(): CannotShowError {
  return new CannotShowError("damaged", "A frame is missing.");
}
