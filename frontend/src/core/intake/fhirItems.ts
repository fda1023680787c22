/**
 * FHIR R4 in: a bundle, or a single resource, becomes one item per resource, each in its own category
 * (`services/intake/fhir.py`).
 *
 * Splitting comes before sealing, so that a key for one category can never open another. A resource's bytes are its JSON
 * written compactly: keys in their order, numbers in their spelling. Nothing may travel inside something else into a category
 * that is not its own.
 */
import { categorise, isStub, type Placement } from "./categorise.ts";
import { FaultLog, refusal } from "./faults.ts";
import { describeFhir, FHIR_JSON } from "./fhirDescribe.ts";
import { ELEMENT_FAULT_WORDS } from "./fhirForm.ts";
import { type FhirEntry, PatientWatch } from "./fhirPatient.ts";
import { elementFaults } from "./fhirValidate.ts";
import type { IntakeItem } from "./item.ts";
import { isMap, JsonFault, type JsonMap, type JsonText, writeJsonText } from "./jsonText.ts";
import { CONTAINER_TYPES, CONTEXT_TYPES, RESOURCE_TYPES } from "./tables.ts";

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const MEND_RESOURCE = "Correct it in the system that it comes from, or take the entry out.";
const UNKNOWN_TYPE = "No resource type of FHIR R4.";
const EXPORT_AS_R4 = "Export it as FHIR R4 (4.0.1).";

/**
 * One item per resource, in the order of the bundle.
 *
 * @param place how the input is called in faults, usually its name.
 * @param categoryCode what a person said. It places resources that do not tell; it cannot overrule those that do.
 * @throws IntakeRefused with every fault that was found.
 */
export function fhirItems(value: JsonText, place: string, categoryCode: string | null = null): IntakeItem[] {
  if (!isMap(value) || !isKnownType(value.resourceType)) {
    throw refusal(place, "fhir_unknown_type", UNKNOWN_TYPE, EXPORT_AS_R4);
  }
  const log = new FaultLog();
  const entries = value.resourceType === "Bundle" ? bundleEntries(value, place, log) : [sole(value, place)];
  const patients = new PatientWatch(entries);
  const items = entries.flatMap((entry) => readEntry(entry, categoryCode, patients, log) ?? []);
  log.throwIfAny();
  return items;
}

export function isKnownType(name: JsonText | undefined): name is string {
  return typeof name === "string" && RESOURCE_TYPES.has(name);
}

function sole(resource: JsonMap, place: string): FhirEntry {
  return { place: `${place}: ${nameOf(resource)}`, resource, fullUrl: null };
}

function bundleEntries(bundle: JsonMap, place: string, log: FaultLog): FhirEntry[] {
  const entries = bundle.entry;
  if (!Array.isArray(entries) || entries.length === 0) {
    log.add(`${place}: Bundle.entry`, "fhir_no_entries", "The bundle has no entries.", "Export it again.");
    return [];
  }
  checkShell(bundle, entries, place, log);
  const found: FhirEntry[] = [];
  const seen = new Set<string>();
  entries.forEach((entry: JsonText, index) => {
    const entryPlace = `${place}: entry ${index}`;
    const resource = isMap(entry) ? entry.resource : null;
    if (!isMap(entry) || !isMap(resource)) {
      log.add(entryPlace, "fhir_no_resource", "The entry holds no resource.", "Take the entry out.");
      return;
    }
    const response = entry.response;
    if (isMap(response) && "outcome" in response) {
      log.add(entryPlace, "fhir_outcome", "The entry holds a server's answer.", "Take the answer out.");
    }
    const fullUrl = typeof entry.fullUrl === "string" ? entry.fullUrl : null;
    if (fullUrl !== null && bundle.type !== "history") {
      const key = JSON.stringify([fullUrl, versionOf(resource)]);
      if (seen.has(key)) {
        log.add(entryPlace, "fhir_duplicate", "An entry before it has the same fullUrl.", MEND_RESOURCE);
      }
      seen.add(key);
    }
    found.push({ place: `${entryPlace} (${nameOf(resource)})`, resource, fullUrl });
  });
  return found;
}

/** Validates the bundle around its resources, which are validated one by one: nothing is validated twice. */
function checkShell(bundle: JsonMap, entries: readonly JsonText[], place: string, log: FaultLog): void {
  const shells = entries.map((entry) => {
    const bare = Object.entries(isMap(entry) ? entry : {}).filter(([name]) => name !== "resource");
    return bare.length === 0 ? { fullUrl: "urn:x-mendrec:bare" } : Object.fromEntries(bare);
  });
  const shell: JsonMap = { ...bundle, entry: shells };
  try {
    writeJsonText(shell);
  } catch (error) {
    if (!(error instanceof JsonFault)) {
      throw error;
    }
    log.add(`${place}: Bundle`, "json", error.message, MEND_RESOURCE);
    return;
  }
  reportElements(shell, `${place}: Bundle`, "Bundle", log);
}

