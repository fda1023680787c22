/**
 * What records speak of, in the person's language: kinds of resources, and names for codes. Both languages are in the parts of
 * the page that show entries, and none is in the first load.
 */
import { useMemo } from "react";
import { codeNames as englishNames } from "./en/codeNames.ts";
import { fhirTypes as englishTypes } from "./en/fhirTypes.ts";
import { codeNames as koreanNames } from "./ko/codeNames.ts";
import { fhirTypes as koreanTypes } from "./ko/fhirTypes.ts";
import { type Language, type Texts, useLanguage } from "./text.ts";

export type Clinical = {
  readonly types: Texts<typeof englishTypes>;
  readonly names: Texts<typeof englishNames>;
  /** For dates. */
  readonly locale: string;
};

type Coded = { readonly system: string | null; readonly code: string };

const SYSTEMS: Readonly<Record<string, keyof typeof englishNames>> = {
  "http://loinc.org": "loinc",
  "http://snomed.info/sct": "snomed",
  "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
  "http://hl7.org/fhir/sid/cvx": "cvx",
  "http://dicom.nema.org/resources/ontology/DCM": "dcm",
};

export function clinicalOf(language: Language, locale: string): Clinical {
  return language === "ko"
    ? { types: koreanTypes, names: koreanNames, locale }
    : { types: englishTypes, names: englishNames, locale };
}

export function useClinical(): Clinical {
  const { language, locale } = useLanguage();
  return useMemo(() => clinicalOf(language, locale), [language, locale]);
}

/** Our own word for the first of the codes that has one; null where none has. */
export function nameOfCodes({ names }: Pick<Clinical, "names">, codes: readonly Coded[]): string | null {
  for (const { system, code } of codes) {
    const known = Object.hasOwn(SYSTEMS, system ?? "") ? SYSTEMS[system ?? ""] : undefined;
    const ofSystem: Readonly<Record<string, string>> = known === undefined ? {} : names[known];
    if (Object.hasOwn(ofSystem, code)) return ofSystem[code] ?? null;
  }
  return null;
}

/** What a kind of resource is called; null where it has no word of ours. */
export function typeWord({ types }: Pick<Clinical, "types">, type: string): string | null {
  const words: Readonly<Record<string, string>> = types;
  return Object.hasOwn(words, type) ? (words[type] ?? null) : null;
}
