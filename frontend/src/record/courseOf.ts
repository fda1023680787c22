/** Which entries tell the course of a measurement, and which hold measurements at all: by their descriptors, before any is opened. */
import type { ListedRecord } from "../node/types.ts";

const MEASURING = new Set(["vital-signs", "laboratory", "wearable"]);
const FHIR_JSON = new Set(["application/fhir+json", "application/json"]);

/** The Observations of the same code as an entry, that one among them; none where it is no coded Observation. */
export function courseOf(records: readonly ListedRecord[], of: ListedRecord): readonly ListedRecord[] {
  const code = codeOf(of);
  return code === null ? [] : records.filter((one) => codeOf(one) === code);
}

/** Everything that may hold numbers over time, newest first. */
export function measuring(records: readonly ListedRecord[]): readonly ListedRecord[] {
  return records
    .filter(({ descriptor, categoryCode }) => {
      if (descriptor === null || !FHIR_JSON.has(descriptor.mediaType)) return false;
      return descriptor.fhirType === "Observation" || (descriptor.fhirType === "Bundle" && MEASURING.has(categoryCode));
    })
    .sort((a, b) => b.recordedAt - a.recordedAt || b.sequence - a.sequence);
}

function codeOf({ descriptor }: ListedRecord): string | null {
  const [first] = descriptor?.fhirType === "Observation" ? descriptor.codes : [];
  return first === undefined ? null : `${first.system}|${first.code}`;
}
