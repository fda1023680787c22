/** What a grant lets somebody do, in the words of a sentence. Pure: texts come in. */
import { RIGHTS, type RightName } from "../core/typedData/consent.ts";
import type { Format } from "../i18n/format.ts";
import type { AllTexts } from "../i18n/text.ts";
import { categoryName } from "../record/categories.ts";

const SHORT_S = 48 * 3_600;
/** The contracts' "no end" is later than any date that a browser can show. */
const LATEST_S = 8_640_000_000_000;

export type Terms = {
  readonly categories: readonly string[];
  readonly rights: readonly RightName[];
  readonly fromAt: number;
  readonly untilAt: number;
  /** What it is for; left out where that is not signed anew. */
  readonly purpose?: string;
};

/** The last moment of a window, in words: to the minute where it is near, else the last day of it. */
export function endWords(t: AllTexts, format: Format, untilAt: number, now = Date.now() / 1_000): string {
  if (untilAt > LATEST_S) return t.common.noEnd;
  return untilAt - now < SHORT_S ? format.dateTime(untilAt) : format.date(untilAt - 1);
}

/** Categories as part of a sentence: "laboratory results". */
export function categoryWords(t: AllTexts, codes: readonly string[]): readonly string[] {
  return codes.map((code) => {
    const name = categoryName(t, code);
    return name.charAt(0).toLocaleLowerCase() + name.slice(1);
  });
}

export function rightWords(t: AllTexts, rights: readonly RightName[]): readonly string[] {
  return rights.map((right) => t.words.rightsVerbs[right]);
}

/** "Dr Kim can read your laboratory results until 3 May 2027." */
export function canSentence(t: AllTexts, format: Format, name: string, terms: Terms, now = Date.now() / 1_000): string {
  const words = {
    name,
    can: rightWords(t, terms.rights),
    categories: categoryWords(t, terms.categories),
    until: endWords(t, format, terms.untilAt, now),
  };
  return terms.fromAt <= now
    ? t.sharing.summary(words)
    : t.sharing.summaryFrom({ ...words, from: format.date(terms.fromAt) });
}

/** "GP, North Hospital asks to read your imaging until 3 May 2027. For: Treatment": what a patient reads of a request. */
export function asksSentence(t: AllTexts, format: Format, name: string, terms: Terms & { readonly purpose: string }) {
  const asks = t.sharing.asksFor({
    name,
    can: rightWords(t, terms.rights),
    categories: categoryWords(t, terms.categories),
    until: endWords(t, format, terms.untilAt),
  });
  return `${asks} ${t.sharing.forPurpose({ purpose: purposeWords(t, terms.purpose) })}`;
}

/** What the rights that are left out would have allowed; null where none is left out. */
export function cannotSentence(t: AllTexts, rights: readonly RightName[]): string | null {
  const missing = (Object.keys(RIGHTS) as RightName[]).filter((right) => !rights.includes(right));
  return missing.length === 0
    ? null
    : t.sharing.cannot({ things: missing.map((right) => t.sharing.cannotThings[right]) });
}

export function purposeWords(t: AllTexts, purpose: string): string {
  const names: Readonly<Record<string, string>> = t.words.purposes;
  return Object.hasOwn(names, purpose) ? (names[purpose] ?? purpose) : purpose;
}
