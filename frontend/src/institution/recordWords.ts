/** What records, their parts and places are called here: an institution sees where a record is, never what it is about. */
import { shortAddress } from "../design/PersonName.tsx";
import type { AllTexts } from "../i18n/text.ts";
import type { Operations } from "../node/readOperations.ts";
import type { RecordName } from "./stepWords.ts";

export function recordWords(t: AllTexts, name: RecordName): string {
  const patient = shortAddress(name.patient);
  const { entry, part } = name;
  return part === null ? t.institution.record({ entry, patient }) : t.institution.recordPart({ entry, part, patient });
}

export function roleWords(t: AllTexts, role: string): string {
  return worded(t.institution.objectRoles, role);
}

export function stateWords(t: AllTexts, state: string): string {
  return worded(t.institution.objectStates, state);
}

export function outcomeWords(t: AllTexts, outcome: string): string {
  return worded(t.institution.outcomes, outcome);
}

/** A location by the name that its store has here, where it is one of this node's. */
export function placeWords(t: AllTexts, number: number, stores: Operations["stores"]): string {
  const store = stores.find((one) => one.location === number);
  return store === undefined
    ? t.institution.mending.place({ number: String(number) })
    : t.institution.mending.placeNamed({ name: store.name, number: String(number) });
}

export function pathReasonWords(t: AllTexts, reason: string): string {
  return worded(t.institution.mending.pathReasons, reason.toLowerCase());
}

/** The word for a code; the code itself where this page knows none. */
export function worded(words: Readonly<Record<string, string>>, code: string): string {
  return Object.hasOwn(words, code) ? (words[code] ?? code) : code;
}
