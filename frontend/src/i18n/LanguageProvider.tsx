/** Speaks the person's language, and another one when they ask for it; nothing else on the page is lost by that. */
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { I18nProvider } from "react-aria-components";
import { keepLanguage, localeOf } from "./choose.ts";
import { loadTexts } from "./load.ts";
import { type AllTexts, type Language, LanguageContext } from "./text.ts";

type Props = {
  /** Already loaded by whoever starts the page, so that nothing flashes. */
  readonly initial: { readonly language: Language; readonly texts: AllTexts };
  readonly children: ReactNode;
};

export function LanguageProvider({ initial, children }: Props) {
  const [current, setCurrent] = useState(initial);
  const change = useCallback((language: Language) => {
    loadTexts(language).then(
      (texts) => {
        keepLanguage(localStorage, language);
        setCurrent({ language, texts });
      },
      // Offline and never loaded: the page goes on in the language it has.
      () => undefined,
    );
  }, []);
  const locale = localeOf(current.language, navigator.languages);
  useEffect(() => {
    document.documentElement.lang = current.language;
  }, [current.language]);
  const loaded = useMemo(() => ({ ...current, locale, change }), [current, locale, change]);
  return (
    <LanguageContext value={loaded}>
      <I18nProvider locale={locale}>{children}</I18nProvider>
    </LanguageContext>
  );
}
