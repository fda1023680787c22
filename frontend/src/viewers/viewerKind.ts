/** Which viewer shows a media type. A type that runs or draws what a stranger wrote (HTML, SVG) is shown as its own text. */
export type ViewerKind = "fhir" | "dicom" | "pdf" | "text" | "image" | "download";

const IMAGES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);
const TEXTS = new Set([
  "application/xml",
  "application/json",
  "application/xhtml+xml",
  "application/hl7-v2",
  "application/x-ndjson",
  "image/svg+xml",
]);

/** @param mediaType `type/subtype` in lower case, without parameters, as a descriptor has it. */
export function viewerKind(mediaType: string): ViewerKind {
  if (mediaType === "application/fhir+json" || mediaType === "application/json+fhir") return "fhir";
  if (mediaType === "application/dicom") return "dicom";
  if (mediaType === "application/pdf") return "pdf";
  if (IMAGES.has(mediaType)) return "image";
  if (mediaType.startsWith("text/") || TEXTS.has(mediaType) || /\+(?:xml|json)$/.test(mediaType)) return "text";
  return "download";
}
