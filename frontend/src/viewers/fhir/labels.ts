/** Names of elements, types and codes in the person's language. */
import { withNamed } from "../text/hidden.ts";
import type { FhirWords } from "./context.ts";

/** Elements of which FHIR lets the type be chosen: `valueQuantity` is `value`. */
const CHOICES = [
  "value",
  "effective",
  "onset",
  "abatement",
  "deceased",
  "performed",
  "occurrence",
  "medication",
  "serviced",
  "location",
  "timing",
  "asNeeded",
  "dose",
  "doseNumber",
  "seriesDoses",
  "reported",
  "multipleBirth",
  "diagnosis",
  "procedure",
  "product",
  "scheduled",
];
/** Elements whose codes have a word of ours. */
const CODED = new Set([
  "status",
  "clinicalStatus",
  "verificationStatus",
  "intent",
  "gender",
  "criticality",
  "priority",
  "severity",
  "category",
  "type",
  "class",
  "interpretation",
  "outcome",
]);

/** An element's name without the type that was chosen for it. */
export function baseName(key: string): string {
  const choice = CHOICES.filter((one) => key.startsWith(one) && /^[A-Z]/.test(key.slice(one.length)));
  return choice.sort((a, b) => b.length - a.length)[0] ?? key;
}

export function labelOf(key: string, t: FhirWords): string {
  return own(t.labels, key) ?? own(t.labels, baseName(key)) ?? spaced(baseName(key));
}

export function typeName(type: string, t: FhirWords): string {
  return own(t.types, type) ?? spaced(type);
}

/** A word for a code of an element that has such; null for all others. */
export function codeWord(key: string, code: string, t: FhirWords): string | null {
  return CODED.has(baseName(key)) ? (own(t.codes, code) ?? null) : null;
}

const NAME_MAX_CHARS = 100;

/** `birthDate` → "Birth date"; whatever a stranger called it. */
function spaced(key: string): string {
  const words = withNamed(key.slice(0, NAME_MAX_CHARS))
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, " ")
    .toLowerCase();
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function own(texts: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}
