/** A page with nothing but a viewer, for tests: `?file=…&media=…&fhir=…&name=…&title=…&lang=…&related=a.json,b.json`. */
import { createRoot } from "react-dom/client";
import "../../src/design/base.css";
import "../../src/design/tokens.css";
import { LanguageProvider } from "../../src/i18n/LanguageProvider.tsx";
import { loadTexts } from "../../src/i18n/load.ts";
import { CannotShowError } from "../../src/viewers/CannotShow.tsx";
import { Viewer } from "../../src/viewers/Viewer.tsx";

const FILES = "/files/";

async function start(): Promise<void> {
  const asked = new URLSearchParams(location.search);
  const language = asked.get("lang") === "ko" ? "ko" : "en";
  const blob = await read(asked.get("file") ?? "");
  const names = asked.get("related")?.split(",") ?? [];
  const related = await Promise.all(
    names.map(async (name) => ({
      descriptor: { title: name, mediaType: "application/fhir+json", fhirType: "Observation" },
      blob: await read(name),
    })),
  );
  const place = document.getElementById("root");
  if (place === null) return;
  createRoot(place).render(
    <LanguageProvider initial={{ language, texts: await loadTexts(language) }}>
      <div style={{ padding: "1rem", maxWidth: "66rem", margin: "auto" }}>
        <h1>{asked.get("title") ?? "A file"}</h1>
        <h2>Opened</h2>
        <Viewer
          blob={blob}
          mediaType={asked.get("media") ?? "application/octet-stream"}
          fhirType={asked.get("fhir")}
          fileName={asked.get("name")}
          title={asked.get("title") ?? "A file"}
          related={related}
        />
      </div>
    </LanguageProvider>,
  );
}

async function read(name: string): Promise<Blob> {
  const answer = await fetch(FILES + encodeURIComponent(name));
  return new Blob([await answer.arrayBuffer()]);
}

/** Decodes a frame as the viewer does, for comparing it with another reader's: its values as bytes in base64. */
async function decodeDicom(name: string, index: number): Promise<object> {
  const stop = new AbortController();
  try {
    const { openDicom } = await import("../../src/viewers/dicom/openDicom.ts");
    const { image, frame } = await openDicom(await read(name), stop.signal);
    const shown = await frame(index);
    const values = shown.kind === "grey" ? Int32Array.from(shown.samples, (one) => one | 0) : shown.rgba;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return { kind: shown.kind, image, columns: shown.columns, rows: shown.rows, data: btoa(binary) };
  } catch (error) {
    return { trouble: error instanceof CannotShowError ? error.trouble : String(error) };
  } finally {
    stop.abort();
  }
}

Object.assign(globalThis, { decodeDicom });
void start();
