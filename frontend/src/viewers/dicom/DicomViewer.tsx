/** Shows a DICOM file: its image with brightness, contrast, frames and size to be set, and everything that is said of it. */
import { Callout } from "../../design/Callout.tsx";
import { Spinner } from "../../design/Spinner.tsx";
import { useText } from "../../i18n/text.ts";
import { CannotShow } from "../CannotShow.tsx";
import { More } from "../More.tsx";
import type { ViewerProps } from "../types.ts";
import { useLoaded } from "../useLoaded.ts";
import { DicomImage } from "./DicomImage.tsx";
import { openDicom } from "./openDicom.ts";
import { TagTable } from "./TagTable.tsx";
import "./Dicom.css";

export function DicomViewer({ blob, title }: ViewerProps) {
  const t = useText().viewers;
  const loaded = useLoaded(blob, openDicom);
  if (loaded === null) return <Spinner wide label={t.opening} />;
  if (loaded.trouble !== null) return <CannotShow trouble={loaded.trouble} />;
  const { image, tags, frame } = loaded.value;
  return (
    <div className="stack">
      {image === null ? (
        <Callout tone="info">{t.dicom.noImage}</Callout>
      ) : (
        <DicomImage image={image} frame={frame} title={title} />
      )}
      <More title={t.dicom.tags}>{() => <TagTable tags={tags} />}</More>
    </div>
  );
}
