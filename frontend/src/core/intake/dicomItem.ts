/**
 * DICOM in: one file, one item, after it was read to its end (`services/intake/dicom.py`). The title is made of modality,
 * body part and series description, never of the patient's name.
 */
import type { Coding, Descriptor } from "../descriptor.ts";
import { LIMITS } from "../limits.ts";
import { categoriseDicom } from "./categorise.ts";
import { cleanText } from "./cleanText.ts";
import { pixelFault } from "./dicomPixels.ts";
import { DicomReader } from "./dicomReader.ts";
import { type FileMeta, readFileMeta, StructureFault, walkDataSet } from "./dicomStructure.ts";
import { refusal } from "./faults.ts";
import type { IntakeItem } from "./item.ts";
import { DICOM, PREAMBLE_BYTES } from "./sniff.ts";
import { SOP_CLASS_NAMES, TRANSFER_SYNTAXES } from "./tables.ts";

const DCM_SYSTEM = "http://dicom.nema.org/resources/ontology/DCM";
const UID_SYSTEM = "urn:ietf:rfc:3986";
const EXECUTABLE_MAGICS = ["4d5a", "7f454c46", "2321", "cafebabe", "cffaedfe", "feedfa"];
const EXPLICIT_BIG_ENDIAN = "1.2.840.10008.1.2.2";
const IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2";
const DEFLATED = "1.2.840.10008.1.2.1.99";
const DIRECTORY_CLASS = "1.2.840.10008.1.3.10";
const SEND_AGAIN = "Export or send it again from the system that made it.";
const IN_PAGE_MAX_BYTES = 1024 ** 3;
const SOP_CLASS_UID = 0x00080016;
const IDENTIFYING: readonly (readonly [string, number])[] = [
  ["SOPClassUID", SOP_CLASS_UID],
  ["SOPInstanceUID", 0x00080018],
  ["StudyInstanceUID", 0x0020000d],
  ["SeriesInstanceUID", 0x0020000e],
];

/** An object that was read, and whether its SOP class tells where it belongs. */
export type DicomItem = { readonly item: IntakeItem; readonly told: boolean };

/**
 * The item of one DICOM file (PS3.10).
 *
 * @param fileName for the descriptor, already made safe.
 * @param categoryCode what a person said; places only an object whose SOP class does not tell.
 * @throws IntakeRefused at the first fault, with the byte offset and the tag nearest to it.
 */
export async function dicomItem(
  file: Blob,
  place: string,
  fileName: string | null,
  categoryCode: string | null,
): Promise<DicomItem> {
  if (file.size > IN_PAGE_MAX_BYTES) {
    const message = `DICOM of more than ${IN_PAGE_MAX_BYTES} bytes can't be checked in the browser.`;
    throw refusal(place, "dicom_too_large", message, "Import it with the command line (`mendrec upload`).");
  }
  const data = new Uint8Array(await file.arrayBuffer());
  checkPreamble(data, place);
  const meta = checked(place, "byte", () => readFileMeta(data, PREAMBLE_BYTES + 4));
  checkMeta(meta, place);
  const read = await readDataSet(data, meta, place);
  checkIdentity(read.values, meta, place);
  const message = pixelFault(read.values, read.pixels, meta.transferSyntaxUid);
  if (message !== null) {
    throw refusal(`${place}, (7fe0,0010) PixelData`, "dicom_pixels", message, SEND_AGAIN);
  }
  const { categoryCode: tellsCode, told } = categoriseDicom(read.values.text(SOP_CLASS_UID));
  if (categoryCode !== null && told && categoryCode !== tellsCode) {
    throw refusal(
      place,
      "category_conflict",
      `It belongs to ${tellsCode}, not to ${categoryCode}.`,
      "Leave the category out: DICOM objects are filed by their SOP class.",
    );
  }
  const placedCode = told ? tellsCode : (categoryCode ?? tellsCode);
  return { item: { ...describe(read.values, fileName), categoryCode: placedCode, content: file }, told };
}

function checkPreamble(data: Uint8Array, place: string): void {
  const prefix = String.fromCharCode(...data.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + 4));
  if (prefix !== "DICM") {
    throw refusal(
      `${place}, byte ${PREAMBLE_BYTES}`,
      "dicom_no_prefix",
      "No DICOM file: the prefix DICM is not there.",
      "Export it as a DICOM file (PS3.10), with file meta information.",
    );
  }
  const head = [...data.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (EXECUTABLE_MAGICS.some((magic) => head.startsWith(magic))) {
    throw refusal(
      `${place}, byte 0`,
      "dicom_executable",
      "The preamble makes this file a program as well.",
      "Have it looked at; a clean preamble is 128 zero bytes.",
    );
  }
}