function readEntry(
  entry: FhirEntry,
  categoryCode: string | null,
  patients: PatientWatch,
  log: FaultLog,
): IntakeItem | null {
  const { resource, place } = entry;
  const type = resource.resourceType;
  const before = log.count;
  if (!isKnownType(type)) {
    log.add(place, "fhir_unknown_type", UNKNOWN_TYPE, EXPORT_AS_R4);
    return null;
  }
  if (CONTAINER_TYPES.has(type)) {
    log.add(place, "fhir_container", `A ${type} may hide other records.`, "Import what it holds by itself.");
    return null;
  }
  const placement = categorise(resource);
  const placedCode = placement.told ? placement.categoryCode : (categoryCode ?? placement.categoryCode);
  if (!checkContained(resource, placedCode, place, log)) {
    return null;
  }
  let text: string;
  try {
    text = writeJsonText(resource);
  } catch (error) {
    if (!(error instanceof JsonFault)) {
      throw error;
    }
    log.add(place, "json", error.message, MEND_RESOURCE);
    return null;
  }
  reportElements(resource, place, type, log);
  checkCategory(placement, categoryCode, place, log);
  patients.check(entry, log);
  if (log.count > before) {
    return null;
  }
  const content = new Blob([text], { type: FHIR_JSON });
  return { ...describeFhir(resource, entry.fullUrl), categoryCode: placedCode, content };
}

/**
 * Looks at the resources inside a resource; returns whether it can be validated. A contained resource stays where it is if it
 * belongs to the same category, says only who and where, or is a stub. Otherwise the whole is refused: to take it out would
 * leave a reference that leads nowhere.
 */
function checkContained(resource: JsonMap, categoryCode: string, place: string, log: FaultLog): boolean {
  const contained = resource.contained;
  if (!Array.isArray(contained)) {
    return true; // validation names the wrong type
  }
  let sound = true;
  contained.forEach((inner: JsonText, index) => {
    const innerPlace = `${place}, contained[${index}]`;
    if (!isMap(inner) || !isKnownType(inner.resourceType)) {
      log.add(innerPlace, "fhir_unknown_type", UNKNOWN_TYPE, MEND_RESOURCE);
      sound = false;
    } else if (CONTAINER_TYPES.has(inner.resourceType) || "contained" in inner) {
      log.add(innerPlace, "fhir_nested", "A contained resource may not contain others.", MEND_RESOURCE);
      sound = false;
    } else if (!CONTEXT_TYPES.has(inner.resourceType) && !isStub(inner)) {
      const innerCode = categorise(inner).categoryCode;
      if (innerCode !== categoryCode) {
        log.add(
          innerPlace,
          "fhir_hidden_category",
          `It belongs to ${innerCode} and lies inside a resource of ${categoryCode}.`,
          "Give it as an entry of its own in the bundle, and refer to it.",
        );
      }
    }
  });
  return sound;
}

function checkCategory(placement: Placement, categoryCode: string | null, place: string, log: FaultLog): void {
  if (categoryCode !== null && placement.told && categoryCode !== placement.categoryCode) {
    log.add(
      place,
      "category_conflict",
      `It belongs to ${placement.categoryCode}, not to ${categoryCode}.`,
      "Leave the category out: FHIR resources are filed by their content.",
    );
  }
}

function reportElements(resource: JsonMap, place: string, root: string, log: FaultLog): void {
  for (const { path, kind } of elementFaults(resource)) {
    const where = path === "" ? root : `${root}.${path}`;
    log.add(`${place}, ${where}`, `fhir_${kind}`, ELEMENT_FAULT_WORDS[kind], MEND_RESOURCE);
  }
}

/** `Observation/123`, as far as type and id are well formed. */
function nameOf(resource: JsonMap): string {
  const [type, id] = [resource.resourceType, resource.id];
  if (!isKnownType(type)) {
    return "unknown type";
  }
  return typeof id === "string" && ID.test(id) ? `${type}/${id}` : type;
}

function versionOf(resource: JsonMap): string {
  const meta = resource.meta;
  const version = isMap(meta) ? meta.versionId : null;
  return typeof version === "string" ? version : "";
}
