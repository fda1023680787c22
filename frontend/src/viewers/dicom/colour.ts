/** Samples of three colours, or numbers of a palette → RGBA. */
import type { DataSet } from "dicom-parser";
import { CannotShowError } from "../CannotShow.tsx";
import type { Frame, Samples } from "./image.ts";

type Rgba = Uint8ClampedArray<ArrayBuffer>;
type ColourFrame = Extract<Frame, { kind: "colour" }>;
type Size = { readonly columns: number; readonly rows: number };

/** @param samples pixel by pixel, `bitsStored` bits each. */
export function rgbFrame(samples: Samples, bitsStored: number, size: Size, isYbr: boolean): ColourFrame {
  const rgba = blank(size);
  const factor = 255 / (2 ** bitsStored - 1);
  for (let i = 0, j = 0; j < rgba.length; i += 3, j += 4) {
    const [a, b, c] = [(samples[i] ?? 0) * factor, (samples[i + 1] ?? 0) * factor, (samples[i + 2] ?? 0) * factor];
    if (isYbr) putYbr(rgba, j, a, b, c);
    else [rgba[j], rgba[j + 1], rgba[j + 2]] = [Math.round(a), Math.round(b), Math.round(c)];
  }
  return { kind: "colour", rgba, ...size };
}

/** YBR_FULL_422 without compression: Y1 Y2 Cb Cr for every two pixels of a row. */
export function ybr422Frame(bytes: Uint8Array, size: Size): ColourFrame {
  const rgba = blank(size);
  for (let i = 0, j = 0; j < rgba.length; i += 4, j += 8) {
    const [cb, cr] = [bytes[i + 2] ?? 128, bytes[i + 3] ?? 128];
    putYbr(rgba, j, bytes[i] ?? 0, cb, cr);
    if (j + 4 < rgba.length) putYbr(rgba, j + 4, bytes[i + 1] ?? 0, cb, cr);
  }
  return { kind: "colour", rgba, ...size };
}

/** PS3.3 C.7.6.3.1.2, as in JPEG. A clamped array rounds and cuts. */
function putYbr(rgba: Rgba, at: number, y: number, cb: number, cr: number): void {
  rgba[at] = y + 1.402 * (cr - 128);
  rgba[at + 1] = y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128);
  rgba[at + 2] = y + 1.772 * (cb - 128);
}

/** @throws CannotShowError where the palette is missing or is of a kind that is not read (segmented). */
export function paletteFrame(samples: Samples, set: DataSet, size: Size): ColourFrame {
  const rgba = blank(size);
  const tables = ["1", "2", "3"].map((colour) => tableOf(set, colour));
  for (let i = 0; i < samples.length; i += 1) {
    tables.forEach(({ first, values }, colour) => {
      const at = Math.min(values.length - 1, Math.max(0, (samples[i] ?? 0) - first));
      rgba[i * 4 + colour] = values[at] ?? 0;
    });
  }
  return { kind: "colour", rgba, ...size };
}

type Table = { readonly first: number; readonly values: Uint8Array };

function tableOf(set: DataSet, colour: string): Table {
  const [count, first, bits] = [0, 1, 2].map((i) => set.uint16(`x0028110${colour}`, i));
  const data = set.elements[`x0028120${colour}`];
  if (count === undefined || first === undefined || data === undefined) {
    throw new CannotShowError("unsupported", "The palette is missing, or in segments.");
  }
  const entries = count === 0 ? 65_536 : count;
  const bytes = set.byteArray.subarray(data.dataOffset, data.dataOffset + data.length);
  // Eight-bit entries may stand in bytes, or in words of sixteen bits.
  const isBytes = data.length < entries * 2;
  const values = new Uint8Array(entries);
  let highest = 0;
  const words = Array.from({ length: entries }, (_, i) => {
    const word = isBytes ? (bytes[i] ?? 0) : (set.uint16(`x0028120${colour}`, i) ?? 0);
    highest = Math.max(highest, word);
    return word;
  });
  const shift = !isBytes && bits === 16 && highest > 255 ? 8 : 0;
  for (let i = 0; i < entries; i += 1) values[i] = (words[i] ?? 0) >> shift;
  return { first, values };
}

function blank({ columns, rows }: Size): Rgba {
  return new Uint8ClampedArray(columns * rows * 4).fill(255);
}
