import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { en } from "../i18n/en.ts";
import { ko } from "../i18n/ko.ts";
import { LanguageProvider } from "../i18n/LanguageProvider.tsx";
import { PassOnSummary } from "./PassOnSummary.tsx";

beforeEach(() => vi.stubGlobal("navigator", { languages: [] }));
afterEach(() => vi.unstubAllGlobals());

const asked = {
  patient: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  address: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
  name: "A colleague",
  categories: ["allergy"],
  rights: ["READ"],
  purpose: "HRESCH",
  fromAt: 1_800_000_000,
  untilAt: 1_900_000_000,
} as const;

it.each([
  ["en", en, "Research"],
  ["ko", ko, ko.words.purposes.HRESCH],
] as const)("names in %s what it is given for, and all that the wallet shows", (language, texts, purpose) => {
  const shown = renderToStaticMarkup(
    <LanguageProvider initial={{ language, texts }}>
      <PassOnSummary called="A colleague" asked={asked} />
    </LanguageProvider>,
  );
  const sentence = shown.slice(0, shown.indexOf(texts.sharing.willSign));
  expect(sentence).toContain(purpose);
  for (const one of [texts.sharing.acts.pass_on, asked.patient, asked.address, `${purpose} (HRESCH)`, "(READ)"]) {
    expect(shown).toContain(one);
  }
});
