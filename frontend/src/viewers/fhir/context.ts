/** What values are put into words with: the person's language, and the resources that a reference may mean. */
import { useMemo } from "react";
import { formatOf } from "../../i18n/format.ts";
import { type Texts, useLanguage } from "../../i18n/text.ts";
import type { FindEntry } from "../types.ts";
import { words as english } from "./words.en.ts";
import { words as korean } from "./words.ko.ts";

export type FhirWords = Texts<typeof english>;

export type Context = {
  readonly t: FhirWords;
  readonly locale: string;
  readonly number: (value: number) => string;
  readonly dateTime: (at: number) => string;
  readonly bytes: (size: number) => string;
  /** The title of what a reference means, where it is in the same file. */
  readonly resolve: (reference: string) => string | null;
  /** The entry that a reference means, where it is one of those that are shown. */
  readonly find: FindEntry;
  /** A number as it was written: 1.50 is not 1.5 to a laboratory. */
  readonly spelling: (holder: object, key: string) => string | null;
};

export type Spellings = Context["spelling"];

export function contextOf(
  t: FhirWords,
  locale: string,
  spelling: Spellings = () => null,
  find: FindEntry = () => null,
): Context {
  const format = formatOf(locale);
  return {
    t,
    locale,
    number: (value) => format.number(value, { maximumSignificantDigits: 15 }),
    dateTime: format.dateTime,
    bytes: format.bytes,
    resolve: () => null,
    find,
    spelling,
  };
}

export function useFhirContext(spelling: Spellings, find: FindEntry): Context {
  const { language, locale } = useLanguage();
  return useMemo(
    () => contextOf(language === "ko" ? korean : english, locale, spelling, find),
    [language, locale, spelling, find],
  );
}
