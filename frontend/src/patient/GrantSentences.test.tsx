import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { en } from "../i18n/en.ts";
import { LanguageProvider } from "../i18n/LanguageProvider.tsx";
import { GrantSentences } from "./GrantSentences.tsx";

beforeEach(() => vi.stubGlobal("navigator", { languages: [] }));
afterEach(() => vi.unstubAllGlobals());

const TERMS = { categories: ["allergy"], rights: ["READ"], fromAt: 1, untilAt: 1_900_000_000 } as const;

const shown = (purpose: { purpose?: string }) =>
  renderToStaticMarkup(
    <LanguageProvider initial={{ language: "en", texts: en }}>
      <GrantSentences name="A doctor" terms={{ ...TERMS, ...purpose }} now={1_800_000_000} />
    </LanguageProvider>,
  );

it("says what access is given for, where that is signed", () => {
  expect(shown({ purpose: "HRESCH" })).toContain("What it is given for: Research.");
  expect(shown({})).not.toContain("given for");
});