function checkMeta(meta: FileMeta, place: string): void {
  if (meta.sopClassUid === DIRECTORY_CLASS) {
    throw refusal(place, "dicom_directory", "A DICOMDIR only lists files.", "Give the files that it lists.");
  }
  if (!TRANSFER_SYNTAXES.has(meta.transferSyntaxUid)) {
    throw refusal(
      `${place}, (0002,0010) TransferSyntaxUID`,
      "dicom_syntax",
      "The transfer syntax is missing or not one of the standard.",
      SEND_AGAIN,
    );
  }
}

async function readDataSet(data: Uint8Array, meta: FileMeta, place: string) {
  const syntax = meta.transferSyntaxUid;
  const littleEndian = syntax !== EXPLICIT_BIG_ENDIAN;
  const encoding = { explicitVr: syntax !== IMPLICIT_LITTLE_ENDIAN, littleEndian };
  const isDeflated = syntax === DEFLATED;
  const body = isDeflated ? await inflate(data.subarray(meta.endAt), place) : data;
  const set = checked(place, isDeflated ? "inflated byte" : "byte", () =>
    walkDataSet(body, isDeflated ? 0 : meta.endAt, encoding),
  );
  return { values: new DicomReader(body, set, littleEndian), pixels: set.pixels };
}

/** Inflates a deflated data set (PS3.5 A.5), within a bound. */
async function inflate(deflated: Uint8Array, place: string): Promise<Uint8Array> {
  const parts: BlobPart[] = [];
  let sizeBytes = 0;
  const even = new Blob([new Uint8Array(deflated)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = even.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      sizeBytes += chunk.value.length;
      if (sizeBytes > LIMITS.intakeInMemoryMaxBytes) {
        break;
      }
      parts.push(new Uint8Array(chunk.value));
    }
  } catch {
    throw refusal(place, "dicom_structure", "The deflated data can't be inflated.", SEND_AGAIN);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (sizeBytes > LIMITS.intakeInMemoryMaxBytes) {
    const message = `It inflates to more than ${LIMITS.intakeInMemoryMaxBytes} bytes.`;
    throw refusal(place, "dicom_too_large", message, "Export it without deflation.");
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function checkIdentity(values: DicomReader, meta: FileMeta, place: string): void {
  for (const [keyword, tag] of IDENTIFYING) {
    if (values.text(tag) === "") {
      throw refusal(`${place}, ${keyword}`, "dicom_identity", "A required identifier is missing.", SEND_AGAIN);
    }
  }
  if (meta.sopClassUid !== "" && meta.sopClassUid !== values.text(SOP_CLASS_UID)) {
    throw refusal(
      `${place}, (0002,0002) MediaStorageSOPClassUID`,
      "dicom_identity",
      "The file meta information names another SOP class than the data set.",
      SEND_AGAIN,
    );
  }
}

function describe(values: DicomReader, fileName: string | null): Descriptor {
  const sopClassUid = values.text(SOP_CLASS_UID);
  const sopClassName = cleanText(SOP_CLASS_NAMES.get(sopClassUid) ?? sopClassUid) || "DICOM object";
  const modality = cleanText(values.words(0x00080060));
  const about = [modality, cleanText(values.words(0x00180015)).toLowerCase()].filter((part) => part !== "").join(" ");
  const series = cleanText(values.words(0x0008103e)) || cleanText(values.words(0x00081030));
  const title = cleanText([about, series || sopClassName].filter((part) => part !== "").join(": "));
  const codes: Coding[] = [{ system: UID_SYSTEM, code: `urn:oid:${sopClassUid}`, display: sopClassName }];
  if (modality !== "") {
    codes.unshift({ system: DCM_SYSTEM, code: modality });
  }
  return { title, mediaType: DICOM, fhirType: null, codes, fileName };
}

function checked<T>(place: string, unit: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof StructureFault)) {
      throw error;
    }
    const near = error.tag === "" ? "" : ` near ${error.tag}`;
    throw refusal(`${place}, ${unit} ${error.offsetBytes}${near}`, "dicom_structure", error.message, SEND_AGAIN);
  }
}
