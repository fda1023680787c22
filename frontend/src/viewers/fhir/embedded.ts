/** Files that a resource brings inside of itself (base64), such as a report as PDF. */
import { field, type JsonObject, listOf, objectOf, textOf } from "./read.ts";

export type Embedded = { readonly mediaType: string; readonly title: string | null; readonly data: string };

const FILES_MAX = 20;

export function embeddedIn(resource: JsonObject): readonly Embedded[] {
  const attachments = [
    ...listOf(field(resource, "presentedForm")),
    ...listOf(field(resource, "content")).map((one) => field(one, "attachment")),
    ...listOf(field(resource, "photo")),
    objectOf(field(resource, "content")),
  ];
  return attachments.slice(0, FILES_MAX).flatMap((one) => {
    const data = textOf(field(one, "data"));
    if (data === null) return [];
    const [mediaType = ""] = (textOf(field(one, "contentType")) ?? "").toLowerCase().split(";");
    return [{ mediaType: mediaType.trim() || "application/octet-stream", title: textOf(field(one, "title")), data }];
  });
}

/**
 * Its bytes, of no type that a browser would run: viewers go by `mediaType`.
 *
 * @throws DOMException where it is no base64.
 */
export function embeddedBlob({ data }: Pick<Embedded, "data">): Blob {
  const binary = atob(data);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return new Blob([bytes], { type: "application/octet-stream" });
}
