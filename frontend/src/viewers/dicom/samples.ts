/** Bytes of a frame without compression → stored values. */
import { CannotShowError } from "../CannotShow.tsx";
import type { ImageInfo, Samples } from "./image.ts";

type Layout = Pick<ImageInfo, "bitsAllocated" | "bitsStored" | "highBit" | "isSigned" | "isLittleEndian">;

/** Values of `bitsStored` bits that end at `highBit`, with their sign; whatever else is in the word is not theirs. */
export function readSamples(bytes: Uint8Array, count: number, layout: Layout): Samples {
  const { bitsAllocated, bitsStored, highBit, isSigned, isLittleEndian } = layout;
  if (bitsAllocated === 1) return bitSamples(bytes, count);
  const size = bitsAllocated / 8;
  if (![1, 2, 4].includes(size)) throw new CannotShowError("unsupported", "Samples of this size are not known.");
  if (bytes.length < count * size) throw new CannotShowError("damaged", "There are too few pixels.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = size === 4 && !isSigned ? new Float64Array(count) : new Int32Array(count);
  const drop = Math.max(0, highBit + 1 - bitsStored);
  const left = 32 - bitsStored - drop;
  for (let i = 0; i < count; i += 1) {
    const word =
      size === 1
        ? (bytes[i] ?? 0)
        : size === 2
          ? view.getUint16(i * 2, isLittleEndian)
          : view.getInt32(i * 4, isLittleEndian);
    const shifted = word << left;
    samples[i] = isSigned ? shifted >> (left + drop) : shifted >>> (left + drop);
  }
  return samples;
}

/** One bit a pixel, the lowest first (PS3.5 8.1.1). */
function bitSamples(bytes: Uint8Array, count: number): Samples {
  const samples = new Int32Array(count);
  for (let i = 0; i < count; i += 1) samples[i] = ((bytes[i >> 3] ?? 0) >> (i & 7)) & 1;
  return samples;
}

/** Planes one after another → pixel by pixel. */
export function interleaved(samples: Samples, planes: number): Samples {
  const size = samples.length / planes;
  const out = samples.slice();
  for (let plane = 0; plane < planes; plane += 1) {
    for (let i = 0; i < size; i += 1) out[i * planes + plane] = samples[plane * size + i] ?? 0;
  }
  return out;
}
