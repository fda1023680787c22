/** DICOM's run-length encoding (PS3.5 annex G): a segment for each byte of each sample, the highest byte first. */
import { CannotShowError } from "../CannotShow.tsx";

const HEADER_BYTES = 64;
const SEGMENTS_MAX = 15;

/** Little-endian samples, colours one after another. @throws CannotShowError where the segments do not fit. */
export function decodeRle(
  bytes: Uint8Array,
  pixels: number,
  samplesPerPixel: number,
  bytesPerSample: number,
): Uint8Array {
  if (bytes.length < HEADER_BYTES) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (count > SEGMENTS_MAX || count !== samplesPerPixel * bytesPerSample) throw damaged();
  const out = new Uint8Array(pixels * samplesPerPixel * bytesPerSample);
  for (let segment = 0; segment < count; segment += 1) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < count ? view.getUint32(8 + 4 * segment, true) : bytes.length;
    if (start < HEADER_BYTES || start > end || end > bytes.length) throw damaged();
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    unpack(bytes.subarray(start, end), out, sample * pixels * bytesPerSample + byte, bytesPerSample, pixels);
  }
  return out;
}

/** PackBits into every `step`-th byte of `out`. */
function unpack(bytes: Uint8Array, out: Uint8Array, first: number, step: number, count: number): void {
  let done = 0;
  let at = 0;
  while (done < count && at < bytes.length) {
    const head = bytes[at] ?? 0;
    at += 1;
    if (head === 128) continue;
    const isRun = head > 128;
    const length = Math.min(isRun ? 257 - head : head + 1, count - done);
    for (let i = 0; i < length; i += 1) {
      out[first + (done + i) * step] = bytes[isRun ? at : at + i] ?? 0;
    }
    at += isRun ? 1 : head + 1;
    done += length;
  }
  if (done < count) throw damaged();
}

function damaged(): CannotShowError {
  return new CannotShowError("damaged", "The run-length encoding is broken.");
}
