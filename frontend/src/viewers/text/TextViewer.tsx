/** Shows text: comma-separated values as a table, everything else as it was written, its first mebibyte. */
import { useCallback, useState } from "react";
import { Callout } from "../../design/Callout.tsx";
import { Select } from "../../design/Select.tsx";
import { Spinner } from "../../design/Spinner.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/text.ts";
import { CannotShow } from "../CannotShow.tsx";
import type { ViewerProps } from "../types.ts";
import { useLoaded } from "../useLoaded.ts";
import { CsvTable } from "./CsvTable.tsx";
import { decodeText, ENCODINGS, type Encoding } from "./decodeText.ts";
import { PlainText } from "./PlainText.tsx";

const SHOWN_MAX_BYTES = 1_048_576;

export function TextViewer({ blob, mediaType, title }: ViewerProps) {
  const t = useText().viewers;
  const format = useFormat();
  const [asked, setAsked] = useState<Encoding>();
  const load = useCallback((source: Blob) => readText(source, asked), [asked]);
  const loaded = useLoaded(blob, load);
  if (loaded === null) return <Spinner wide label={t.opening} />;
  if (loaded.trouble !== null) return <CannotShow trouble={loaded.trouble} />;
  const { text, encoding } = loaded.value;
  return (
    <div className="stack">
      {blob.size > SHOWN_MAX_BYTES && (
        <Callout tone="info">{t.text.cut({ shown: format.bytes(SHOWN_MAX_BYTES) })}</Callout>
      )}
      {(asked !== undefined || encoding !== "utf-8") && (
        <div className="viewer-narrow">
          <Select
            label={t.text.encoding}
            hint={t.text.encodingHint}
            options={ENCODINGS.map((id) => ({ id, label: t.text.encodings[id] }))}
            value={encoding}
            onChange={setAsked}
          />
        </div>
      )}
      {text === "" ? (
        <p className="soft">{t.text.empty}</p>
      ) : mediaType === "text/csv" || mediaType === "text/tab-separated-values" ? (
        <CsvTable text={text} title={title} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section className="viewer-scroll" aria-label={title} tabIndex={0}>
          <pre className="viewer-text">
            <PlainText text={text} />
          </pre>
        </section>
      )}
    </div>
  );
}

async function readText(blob: Blob, asked: Encoding | undefined) {
  const bytes = new Uint8Array(await blob.slice(0, SHOWN_MAX_BYTES).arrayBuffer());
  return decodeText(bytes, blob.size > SHOWN_MAX_BYTES, asked);
}
