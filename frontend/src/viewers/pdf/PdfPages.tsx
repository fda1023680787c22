/** Draws the pages of a PDF, each when it comes near to the screen, with its words beside it for a screen reader. */
import { GlobalWorkerOptions, getDocument, PDFWorker } from "pdfjs-dist";
import pdfWorkerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import type { PDFDocumentProxy } from "pdfjs-dist/types/src/display/api";
import { useEffect, useRef, useState } from "react";
import { trustedScriptUrl } from "../../app/trustedTypes.ts";
import { Spinner } from "../../design/Spinner.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/text.ts";
import { CannotShow } from "../CannotShow.tsx";
import { useLoaded } from "../useLoaded.ts";
import { drawnScale } from "./drawnScale.ts";

const PAGES_MAX = 400;
const NEAR = "600px";

export function PdfPages({ blob, title }: { readonly blob: Blob; readonly title: string }) {
  const t = useText().viewers;
  const format = useFormat();
  const loaded = useLoaded(blob, openPdf);
  if (loaded === null) return <Spinner wide label={t.opening} />;
  if (loaded.trouble !== null) return <CannotShow trouble={loaded.trouble} />;
  const pdf = loaded.value;
  const count = Math.min(pdf.numPages, PAGES_MAX);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="pdf-pages" aria-label={title} tabIndex={0}>
      {Array.from({ length: count }, (_, i) => (
        <Page
          // biome-ignore lint/suspicious/noArrayIndexKey: pages never change places
          key={i}
          pdf={pdf}
          at={i + 1}
          label={t.pdf.page({ page: format.number(i + 1), count: format.number(pdf.numPages) })}
        />
      ))}
      {pdf.numPages > count && <p className="soft">{t.pdf.more}</p>}
    </section>
  );
}

type PageProps = { readonly pdf: PDFDocumentProxy; readonly at: number; readonly label: string };

function Page({ pdf, at, label }: PageProps) {
  const place = useRef<HTMLCanvasElement>(null);
  const [words, setWords] = useState("");
  useEffect(() => {
    const canvas = place.current;
    if (canvas === null) return;
    let stop = () => {};
    const observer = new IntersectionObserver(
      (seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        observer.disconnect();
        const stopped = new AbortController();
        stop = () => stopped.abort();
        // A page that can't be drawn stays white; the others are shown.
        void draw(pdf, at, canvas, stopped.signal).then(setWords, () => undefined);
      },
      { rootMargin: NEAR },
    );
    observer.observe(canvas);
    return () => {
      observer.disconnect();
      stop();
    };
  }, [pdf, at]);
  return (
    <figure className="pdf-page">
      <canvas ref={place} role="img" aria-label={label} />
      <figcaption className="hidden-visually">{words}</figcaption>
    </figure>
  );
}

/** Returns the words of the page. */
async function draw(
  pdf: PDFDocumentProxy,
  at: number,
  canvas: HTMLCanvasElement,
  signal: AbortSignal,
): Promise<string> {
  const page = await pdf.getPage(at);
  const width = canvas.clientWidth || 600;
  const natural = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: drawnScale(natural, width * Math.min(2, devicePixelRatio)) });
  if (signal.aborted) return "";
  canvas.width = Math.max(1, Math.floor(viewport.width));
  canvas.height = Math.max(1, Math.floor(viewport.height));
  const task = page.render({ canvas, viewport });
  signal.addEventListener("abort", () => task.cancel(), { once: true });
  await task.promise;
  const { items } = await page.getTextContent();
  return items.map((item) => ("str" in item ? item.str : "")).join(" ");
}

async function openPdf(blob: Blob, signal: AbortSignal): Promise<PDFDocumentProxy> {
  const script = new Worker(trustedScriptUrl(pdfWorkerUrl), { type: "module" });
  GlobalWorkerOptions.workerSrc = pdfWorkerUrl;
  const worker = PDFWorker.create({ port: script } as Parameters<typeof PDFWorker.create>[0]);
  const close = () => {
    worker.destroy();
    script.terminate();
  };
  signal.addEventListener("abort", close, { once: true });
  try {
    const data = new Uint8Array(await blob.arrayBuffer());
    // Nothing is fetched: no addresses are given for fonts and maps, and no code of the file is run.
    return await getDocument({ data, worker, isEvalSupported: false, enableXfa: false, useSystemFonts: true }).promise;
  } catch (error) {
    close();
    throw error;
  }
}
