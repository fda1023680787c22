/** Titles for a sentence: the first few, and how many more there are. */
import type { Format } from "../i18n/format.ts";
import type { AllTexts } from "../i18n/text.ts";

const SHOWN = 3;

export function someTitles(t: AllTexts, format: Format, titles: readonly string[]): string {
  const more = titles.length - SHOWN;
  const shown = titles.slice(0, SHOWN);
  return format.list(more > 0 ? [...shown, t.upload.moreTitles({ count: format.number(more) })] : shown);
}
