import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { en } from "../i18n/en.ts";
import { LanguageProvider } from "../i18n/LanguageProvider.tsx";
import { BeginAnew } from "./BeginAnew.tsx";

beforeEach(() => vi.stubGlobal("navigator", { languages: [] }));
afterEach(() => vi.unstubAllGlobals());

it("offers a question first, not the deed", () => {
  const shown = renderToStaticMarkup(
    <LanguageProvider initial={{ language: "en", texts: en }}>
      <BeginAnew onBegin={() => undefined} />
    </LanguageProvider>,
  );
  expect(shown).toContain(en.clinician.nameStartAnew);
  expect(shown).not.toContain(en.clinician.nameAnewConfirm);
});
