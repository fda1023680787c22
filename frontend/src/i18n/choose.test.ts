import { describe, expect, it } from "vitest";
import { chooseLanguage, localeOf } from "./choose.ts";

const keeping = (value: string | null) => ({ getItem: () => value, setItem: () => undefined });
const broken = {
  getItem: () => {
    throw new Error("denied");
  },
  setItem: () => undefined,
};

describe("the language", () => {
  it("is the one chosen here before", () => {
    expect(chooseLanguage(keeping("ko"), ["en-US"])).toBe("ko");
  });

  it("else the first of the browser's that there is", () => {
    expect(chooseLanguage(keeping(null), ["fr-FR", "ko-KR", "en"])).toBe("ko");
    expect(chooseLanguage(keeping("tlh"), ["de"])).toBe("en");
    expect(chooseLanguage(broken, ["ko"])).toBe("ko");
    expect(chooseLanguage(null, [])).toBe("en");
  });

  it("keeps the person's own region for dates", () => {
    expect(localeOf("en", ["ko-KR", "en-US"])).toBe("en-US");
    expect(localeOf("ko", ["en-US"])).toBe("ko-KR");
    expect(localeOf("en", ["en"])).toBe("en-GB");
  });
});
