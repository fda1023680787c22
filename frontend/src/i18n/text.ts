/**
 * What the page says, in the person's language. Texts live in `en/<area>.ts` and `ko/<area>.ts`; a Korean text that is missing
 * does not compile. Only the language in use is downloaded.
 */
import { createContext, useContext } from "react";
import type { en } from "./en.ts";

/** The shape of a language: the same keys as English, with any text of the same kind. */
export type Texts<T> = {
  readonly [K in keyof T]: T[K] extends (...parameters: infer A) => string
    ? (...parameters: A) => string
    : T[K] extends string
      ? string
      : Texts<T[K]>;
};

export type AllTexts = Texts<typeof en>;
export type Language = "en" | "ko";

/** What is offered, each called by its own name. */
export const languages: readonly { readonly id: Language; readonly name: string }[] = [
  { id: "en", name: "English" },
  { id: "ko", name: "한국어" },
];

/** A language that is loaded. `locale` is the BCP 47 tag for dates and numbers, with the person's own region where known. */
export type LoadedLanguage = {
  readonly language: Language;
  readonly locale: string;
  readonly texts: AllTexts;
  readonly change: (language: Language) => void;
};

export const LanguageContext = createContext<LoadedLanguage | null>(null);

/** The language in use, and how to change it. */
export function useLanguage(): LoadedLanguage {
  const loaded = useContext(LanguageContext);
  if (loaded === null) throw new Error("useLanguage is used outside of LanguageProvider");
  return loaded;
}

/** All texts: `t.patient.homeTitle`, `t.common.retry`. */
export function useText(): AllTexts {
  return useLanguage().texts;
}
