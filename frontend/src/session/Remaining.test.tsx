import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { en } from "../i18n/en.ts";
import { LanguageProvider } from "../i18n/LanguageProvider.tsx";
import { SessionContext, type SessionParts } from "./context.ts";
import { Remaining } from "./Remaining.tsx";

beforeEach(() => vi.stubGlobal("navigator", { languages: [] }));
afterEach(() => vi.unstubAllGlobals());

function shown(session: boolean, key: boolean): string {
  return renderToStaticMarkup(
    <LanguageProvider initial={{ language: "en", texts: en }}>
      <SessionContext value={{} as SessionParts}>
        <Remaining remains={{ session, key }} />
      </SessionContext>
    </LanguageProvider>,
  );
}

it("says of each thing that it is still here, with a way to try again", () => {
  const { session, key } = en.session.remains;
  expect(shown(false, false)).toBe("");
  expect(shown(true, false)).toContain(session.title);
  expect(shown(true, false)).toContain(en.common.retry);
  expect(shown(true, false)).not.toContain(key.title);
  expect(shown(true, true)).toContain(key.title);
});
