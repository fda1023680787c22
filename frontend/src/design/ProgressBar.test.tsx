import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, expect, it, vi } from "vitest";
import { en } from "../i18n/en.ts";
import { ko } from "../i18n/ko.ts";
import { LanguageProvider } from "../i18n/LanguageProvider.tsx";
import type { Progress } from "../node/types.ts";
import { ProgressOf } from "./ProgressBar.tsx";

afterEach(() => vi.unstubAllGlobals());

const shown = (progress: Progress, language: "en" | "ko") =>
  renderToStaticMarkup(
    <LanguageProvider initial={{ language, texts: language === "en" ? en : ko }}>
      <ProgressOf progress={progress} label="Counting" onCancel={() => undefined} />
    </LanguageProvider>,
  );

it("says in words that the node has asked to wait, for how long, and how to stop", () => {
  vi.stubGlobal("navigator", { languages: [] });
  const waits = { step: "records", done: 0, total: 7, unit: "seconds" } as const;
  expect(shown(waits, "en")).toContain("asks to wait 7 seconds");
  expect(shown(waits, "en")).toContain(en.common.cancel);
  expect(shown(waits, "ko")).toContain("7초");
  expect(shown({ ...waits, unit: "records" }, "en")).toContain("Counting");
});
