/** What a category is called and drawn as. The chain's registry may know more categories than this page does. */
import type { IconName } from "../design/Icon.tsx";
import type { AllTexts } from "../i18n/text.ts";

const ICONS: Readonly<Record<string, IconName>> = {
  "history-and-physical-exam": "record",
  laboratory: "chart",
  "delivered-radiation-dose": "warning",
  medication: "plus",
  allergy: "stop",
  immunization: "shield",
  imaging: "image",
  "vital-signs": "heart",
  demographics: "person",
  billing: "file",
  wearable: "clock",
};

export function categoryName(t: AllTexts, code: string): string {
  const names: Readonly<Record<string, string>> = t.words.categories;
  return Object.hasOwn(names, code) ? (names[code] ?? code) : t.words.otherCategory({ code });
}

export function categoryHint(t: AllTexts, code: string): string | undefined {
  const hints: Readonly<Record<string, string>> = t.words.categoryHints;
  return Object.hasOwn(hints, code) ? hints[code] : undefined;
}

export function categoryIcon(code: string): IconName {
  return Object.hasOwn(ICONS, code) ? (ICONS[code] ?? "file") : "file";
}
