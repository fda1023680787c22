/** Shows a PDF by the browser's own viewer; where it has none, by drawing the pages. */
import { lazy } from "react";
import { Spinner } from "../../design/Spinner.tsx";
import { useText } from "../../i18n/text.ts";
import { CannotShow, CannotShowError } from "../CannotShow.tsx";
import type { ViewerProps } from "../types.ts";
import { useLoaded } from "../useLoaded.ts";
import { useObjectUrl } from "../useObjectUrl.ts";
import "./Pdf.css";

const PdfPages = lazy(async () => ({ default: (await import("./PdfPages.tsx")).PdfPages }));
/** Where readers look for the file's mark. */
const HEAD_BYTES = 1_024;

export function PdfViewer({ blob, title }: ViewerProps) {
  const t = useText().viewers;
  const checked = useLoaded(blob, requirePdf);
  if (checked === null) return <Spinner wide label={t.opening} />;
  if (checked.trouble !== null) return <CannotShow trouble={checked.trouble} />;
  return navigator.pdfViewerEnabled ? <PdfFrame blob={blob} title={title} /> : <PdfPages blob={blob} title={title} />;
}

function PdfFrame({ blob, title }: { readonly blob: Blob; readonly title: string }) {
  // A blob of this type is handed to the browser's viewer, and never read as a page of ours.
  const url = useObjectUrl(blob, "application/pdf");
  return url === null ? null : <iframe className="pdf-frame" src={url} title={title} />;
}

async function requirePdf(blob: Blob): Promise<true> {
  const head = new TextDecoder("latin1").decode(await blob.slice(0, HEAD_BYTES).arrayBuffer());
  if (!head.includes("%PDF-")) throw new CannotShowError("damaged", "The file is no PDF.");
  return true;
}
