/** DICOM bytes → data set and what its image is like. */
import { type DataSet, parseDicom, readPart10Header } from "dicom-parser";
import { CannotShowError } from "../CannotShow.tsx";
import type { ImageInfo, Window } from "./image.ts";

const DEFLATED = "1.2.840.10008.1.2.1.99";
const BIG_ENDIAN = "1.2.840.10008.1.2.2";
const IMPLICIT = "1.2.840.10008.1.2";
const INFLATED_MAX_BYTES = 512_000_000;
/** 16,384 × 16,384: more is nothing a page can draw. */
const PIXELS_MAX = 268_435_456;
const MARK_AT = 128;
/** With what a data set begins where the mark is left out. */
const FIRST_GROUPS = [0x02, 0x08];

export type DicomFile = { readonly set: DataSet; readonly transferSyntax: string };

/** @throws CannotShowError where it is no DICOM. */
export async function openFile(bytes: Uint8Array): Promise<DicomFile> {
  try {
    const set = await parse(bytes);
    const isEmpty = Object.keys(set.elements).every((key) => key.startsWith("x0002"));
    if (isEmpty) throw new CannotShowError("damaged", "There is nothing in the data set.");
    return { set, transferSyntax: set.string("x00020010") ?? IMPLICIT };
  } catch (cause) {
    if (cause instanceof CannotShowError) throw cause;
    throw new CannotShowError("damaged", "The file is no DICOM, or cut.", { cause });
  }
}

async function parse(bytes: Uint8Array): Promise<DataSet> {
  const hasMark = new TextDecoder("latin1").decode(bytes.subarray(MARK_AT, MARK_AT + 4)) === "DICM";
  // Old files begin at once; what they are written in is what the standard falls back to.
  if (!hasMark && !FIRST_GROUPS.includes(bytes[0] ?? 0))
    throw new CannotShowError("damaged", "It begins like no DICOM.");
  if (!hasMark) return parseDicom(bytes, { TransferSyntaxUID: IMPLICIT });
  const head = readPart10Header(bytes) as DataSet & { readonly position: number };
  if (head.string("x00020010") !== DEFLATED) return parseDicom(bytes);
  const whole = await inflated(bytes, head.position);
  return parseDicom(bytes, { inflater: () => whole } as Parameters<typeof parseDicom>[1]);
}

/** The head as it is, the rest as it was before it was compressed. */
async function inflated(bytes: Uint8Array, from: number): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes.subarray(from))])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  const parts: Uint8Array<ArrayBuffer>[] = [new Uint8Array(bytes.subarray(0, from))];
  const reader = stream.getReader();
  for (let size = 0; ; ) {
    // The byte that makes the length even is refused as one too many; what came before it is whole.
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    if (done || value === undefined) break;
    size += value.length;
    if (size > INFLATED_MAX_BYTES) throw new CannotShowError("tooLarge", "The file grows too large.");
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Null where there are no pixels. @throws CannotShowError for sizes that can't be. */
export function imageInfo({ set, transferSyntax }: DicomFile): ImageInfo | null {
  if (set.elements.x7fe00010 === undefined) return null;
  const number = (tag: string, otherwise: number) => set.uint16(tag) ?? otherwise;
  const [rows, columns] = [number("x00280010", 0), number("x00280011", 0)];
  const frames = Number(set.string("x00280008") ?? 1);
  if (rows < 1 || columns < 1 || !Number.isInteger(frames) || frames < 1) {
    throw new CannotShowError("damaged", "The image has no size.");
  }
  if (rows * columns > PIXELS_MAX) throw new CannotShowError("tooLarge", "The image is too large.");
  const bitsAllocated = number("x00280100", 16);
  const bitsStored = Math.min(number("x00280101", bitsAllocated), bitsAllocated);
  return {
    rows,
    columns,
    frames,
    bitsAllocated,
    bitsStored,
    highBit: number("x00280102", bitsStored - 1),
    isSigned: number("x00280103", 0) === 1,
    samplesPerPixel: number("x00280002", 1),
    photometric: set.string("x00280004") ?? "MONOCHROME2",
    isPlanar: number("x00280006", 0) === 1,
    slope: decimal(set, "x00281053", 0) ?? 1,
    intercept: decimal(set, "x00281052", 0) ?? 0,
    windows: windowsOf(set),
    modality: set.string("x00080060") ?? "",
    transferSyntax,
    isLittleEndian: transferSyntax !== BIG_ENDIAN,
    pixelAspect: aspectOf(set),
    frameTimeMs: frameTimeOf(set),
  };
}

function windowsOf(set: DataSet): readonly Window[] {
  const labels = set.string("x00281055")?.split("\\") ?? [];
  const windows: Window[] = [];
  const count = set.numStringValues("x00281050") ?? 0;
  for (let i = 0; i < count; i += 1) {
    const centre = decimal(set, "x00281050", i);
    const width = decimal(set, "x00281051", i);
    if (centre !== null && width !== null && width > 0)
      windows.push({ centre, width, label: labels[i]?.trim() || null });
  }
  return windows;
}

/** Vertical to horizontal spacing turned round: a pixel that is twice as high as wide has 0.5. */
function aspectOf(set: DataSet): number {
  const vertical = decimal(set, "x00280030", 0) ?? decimal(set, "x00181164", 0) ?? decimal(set, "x00280034", 0);
  const horizontal = decimal(set, "x00280030", 1) ?? decimal(set, "x00181164", 1) ?? decimal(set, "x00280034", 1);
  if (vertical === null || horizontal === null || vertical <= 0 || horizontal <= 0) return 1;
  return Math.min(8, Math.max(0.125, horizontal / vertical));
}

function frameTimeOf(set: DataSet): number | null {
  const time = decimal(set, "x00181063", 0);
  const rate = decimal(set, "x00082144", 0) ?? decimal(set, "x00180040", 0);
  if (time !== null && time > 0) return time;
  return rate !== null && rate > 0 ? 1_000 / rate : null;
}

/** A decimal string; null where it is none. */
function decimal(set: DataSet, tag: string, index: number): number | null {
  const text = set.string(tag, index)?.trim();
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
