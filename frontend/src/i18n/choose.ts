/** Which language to speak: what was chosen here before, else the first of the browser's languages that there is. */
import type { Language } from "./text.ts";

const KEPT_UNDER = "mendrec.language";
const FALLBACK_LOCALE: Readonly<Record<Language, string>> = { en: "en-GB", ko: "ko-KR" };

type Kept = Pick<Storage, "getItem" | "setItem">;

function asLanguage(tag: string | null): Language | null {
  const primary = tag?.toLowerCase().split("-")[0];
  return primary === "en" || primary === "ko" ? primary : null;
}

export function chooseLanguage(kept: Kept | null, preferred: readonly string[]): Language {
  const chosen = asLanguage(readKept(kept));
  if (chosen !== null) return chosen;
  for (const tag of preferred) {
    const language = asLanguage(tag);
    if (language !== null) return language;
  }
  return "en";
}

/** Dates and numbers as in the person's own region, where their browser names one of that language. */
export function localeOf(language: Language, preferred: readonly string[]): string {
  return preferred.find((tag) => tag.includes("-") && asLanguage(tag) === language) ?? FALLBACK_LOCALE[language];
}

export function keepLanguage(kept: Kept | null, language: Language): void {
  try {
    kept?.setItem(KEPT_UNDER, language);
  } catch {
    // A browser that keeps nothing asks its own settings again next time.
  }
}

function readKept(kept: Kept | null): string | null {
  try {
    return kept?.getItem(KEPT_UNDER) ?? null;
  } catch {
    return null;
  }
}
