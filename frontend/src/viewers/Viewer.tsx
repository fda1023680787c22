/**
 * Shows an opened file by its media type. Each kind of viewer is a chunk of its own, loaded when it is first needed; a file that
 * no viewer knows, or that is damaged, can still be saved.
 */
import { lazy, Suspense } from "react";
import { Button } from "../design/Button.tsx";
import { Spinner } from "../design/Spinner.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { SaveCopy } from "./SaveCopy.tsx";
import type { FindEntry, Related, ViewerProps } from "./types.ts";
import { ViewerBoundary } from "./ViewerBoundary.tsx";
import { viewerKind } from "./viewerKind.ts";
import "./Viewer.css";

const FhirViewer = lazy(async () => ({ default: (await import("./fhir/FhirViewer.tsx")).FhirViewer }));
const TextViewer = lazy(async () => ({ default: (await import("./text/TextViewer.tsx")).TextViewer }));
const PdfViewer = lazy(async () => ({ default: (await import("./pdf/PdfViewer.tsx")).PdfViewer }));
const DicomViewer = lazy(async () => ({ default: (await import("./dicom/DicomViewer.tsx")).DicomViewer }));
const ImageViewer = lazy(async () => ({ default: (await import("./image/ImageViewer.tsx")).ImageViewer }));

type Props = {
  readonly blob: Blob;
  /** `type/subtype`, as the descriptor has it. */
  readonly mediaType: string;
  readonly fhirType: string | null;
  readonly fileName: string | null;
  readonly title: string;
  /** Other entries that are open already: a measurement is drawn together with earlier ones. */
  readonly related?: readonly Related[];
  /** Finds the entry that a reference in the file means: it is named, and leads there. */
  readonly find?: FindEntry;
};

const FINDS_NONE: FindEntry = () => null;
const ALONE: readonly Related[] = [];

export function Viewer({ blob, mediaType, fhirType, fileName, title, related = ALONE, find = FINDS_NONE }: Props) {
  const t = useText();
  const format = useFormat();
  const kind = viewerKind(mediaType);
  return (
    <div className="viewer">
      <div className="viewer-bar">
        <p className="viewer-about">
          {t.viewers.kinds[kind]}
          {fileName !== null && <span className="viewer-file">{fileName}</span>}
          <span>{format.bytes(blob.size)}</span>
        </p>
        <SaveCopy blob={blob} fileName={fileName} title={title} mediaType={mediaType} />
      </div>
      <ViewerBoundary
        of={blob}
        retry={(again) => (
          <Button size="s" icon="refresh" onPress={again}>
            {t.common.retry}
          </Button>
        )}
      >
        <Suspense fallback={<Spinner wide label={t.viewers.opening} />}>
          <Shown {...{ blob, mediaType, fhirType, fileName, title, related, find }} />
        </Suspense>
      </ViewerBoundary>
    </div>
  );
}

function Shown(props: ViewerProps) {
  const t = useText().viewers;
  switch (viewerKind(props.mediaType)) {
    case "fhir":
      return <FhirViewer {...props} />;
    case "text":
      return <TextViewer {...props} />;
    case "image":
      return <ImageViewer {...props} />;
    case "pdf":
      return <PdfViewer {...props} />;
    case "dicom":
      return <DicomViewer {...props} />;
    case "download":
      return <p className="soft">{t.onlySave}</p>;
  }
}
