import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { en } from "../i18n/en.ts";
import { LanguageProvider } from "../i18n/LanguageProvider.tsx";
import type { Address } from "../node/types.ts";
import { UnknownPerson } from "./UnknownPerson.tsx";

beforeEach(() => vi.stubGlobal("navigator", { languages: [] }));
afterEach(() => vi.unstubAllGlobals());

const WHO = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" as Address;

const shown = (isEnrolled: boolean) =>
  renderToStaticMarkup(
    <LanguageProvider initial={{ language: "en", texts: en }}>
      <UnknownPerson address={WHO} isEnrolled={isEnrolled} />
    </LanguageProvider>,
  );

it("shows the whole address, and says where nobody signed in with it yet", () => {
  expect(shown(true)).toContain(WHO);
  expect(shown(true)).not.toContain(en.sharing.whoNotEnrolled);
  expect(shown(false)).toContain(WHO);
  expect(shown(false)).toContain(en.sharing.whoNotEnrolled);
});
