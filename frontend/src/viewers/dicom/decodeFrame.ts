/** A frame of a DICOM image, whatever it is compressed by. */
import { CannotShowError } from "../CannotShow.tsx";
import { jpeg2000Size, jpegLsSize, requireSize } from "./codedSize.ts";
import { paletteFrame, rgbFrame, ybr422Frame } from "./colour.ts";
import { frameBytes } from "./frameBytes.ts";
import type { Frame, ImageInfo, Samples } from "./image.ts";
import { decodeJpeg } from "./jpeg.ts";
import type { DicomFile } from "./openFile.ts";
import { decodeRle } from "./rle.ts";
import { interleaved, readSamples } from "./samples.ts";

type Kind = "native" | "rle" | "jpeg" | "jpegLs" | "jpeg2000";

const KINDS: Readonly<Record<string, Kind>> = {
  "1.2.840.10008.1.2": "native",
  "1.2.840.10008.1.2.1": "native",
  "1.2.840.10008.1.2.1.99": "native",
  "1.2.840.10008.1.2.2": "native",
  "1.2.840.10008.1.2.5": "rle",
  "1.2.840.10008.1.2.4.50": "jpeg",
  "1.2.840.10008.1.2.4.51": "jpeg",
  "1.2.840.10008.1.2.4.80": "jpegLs",
  "1.2.840.10008.1.2.4.81": "jpegLs",
  "1.2.840.10008.1.2.4.90": "jpeg2000",
  "1.2.840.10008.1.2.4.91": "jpeg2000",
  "1.2.840.10008.1.2.4.201": "jpeg2000",
  "1.2.840.10008.1.2.4.202": "jpeg2000",
  "1.2.840.10008.1.2.4.203": "jpeg2000",
};

/** @throws CannotShowError where it is damaged, or compressed by what is not known here. */
export async function decodeFrame(file: DicomFile, info: ImageInfo, index: number): Promise<Frame> {
  const kind = Object.hasOwn(KINDS, info.transferSyntax) ? KINDS[info.transferSyntax] : undefined;
  if (kind === undefined) throw new CannotShowError("unsupported", "The compression is not known.");
  const bytes = frameBytes(file.set, info, index);
  switch (kind) {
    case "jpeg":
      return decodeJpeg(bytes, info);
    case "jpegLs":
    case "jpeg2000":
      return codecFrame(bytes, file, info, kind);
    default:
      return plainFrame(kind === "rle" ? unpacked(bytes, info) : bytes, file, info, kind === "rle");
  }
}

function unpacked(bytes: Uint8Array, info: ImageInfo): Uint8Array {
  return decodeRle(bytes, info.rows * info.columns, info.samplesPerPixel, Math.ceil(info.bitsAllocated / 8));
}

function plainFrame(bytes: Uint8Array, file: DicomFile, info: ImageInfo, isRle: boolean): Frame {
  const { photometric, samplesPerPixel, columns, rows } = info;
  if (photometric === "YBR_FULL_422" && samplesPerPixel === 3 && !isRle && info.bitsAllocated === 8) {
    return ybr422Frame(bytes, { columns, rows });
  }
  const layout = isRle ? { ...info, isLittleEndian: true } : info;
  const samples = readSamples(bytes, rows * columns * samplesPerPixel, layout);
  const isPlanar = samplesPerPixel > 1 && (isRle || info.isPlanar);
  return framed(isPlanar ? interleaved(samples, samplesPerPixel) : samples, file, info, photometric.startsWith("YBR"));
}

function framed(samples: Samples, file: DicomFile, info: ImageInfo, isYbr: boolean): Frame {
  const size = { columns: info.columns, rows: info.rows };
  if (info.photometric === "PALETTE COLOR") return paletteFrame(samples, file.set, size);
  if (info.samplesPerPixel === 3) return rgbFrame(samples, info.bitsStored, size, isYbr);
  if (info.samplesPerPixel !== 1) throw new CannotShowError("unsupported", "The colours are not known.");
  return { kind: "grey", samples, ...size };
}

/** The codec's own head says how wide a sample is, and its sign; the data set says what the sign should have been. */
async function codecFrame(
  bytes: Uint8Array,
  file: DicomFile,
  info: ImageInfo,
  kind: "jpegLs" | "jpeg2000",
): Promise<Frame> {
  requireSize(kind === "jpegLs" ? jpegLsSize(bytes) : jpeg2000Size(bytes), info);
  const decoder =
    kind === "jpegLs"
      ? await (await import("./charLs.ts")).charLsDecoder()
      : await (await import("./openJpeg.ts")).openJpegDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
    requireSize({ rows: height, columns: width, components: componentCount }, info);
    const samples = readSamples(decoder.getDecodedBuffer(), width * height * componentCount, {
      bitsAllocated: bitsPerSample > 8 ? 16 : 8,
      bitsStored: bitsPerSample,
      highBit: bitsPerSample - 1,
      isSigned: info.isSigned,
      isLittleEndian: true,
    });
    const isPlanar = componentCount > 1 && decoder.getInterleaveMode?.() === 0;
    // JPEG 2000 undoes its own change of colours (YBR_RCT, YBR_ICT); JPEG-LS has none.
    const isYbr = kind === "jpegLs" && info.photometric.startsWith("YBR");
    const read = { ...info, bitsStored: bitsPerSample };
    return framed(isPlanar ? interleaved(samples, componentCount) : samples, file, read, isYbr);
  } catch (cause) {
    if (cause instanceof CannotShowError) throw cause;
    throw new CannotShowError("damaged", "The compressed image can't be read.", { cause });
  } finally {
    decoder.delete();
  }
}
