/**
 * The name under which a copy is saved. The name in a descriptor was chosen by its author: it can neither lead out of a
 * folder, nor hide its ending, nor have another ending than its media type's. Of a media type that is not known here it
 * keeps an ending that is none of a program's.
 */

/** Controls, bidirectional overrides, lone surrogates, and what file systems give a meaning to. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}"*:<>?|]/gu;
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i;
const NAME_MAX_CHARS = 120;
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  "application/fhir+json": [".json"],
  "application/json": [".json"],
  "application/dicom": [".dcm", ".dicom"],
  "application/pdf": [".pdf"],
  "application/xml": [".xml"],
  "text/xml": [".xml"],
  "text/plain": [".txt", ".text", ".log", ".md"],
  "text/markdown": [".md"],
  "text/csv": [".csv"],
  "image/png": [".png"],
  "image/jpeg": [".jpg", ".jpeg"],
  "image/webp": [".webp"],
  "image/gif": [".gif"],
  "image/svg+xml": [".svg"],
  "text/html": [".txt"],
  "application/xhtml+xml": [".txt"],
};
/** What systems open with a viewer, whoever wrote it. */
const HARMLESS = new Set(
  "pdf txt csv json ndjson xml hl7 cda dcm nii edf zip gz png jpg jpeg webp gif bmp tif tiff heic avif mp3 m4a wav ogg mp4 mov webm docx xlsx pptx odt ods rtf bin".split(
    " ",
  ),
);

/** @param title names the copy where there is no usable file name. */
export function saveName(fileName: string | null, title: string, mediaType: string): string {
  const name = cleaned(lastOf(fileName ?? "")) || cleaned(title.replace(/[/\\]/g, "-")) || "record";
  const endings = Object.hasOwn(ENDINGS, mediaType) ? (ENDINGS[mediaType] ?? []) : [];
  const [first] = endings;
  if (first === undefined) return isHarmless(name) ? name : `${name}${mediaType.startsWith("text/") ? ".txt" : ".bin"}`;
  return endings.some((one) => name.toLowerCase().endsWith(one)) ? name : `${name}${first}`;
}

function isHarmless(name: string): boolean {
  const dot = name.lastIndexOf(".");
  return dot === -1 || HARMLESS.has(name.slice(dot + 1).toLowerCase());
}

function lastOf(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? "";
}

function cleaned(name: string): string {
  const words = name
    .replace(UNSAFE, " ")
    .replace(/\s+/g, " ")
    .replace(/^[. ]+|[. ]+$/g, "");
  const chars = [...words];
  // The middle is lost, never the ending.
  const short =
    chars.length > NAME_MAX_CHARS ? [...chars.slice(0, NAME_MAX_CHARS - 20), ...chars.slice(-20)].join("") : words;
  return DEVICE.test(short) ? `_${short}` : short;
}
