/** A file inside of a resource, opened on demand by the viewer of its own kind. */
import { useMemo } from "react";
import { CannotShow } from "../CannotShow.tsx";
import { More } from "../More.tsx";
import { withNamed } from "../text/hidden.ts";
import { PlainText } from "../text/PlainText.tsx";
import { Viewer } from "../Viewer.tsx";
import type { FhirWords } from "./context.ts";
import { type Embedded, embeddedBlob } from "./embedded.ts";

export function EmbeddedFile({ file, t }: { readonly file: Embedded; readonly t: FhirWords }) {
  const title = withNamed(file.title ?? t.embeddedFile);
  return (
    <More title={<PlainText text={`${title} (${file.mediaType})`} />}>
      {() => <Opened file={file} title={title} />}
    </More>
  );
}

function Opened({ file, title }: { readonly file: Embedded; readonly title: string }) {
  const blob = useMemo(() => {
    try {
      return embeddedBlob(file);
    } catch {
      return null;
    }
  }, [file]);
  return blob === null ? (
    <CannotShow trouble="damaged" />
  ) : (
    <Viewer blob={blob} mediaType={file.mediaType} fhirType={null} fileName={null} title={title} />
  );
}
