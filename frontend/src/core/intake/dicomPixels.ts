/** Whether the pixel data of a DICOM object is as long as its image is large (PS3.3 C.7.6.3, PS3.5 section 8). */
import type { DicomReader } from "./dicomReader.ts";
import type { PixelExtent } from "./dicomStructure.ts";
import { SOP_CLASS_NAMES } from "./tables.ts";

/** MPEG-2, MPEG-4 and HEVC (…4.100 to …4.108): one fragment may hold all frames. */
const VIDEO_PREFIX = "1.2.840.10008.1.2.4.10";
const SUBSAMPLED = new Set(["YBR_FULL_422", "YBR_PARTIAL_422"]);
const [PIXEL_DATA_PROVIDER_URL, DVH_SEQUENCE] = [0x00287fe0, 0x30040050];

/** What is wrong with the pixel data, or null. Longer values than needed are let pass: equipment pads them. */
export function pixelFault(read: DicomReader, pixels: PixelExtent | null, transferSyntaxUid: string): string | null {
  const rows = read.number(0x00280010);
  const size = {
    columns: read.number(0x00280011),
    samples: read.number(0x00280002) || 1,
    bitsAllocated: read.number(0x00280100),
    frames: read.number(0x00280008) || 1,
  };
  if (Number.isNaN(rows + size.columns + size.samples + size.bitsAllocated + size.frames)) {
    return "The image's size is not given in numbers.";
  }
  if (pixels === null) {
    return needsPixels(read, rows) ? "The pixel data is missing." : null;
  }
  if (Math.min(rows, ...Object.values(size)) < 1) {
    return "There is pixel data, and the image's size is not given.";
  }
  if (pixels.fragmentCount === null) {
    let bits = rows * size.columns * size.samples * size.bitsAllocated * size.frames;
    if (SUBSAMPLED.has(read.text(0x00280004))) {
      bits = Math.floor((bits * 2) / 3); // two chrominance samples for every two pixels
    }
    const neededBytes = Math.floor((bits + 7) / 8);
    return pixels.lengthBytes < neededBytes
      ? `${neededBytes} bytes of pixels are needed and ${pixels.lengthBytes} are there.`
      : null;
  }
  const neededFragments = transferSyntaxUid.startsWith(VIDEO_PREFIX) ? 1 : size.frames;
  return pixels.fragmentCount < neededFragments
    ? `${size.frames} frames are announced and ${pixels.fragmentCount} fragments are there.`
    : null;
}

/** An image has pixels, or says where they are streamed from; a dose has them unless it is only a histogram. */
function needsPixels(read: DicomReader, rows: number): boolean {
  if (read.has(PIXEL_DATA_PROVIDER_URL)) {
    return false;
  }
  const name = SOP_CLASS_NAMES.get(read.text(0x00080016)) ?? "";
  const isDoseWithoutHistogram = name === "RT Dose Storage" && !read.has(DVH_SEQUENCE);
  return rows > 0 || name.includes("Image Storage") || name === "Segmentation Storage" || isDoseWithoutHistogram;
}
