/** Why a file can't be taken, in the person's language. */
import type { RefusedFile } from "../core/intake/planIntake.ts";
import type { AllTexts } from "../i18n/text.ts";

export function faultWords(t: AllTexts, { code }: Pick<RefusedFile, "code">): string {
  const words: Readonly<Record<string, string>> = t.upload.faults;
  const found = Object.hasOwn(words, code) ? words[code] : undefined;
  return found ?? (code.startsWith("intake.fhir_") ? t.upload.faultFhir : t.upload.faultOther);
}
