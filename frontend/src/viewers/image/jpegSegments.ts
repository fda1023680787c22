/** What stands before the first scan of a JPEG (ITU T.81 annex B): its size, and what else it says of itself. */
import { CannotShowError } from "../CannotShow.tsx";

export type Segment = {
  /** 0xc0 for a baseline frame. */
  readonly marker: number;
  /** Of the marker's first byte, and of what follows the segment; what only fills is left out. */
  readonly from: number;
  readonly to: number;
};

export type JpegHead = {
  readonly segments: readonly Segment[];
  /** Where the first scan begins. */
  readonly scanAt: number;
  readonly frame: JpegFrame;
};

export type JpegFrame = {
  /** How it is compressed: the marker itself. */
  readonly way: number;
  readonly bits: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
};

const SCAN = 0xda;
const START = 0xd8;
const END = 0xd9;
/** Without a length. */
const ALONE = [0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7];
/** 0xc4, 0xc8 and 0xcc lie between the ways, and are none; the last is JPEG-LS. */
const WAYS = [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf, 0xf7];
const FRAME_MIN_BYTES = 10;

/**
 * Finds what browsers' readers find: they pass over whatever lies between segments, and take one frame.
 *
 * @param bytes the file, or its beginning.
 * @returns null where they end before the first scan.
 * @throws CannotShowError where it is damaged.
 */
export function jpegHead(bytes: Uint8Array): JpegHead | null {
  if ((bytes.length > 0 && bytes[0] !== 0xff) || (bytes.length > 1 && bytes[1] !== 0xd8)) throw damaged();
  const segments: Segment[] = [];
  let frame: JpegFrame | null = null;
  for (let at = 2; ; ) {
    at = markerAt(bytes, at);
    if (at + 4 > bytes.length) return null;
    const marker = bytes[at + 1] ?? 0;
    if (ALONE.includes(marker)) {
      at += 2;
      continue;
    }
    const to = at + 2 + word(bytes, at + 2);
    if (marker < 0xc0 || marker === START || marker === END || to < at + 4) throw damaged();
    if (marker === SCAN) {
      if (frame === null) throw damaged();
      return { segments, scanAt: at, frame };
    }
    if (to > bytes.length) return null;
    if (WAYS.includes(marker)) {
      if (frame !== null || to - at < FRAME_MIN_BYTES) throw damaged();
      frame = {
        way: marker,
        bits: bytes[at + 4] ?? 0,
        rows: word(bytes, at + 5),
        columns: word(bytes, at + 7),
        components: bytes[at + 9] ?? 0,
      };
    }
    segments.push({ marker, from: at, to });
    at = to;
  }
}

/** The next 0xff before what is neither another one, which only fills, nor 0; the end where there is none. */
function markerAt(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at += 1) {
    const next = bytes[at + 1];
    if (bytes[at] === 0xff && next !== 0xff && next !== 0) return at;
  }
  return bytes.length;
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function damaged(): CannotShowError {
  return new CannotShowError("damaged", "The JPEG does not begin as one does.");
}
