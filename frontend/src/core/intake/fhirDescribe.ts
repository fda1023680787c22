/** What the sealed descriptor says of a FHIR resource: what it is and when, never whose or with what result. */
import type { Coding, Descriptor } from "../descriptor.ts";
import { cleanText } from "./cleanText.ts";
import { isMap, type JsonMap, type JsonText } from "./jsonText.ts";
import { spacedType } from "./spacedType.ts";

export const FHIR_JSON = "application/fhir+json";
/** FHIR's code system for codes that are URIs. */
export const URI_SYSTEM = "urn:ietf:rfc:3986";

const CONCEPT_ELEMENTS = ["code", "vaccineCode", "medicationCodeableConcept", "type", "modality", "category"];
const DATE_ELEMENTS = [
  "effectiveDateTime",
  "occurrenceDateTime",
  "performedDateTime",
  "authoredOn",
  "recordedDate",
  "started",
  "onsetDateTime",
  "created",
  "date",
  "issued",
  "recorded",
];
const PERIOD_ELEMENTS = ["effectivePeriod", "performedPeriod", "period", "billablePeriod"];
const CODES_MAX_COUNT = 16;
const DISPLAY_MAX_CHARS = 120;
const URL_MAX_CHARS = 512;
const DATE = /^\d{4}(?:-\d\d(?:-\d\d)?)?/;

/**
 * The descriptor of a valid resource. Other resources may refer to it by its `fullUrl`. Where that does not end in the
 * resource's own id it would be lost with the bundle, so it is kept as a code of the system {@link URI_SYSTEM}.
 */
export function describeFhir(resource: JsonMap, fullUrl: string | null): Descriptor {
  const type = String(resource.resourceType);
  const id = resource.id;
  const codes = codingsOf(resource).slice(0, CODES_MAX_COUNT);
  if (fullUrl && fullUrl.split(/[/:]/).at(-1) !== id) {
    codes.push({ system: URI_SYSTEM, code: cleanText(fullUrl, URL_MAX_CHARS) });
  }
  return {
    title: titleOf(resource, type),
    mediaType: FHIR_JSON,
    fhirType: type,
    codes: [...new Map(codes.map((coding) => [JSON.stringify(coding), coding])).values()],
    fileName: typeof id === "string" ? `${type}-${id}.json` : `${type}.json`,
  };
}

function titleOf(resource: JsonMap, type: string): string {
  const words = spacedType(type);
  const name = nameOf(resource);
  const day = dayOf(resource);
  return [name === "" ? words : `${words}: ${name}`, day].filter((part) => part !== "").join(", ");
}

function nameOf(resource: JsonMap): string {
  for (const concept of conceptsOf(resource)) {
    for (const text of [concept.text, ...codingList(concept).map((coding) => coding.display)]) {
      const name = typeof text === "string" ? cleanText(text, DISPLAY_MAX_CHARS) : "";
      if (name !== "") {
        return name;
      }
    }
  }
  return "";
}

function conceptsOf(resource: JsonMap): JsonMap[] {
  return CONCEPT_ELEMENTS.flatMap((element) => {
    const value = resource[element];
    return (Array.isArray(value) ? value : [value]).filter(isMap);
  });
}

function codingsOf(resource: JsonMap): Coding[] {
  return conceptsOf(resource)
    .flatMap(codingList)
    .flatMap((coding) => {
      const [system, code, display] = [coding.system, coding.code, coding.display].map(clean);
      if (!system || !code) {
        return [];
      }
      return [display ? { system, code, display } : { system, code }];
    });
}

/** The codings of a CodeableConcept, or a Coding itself (Encounter.class, ImagingStudy.modality). */
function codingList(concept: JsonMap): JsonMap[] {
  const codings = concept.coding;
  if (Array.isArray(codings)) {
    return codings.filter(isMap);
  }
  return "system" in concept ? [concept] : [];
}

function clean(value: JsonText | undefined): string {
  return typeof value === "string" ? cleanText(value, DISPLAY_MAX_CHARS) : "";
}

function dayOf(resource: JsonMap): string {
  const starts = PERIOD_ELEMENTS.map((name) => resource[name]).flatMap((period) =>
    isMap(period) ? [period.start] : [],
  );
  for (const value of [...DATE_ELEMENTS.map((name) => resource[name]), ...starts]) {
    const day = typeof value === "string" ? DATE.exec(value)?.[0] : undefined;
    if (day !== undefined) {
      return day;
    }
  }
  return "";
}
