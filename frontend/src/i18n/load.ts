/** Loads one language: each is a file of its own, so that nobody downloads the other. */
import type { AllTexts, Language } from "./text.ts";

export async function loadTexts(language: Language): Promise<AllTexts> {
  return language === "ko" ? (await import("./ko.ts")).ko : (await import("./en.ts")).en;
}
