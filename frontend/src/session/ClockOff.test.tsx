import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LIMITS } from "../core/limits.ts";
import { en } from "../i18n/en.ts";
import { LanguageProvider } from "../i18n/LanguageProvider.tsx";
import { ClockOffBy } from "./ClockOff.tsx";

beforeEach(() => vi.stubGlobal("navigator", { languages: [] }));
afterEach(() => vi.unstubAllGlobals());

function shown(aheadS: number): string {
  return renderToStaticMarkup(
    <LanguageProvider initial={{ language: "en", texts: en }}>
      <ClockOffBy aheadS={aheadS} />
    </LanguageProvider>,
  );
}

it("says by how much this device's clock is off, where key keepers would refuse", () => {
  expect(shown(5 * 3_600 + 2)).toContain("ahead by 5 hours");
  expect(shown(-5 * 3_600 + 2)).toContain("behind by 5 hours");
  expect(shown(LIMITS.clockSkewMaxS + 1)).toContain("2 minutes");
  expect(shown(LIMITS.clockSkewMaxS)).toBe("");
  expect(shown(-LIMITS.clockSkewMaxS)).toBe("");
});
