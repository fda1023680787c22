/** What kind of thing an entry is, in a word of the page's. */
import type { Descriptor } from "../core/descriptor.ts";
import type { IconName } from "../design/Icon.tsx";

export type Kind = "fhir" | "dicom" | "pdf" | "image" | "text" | "other";

export function kindOf({ fhirType, mediaType }: Pick<Descriptor, "fhirType" | "mediaType">): Kind {
  if (fhirType !== null) return "fhir";
  if (mediaType === "application/dicom") return "dicom";
  if (mediaType === "application/pdf") return "pdf";
  if (mediaType.startsWith("image/")) return "image";
  return mediaType.startsWith("text/") ? "text" : "other";
}

export const KIND_ICONS: Readonly<Record<Kind, IconName>> = {
  fhir: "record",
  dicom: "image",
  pdf: "file",
  image: "image",
  text: "file",
  other: "file",
};
