/**
 * What an entry is called on the screen. The title that was sealed with a FHIR resource is a machine's, in English
 * ("Observation: Hemoglobin A1c, 2026-11-12"), and stays the one that is exported. A title that a person gave, and those of
 * other files, are shown as they are.
 */
import type { Descriptor } from "../core/descriptor.ts";
import { spacedType } from "../core/intake/spacedType.ts";
import { calendarDayWords } from "../i18n/calendarDay.ts";
import { type Clinical, nameOfCodes, typeWord } from "../i18n/clinical.ts";

export type Titled = Pick<Descriptor, "title" | "fhirType" | "codes">;

/** What follows the type in a machine's title: its name, its day, both or none. */
const MACHINES = /^(?:: (?<name>.+?))?(?:, (?<day>\d{4}(?:-\d\d(?:-\d\d)?)?))?$/s;
/** Of others the name alone would say something else: that a medicine is taken, or that what is to be done was done. */
const WITHOUT_TYPE = new Set([
  "Composition",
  "Condition",
  "DiagnosticReport",
  "DocumentReference",
  "Encounter",
  "ImagingStudy",
  "Immunization",
  "Observation",
  "Procedure",
]);
const NAMES_AN_ALLERGY = /allerg|intoleran|알레르기|불내/i;

/** "HbA1c (long-term blood sugar), 12 November 2026" */
export function shownTitle(t: Clinical, titled: Titled): string {
  const { name, day } = partsOf(t, titled);
  return day === null ? name : `${name}, ${day}`;
}

/** The same without its day: for a heading over several days. */
export function shownName(t: Clinical, titled: Titled): string {
  return partsOf(t, titled).name;
}

function partsOf(t: Clinical, { title, fhirType, codes }: Titled): { name: string; day: string | null } {
  const spaced = fhirType === null ? null : spacedType(fhirType);
  const found = spaced !== null && title.startsWith(spaced) ? MACHINES.exec(title.slice(spaced.length)) : null;
  if (fhirType === null || spaced === null || found === null) return { name: title, day: null };
  const sealedDay = found.groups?.day;
  // What only looks like a day stays as it was sealed.
  const day = sealedDay === undefined ? null : (calendarDayWords(sealedDay, t.locale) ?? sealedDay);
  const name = nameOf(t, found.groups?.name ?? null, codes);
  const type = typeWord(t, fhirType) ?? spaced;
  if (name === null) return { name: type, day };
  const isPlain = WITHOUT_TYPE.has(fhirType) || (fhirType === "AllergyIntolerance" && NAMES_AN_ALLERGY.test(name));
  return { name: isPlain ? name : `${type}: ${name}`, day };
}

/**
 * Our own name where the author's words are a code's own; beside the author's words where they say something of their own, which
 * may be the opposite ("ruled out"): those are never left out.
 */
function nameOf(t: Clinical, words: string | null, codes: Titled["codes"]): string | null {
  if (words === null) return nameOfCodes(t, codes);
  const same = codes.filter(({ display }) => display?.trim().toLowerCase() === words.toLowerCase());
  if (same.length > 0) return nameOfCodes(t, same) ?? words;
  const name = nameOfCodes(t, codes);
  return name === null || name.toLowerCase() === words.toLowerCase() ? words : `${name} · ${words}`;
}
