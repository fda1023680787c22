/** What kind of thing a file is, told from its first bytes. The name is only asked whether it agrees. */
import { PROMISES } from "./tables.ts";

/** How much of a file {@link mediaTypeOf} wants to see. */
export const HEAD_BYTES = 4096;
export const DICOM = "application/dicom";
export const JSON_TYPE = "application/json";
export const XML = "application/xml";
export const OCTETS = "application/octet-stream";
export const TEXT = "text/plain";
export const PREAMBLE_BYTES = 128;

const MAGICS: readonly (readonly [string, string])[] = [
  ["%PDF-", "application/pdf"],
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["\xff\xd8\xff", "image/jpeg"],
  ["GIF8", "image/gif"],
  ["II*\0", "image/tiff"],
  ["MM\0*", "image/tiff"],
  ["PK\x03\x04", "application/zip"],
  ["\x1f\x8b", "application/gzip"],
  ["{\\rtf", "text/rtf"],
  ["MSH|", "x-application/hl7-v2+er7"],
];
const UTF8_BOM = "\xef\xbb\xbf";
const START_CHARS = 64;

/** The media type of what begins with `head` (the first {@link HEAD_BYTES}, or the whole of it). */
export function mediaTypeOf(head: Uint8Array): string {
  const bytes = latin1(head);
  if (bytes.startsWith("DICM", PREAMBLE_BYTES)) {
    return DICOM;
  }
  for (const [magic, mediaType] of MAGICS) {
    if (bytes.startsWith(magic)) {
      return mediaType;
    }
  }
  const start = trimStart(bytes.startsWith(UTF8_BOM) ? bytes.slice(UTF8_BOM.length) : bytes)
    .slice(0, START_CHARS)
    .toLowerCase();
  if (start.startsWith("{") || start.startsWith("[")) {
    return JSON_TYPE; // whatever its encoding: JSON that is not UTF-8 must be refused, not sealed as unknown bytes
  }
  if (start.startsWith("<!doctype html") || start.startsWith("<html")) {
    return "text/html";
  }
  if (start.startsWith("<")) {
    return XML;
  }
  return isText(head) ? TEXT : OCTETS;
}

/** Whether this is JSON or XML in UTF-16, in which FHIR could hide; FHIR and RFC 8259 require UTF-8. */
export function isUtf16Markup(head: Uint8Array): boolean {
  const bytes = latin1(head);
  const text = bytes.startsWith("\xff\xfe") || bytes.startsWith("\xfe\xff") ? bytes.slice(2) : bytes;
  const first = trimStart(text.slice(0, START_CHARS).replaceAll("\0", ""))[0];
  return (first === "{" || first === "[" || first === "<") && text.slice(0, 2).includes("\0");
}

/**
 * The media type that the name's ending promises, where the content is nothing that is recognised; else null. A damaged
 * image must not pass as some unknown file; a JPEG that is called .png harms nobody. A DICOM file cut inside its preamble may
 * look like a TIFF, which that preamble may imitate (PS3.10 section 7.1).
 */
export function brokenPromise(fileName: string, mediaType: string): string | null {
  const dot = fileName.lastIndexOf(".");
  const ending = dot > 0 && dot < fileName.length - 1 ? fileName.slice(dot).toLowerCase() : "";
  const promised = PROMISES.get(ending) ?? null;
  const isUnrecognised = mediaType === OCTETS || mediaType === TEXT;
  const isCutPreamble = promised === DICOM && mediaType === "image/tiff";
  return promised !== mediaType && (isUnrecognised || isCutPreamble) ? promised : null;
}

/** Whether `head` is UTF-8 without control characters; a character cut at its end does not count. */
function isText(head: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(head, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    return !/[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}

function trimStart(bytes: string): string {
  return bytes.replace(/^[ \t\n\r\v\f]+/, "");
}

function latin1(data: Uint8Array): string {
  let text = "";
  for (const byte of data) {
    text += String.fromCharCode(byte);
  }
  return text;
}
