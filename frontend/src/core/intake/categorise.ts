/**
 * Which category a FHIR R4 resource or a DICOM object belongs to (`domain/categorise.py`, where the reasons are). Consent is
 * given by category, so this is a rule of access: what is filed wrongly is opened to someone whose grant was meant for
 * something else.
 */
import { isMap, type JsonMap, type JsonText } from "./jsonText.ts";
import {
  ANY_CONTENT_PREFIXES,
  CATEGORY_BY_CODING,
  CATEGORY_BY_TYPE,
  CODED_ELEMENTS,
  codingKey,
  DEFAULT_CATEGORY,
  DEVICE_PROFILE_PREFIX,
  DOSE_SOP_CLASSES,
  REFINES,
  STORAGE_PREFIX,
  STUB_ELEMENTS,
  STUB_REFERENCE_ELEMENTS,
  VITAL_SIGN_LOINC_CODES,
} from "./tables.ts";

const LOINC = "http://loinc.org";

/** Where something belongs. `told`: whether the content says so; where it does not, a person may say another category. */
export type Placement = { readonly categoryCode: string; readonly told: boolean };

/** Where a FHIR R4 resource belongs. Total and deterministic. */
export function categorise(resource: JsonMap): Placement {
  const type = resource.resourceType;
  if (typeof type !== "string") {
    return { categoryCode: DEFAULT_CATEGORY, told: false };
  }
  const claims = claimsOf(resource, type);
  const byType = CATEGORY_BY_TYPE.get(type);
  if (claims.size === 0 && byType !== undefined) {
    return { categoryCode: byType, told: true };
  }
  const silenced = new Set([...claims].flatMap((claim) => REFINES.get(claim) ?? []));
  const left = [...claims].filter((claim) => !silenced.has(claim));
  const [only] = left;
  if (left.length === 1 && only !== undefined) {
    return { categoryCode: only, told: true };
  }
  return { categoryCode: DEFAULT_CATEGORY, told: left.length > 0 };
}

/** Whether a contained resource says only that it exists and for whom: no code, no text, no extension. */
export function isStub(resource: JsonMap): boolean {
  return Object.entries(resource).every(
    ([name, value]) => STUB_ELEMENTS.has(name) && (name === "resourceType" || name === "id" || isPlain(value)),
  );
}

/** Where a DICOM object of this SOP class belongs. */
export function categoriseDicom(sopClassUid: string): Placement {
  if (DOSE_SOP_CLASSES.has(sopClassUid)) {
    return { categoryCode: "delivered-radiation-dose", told: true };
  }
  const isImage =
    sopClassUid.startsWith(STORAGE_PREFIX) && !ANY_CONTENT_PREFIXES.some((prefix) => sopClassUid.startsWith(prefix));
  return isImage ? { categoryCode: "imaging", told: true } : { categoryCode: DEFAULT_CATEGORY, told: false };
}

function claimsOf(resource: JsonMap, type: string): Set<string> {
  const codings = codingsAt(resource, CODED_ELEMENTS.get(type) ?? []);
  const claims = new Set<string>();
  for (const coding of codings) {
    const category = CATEGORY_BY_CODING.get(coding);
    if (category !== undefined) {
      claims.add(category);
    }
  }
  if (type !== "Observation") {
    return claims;
  }
  if (hasDeviceProfile(resource)) {
    claims.add("wearable");
  }
  // Heeded only where nothing else is claimed: a laboratory measures oxygen saturation under the same code.
  if (claims.size === 0 && VITAL_SIGN_LOINC_CODES.some((code) => codings.has(codingKey(LOINC, code)))) {
    claims.add("vital-signs");
  }
  return claims;
}

function hasDeviceProfile(resource: JsonMap): boolean {
  const meta = resource.meta;
  const profiles = isMap(meta) ? asList(meta.profile) : [];
  return profiles.some((profile) => typeof profile === "string" && profile.startsWith(DEVICE_PROFILE_PREFIX));
}

function codingsAt(resource: JsonMap, paths: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const path of paths) {
    let nodes: readonly JsonText[] = [resource];
    for (const name of path.split(".")) {
      nodes = nodes.flatMap((node) => (isMap(node) ? asList(node[name]) : []));
    }
    for (const coding of nodes.flatMap((concept) => (isMap(concept) ? asList(concept.coding) : []))) {
      const [system, code] = isMap(coding) ? [coding.system, coding.code] : [];
      if (typeof system === "string" && typeof code === "string") {
        found.add(codingKey(system, code));
      }
    }
  }
  return found;
}

function asList(value: JsonText | undefined): readonly JsonText[] {
  if (value === undefined || value === null) {
    return [];
  }
  return Array.isArray(value) ? value : [value as JsonText];
}

function isPlain(value: JsonText): boolean {
  if (Array.isArray(value)) {
    return value.every(isPlain);
  }
  if (isMap(value)) {
    return Object.entries(value).every(([name, text]) => STUB_REFERENCE_ELEMENTS.has(name) && typeof text === "string");
  }
  return typeof value === "string";
}
