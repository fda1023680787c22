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
/** Of these the name alone would say something else: that a medicine is taken, or that a test was done. */
const WITH_TYPE = new Set(["AllergyIntolerance", "ServiceRequest"]);
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
  const name = nameOfCodes(t, codes) ?? found.groups?.name;
  const type = typeWord(t, fhirType) ?? spaced;
  if (name === undefined) return { name: type, day };
  const isPlain = !WITH_TYPE.has(fhirType) || (fhirType === "AllergyIntolerance" && NAMES_AN_ALLERGY.test(name));
  return { name: isPlain ? name : `${type}: ${name}`, day };
}
