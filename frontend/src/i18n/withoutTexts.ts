/** What is said where not even the texts of a language could be loaded. */
import type { Language } from "./text.ts";

export const withoutTexts: Readonly<Record<Language, { readonly title: string; readonly action: string }>> = {
  en: { title: "The page could not be loaded. It may have been renewed.", action: "Reload" },
  ko: { title: "페이지를 불러오지 못했습니다. 새로워졌을 수 있습니다.", action: "새로 고침" },
};
