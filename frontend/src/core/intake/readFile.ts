/**
 * Any file in: looked at, and handed to the reader of its kind (`services/intake/files.py`). What has no reader is one opaque
 * record.
 *
 * A file that could be FHIR is read as FHIR or refused, never sealed whole: it would carry records of every category into
 * one. That is why broken JSON, FHIR in XML, a list or a wrapper of resources are refused here.
 */
import { LIMITS } from "../limits.ts";
import { cleanText, safeFileName } from "./cleanText.ts";
import { dicomItem } from "./dicomItem.ts";
import { refusal } from "./faults.ts";
import { fhirItems } from "./fhirItems.ts";
import type { IntakeItem } from "./item.ts";
import { isMap, JsonFault, type JsonText, parseJsonText } from "./jsonText.ts";
import { brokenPromise, DICOM, HEAD_BYTES, isUtf16Markup, JSON_TYPE, mediaTypeOf, TEXT, XML } from "./sniff.ts";
import { DEFAULT_CATEGORY } from "./tables.ts";

const RESOURCE_KEY = '"resourceType"';
const FHIR_NAMESPACES = ['"http://hl7.org/fhir"', "'http://hl7.org/fhir'"];
const PLACE_MAX_CHARS = 1024;

/** What a file becomes. `told`: whether its content says where it belongs; where not, a person has to. */
export type FileRead = { readonly items: readonly IntakeItem[]; readonly told: boolean };

type Given = { readonly file: File; readonly place: string; readonly fileName: string | null };

/**
 * The items of one file: one per resource for FHIR, one for anything else.
 *
 * @param categoryCode what a person said it is, or null. FHIR and DICOM content that says otherwise wins: it is refused.
 * @throws IntakeRefused with the place of every fault.
 */
export async function readFile(file: File, categoryCode: string | null): Promise<FileRead> {
  const it = { file, place: placeOf(file), fileName: safeFileName(file.name) };
  if (file.size === 0) {
    throw refusal(it.place, "empty", "The file is empty.", "Export or copy it again.");
  }
  if (file.size > LIMITS.payloadMaxBytes) {
    const message = `${file.size} bytes; at most ${LIMITS.payloadMaxBytes} can be taken.`;
    throw refusal(it.place, "too_large", message, "Split it into several files.");
  }
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const mediaType = mediaTypeOf(head);
  checkPromise(it, head, mediaType);
  if (mediaType === DICOM) {
    const { item, told } = await dicomItem(file, it.place, it.fileName, categoryCode);
    return { items: [item], told };
  }
  if (mediaType === JSON_TYPE) {
    return readJson(it, categoryCode);
  }
  if (mediaType === XML && (await contains(file, FHIR_NAMESPACES))) {
    throw refusal(it.place, "fhir_xml", "FHIR in XML is not taken.", "Export it as FHIR JSON.");
  }
  return opaque(it, mediaType, categoryCode);
}

/** How a file is called in faults: its name, safe to show. */
export function placeOf(file: File): string {
  return cleanText(file.name, PLACE_MAX_CHARS) || "input";
}

function checkPromise(it: Given, head: Uint8Array, mediaType: string): void {
  if (isUtf16Markup(head)) {
    throw refusal(`${it.place}, byte 0`, "utf16", "JSON or XML in UTF-16.", "Save it as UTF-8.");
  }
  const promised = brokenPromise(it.fileName ?? "", mediaType);
  if (promised !== null) {
    const message = `The name promises ${promised}, and the content is not that.`;
    throw refusal(it.place, "not_what_it_says", message, "Export it again, or give it its right name.");
  }
}

function opaque(it: Given, mediaType: string, categoryCode: string | null): FileRead {
  const item: IntakeItem = {
    title: it.fileName ?? "Document",
    mediaType,
    fhirType: null,
    codes: [],
    fileName: it.fileName,
    categoryCode: categoryCode ?? DEFAULT_CATEGORY,
    content: it.file,
  };
  return { items: [item], told: false };
}

async function readJson(it: Given, categoryCode: string | null): Promise<FileRead> {
  if (it.file.size > LIMITS.fhirBundleMaxBytes) {
    if (await contains(it.file, [RESOURCE_KEY])) {
      const message = `FHIR JSON of more than ${LIMITS.fhirBundleMaxBytes} bytes.`;
      throw refusal(it.place, "fhir_too_large", message, "Export it in several bundles.");
    }
    return opaque(it, JSON_TYPE, categoryCode);
  }
  const data = new Uint8Array(await it.file.arrayBuffer());
  let value: JsonText;
  try {
    value = parseJsonText(data);
  } catch (error) {
    if (!(error instanceof JsonFault)) {
      throw error;
    }
    if (!mayBeFhir(data, it.fileName)) {
      return opaque(it, TEXT, categoryCode);
    }
    const remedy = "Export it again: it may have been cut short. One file holds one bundle; NDJSON is not taken.";
    throw refusal(it.place, "json", error.message, remedy);
  }
  if (isMap(value) && "resourceType" in value) {
    return { items: fhirItems(value, it.place, categoryCode), told: true };
  }
  if (holdsResource(value)) {
    const message = "FHIR resources inside something that is no FHIR bundle.";
    throw refusal(it.place, "fhir_wrapped", message, "Export them as a FHIR bundle.");
  }
  return opaque(it, JSON_TYPE, categoryCode);
}

/** Whether any of `needles` is in the whole of a file; chunks overlap, so that nothing is missed between. */
async function contains(file: Blob, needles: readonly string[]): Promise<boolean> {
  const overlap = Math.max(...needles.map((needle) => needle.length)) - 1;
  for (let at = 0; at < file.size; at += LIMITS.copyChunkBytes) {
    const chunk = await file.slice(Math.max(0, at - overlap), at + LIMITS.copyChunkBytes).arrayBuffer();
    const text = new TextDecoder("latin1").decode(chunk);
    if (needles.some((needle) => text.includes(needle))) {
      return true;
    }
  }
  return false;
}

/** Whether broken JSON could have been FHIR. A letter may begin with a bracket; it does not begin with a brace. */
function mayBeFhir(data: Uint8Array, fileName: string | null): boolean {
  const text = new TextDecoder("latin1").decode(data);
  const start = text.replace(/^\u00ef\u00bb\u00bf/, "").replace(/^[ \t\n\r\v\f]+/, "");
  return start.startsWith("{") || text.includes(RESOURCE_KEY) || (fileName ?? "").toLowerCase().endsWith(".json");
}

function holdsResource(value: JsonText): boolean {
  if (isMap(value)) {
    return "resourceType" in value || Object.values(value).some(holdsResource);
  }
  return Array.isArray(value) && value.some(holdsResource);
}
