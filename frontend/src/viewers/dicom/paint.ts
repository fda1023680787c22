/** Stored values → grey on a screen (PS3.3 C.11.2.1.2). */
import type { Samples, Window } from "./image.ts";

export type Look = { readonly centre: number; readonly width: number; readonly isInverted: boolean };

type Scale = { readonly slope: number; readonly intercept: number };

/** The lowest and the highest stored value. */
export function extentOf(samples: Samples): { readonly low: number; readonly high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of samples) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** The window that shows every value of a frame, where the file brings none. */
export function wholeWindow(samples: Samples, { slope, intercept }: Scale): Window {
  const { low, high } = extentOf(samples);
  const [a, b] = [low * slope + intercept, high * slope + intercept];
  return { centre: (a + b) / 2 + 0.5, width: Math.abs(b - a) + 1, label: null };
}

/** 0 to 255, by the standard's linear function. */
export function greyOf(value: number, { centre, width, isInverted }: Look): number {
  const span = Math.max(1, width);
  const low = centre - 0.5 - (span - 1) / 2;
  const high = centre - 0.5 + (span - 1) / 2;
  const grey = value <= low ? 0 : value > high ? 255 : ((value - (centre - 0.5)) / (span - 1) + 0.5) * 255;
  return Math.round(isInverted ? 255 - grey : grey);
}

/** Values over a range that is not too wide are looked up, not counted. */
const TABLE_MAX = 1 << 17;

export function paintGrey(samples: Samples, rgba: Uint8ClampedArray, look: Look, { slope, intercept }: Scale): void {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, samples.length);
  const { low, high } = extentOf(samples);
  const size = high - low + 1;
  if (size > TABLE_MAX) {
    for (let i = 0; i < samples.length; i += 1) pixels[i] = opaque(greyOf((samples[i] ?? 0) * slope + intercept, look));
    return;
  }
  const table = new Uint32Array(size);
  for (let i = 0; i < size; i += 1) table[i] = opaque(greyOf((low + i) * slope + intercept, look));
  for (let i = 0; i < samples.length; i += 1) pixels[i] = table[(samples[i] ?? 0) - low] ?? 0;
}

/** Grey as a pixel: its bytes are the same in any order but for the last, which is how much covers. */
function opaque(grey: number): number {
  return (0xff000000 | (grey << 16) | (grey << 8) | grey) >>> 0;
}
