/** The tables by which records are recognised and filed: Python's own, written out by `deploy/frontend_tables.py`. */
import tables from "../../generated/categories.json";

export const DEFAULT_CATEGORY: string = tables.defaultCategory;

/** Resource type → category, where none of its codings says otherwise. */
export const CATEGORY_BY_TYPE: ReadonlyMap<string, string> = new Map(
  Object.entries(tables.byType).flatMap(([category, names]) => names.map((name) => [name, category] as const)),
);

/** Resource type → paths of the elements whose codings tell. */
export const CODED_ELEMENTS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(tables.byContent));

/** {@link codingKey} → the category that this code claims. */
export const CATEGORY_BY_CODING: ReadonlyMap<string, string> = new Map(
  tables.byCoding.flatMap(({ system, category, codes }) =>
    codes.map((code) => [codingKey(system, code), category] as const),
  ),
);

export const VITAL_SIGN_LOINC_CODES: readonly string[] = tables.vitalSignLoincCodes;

/** A claim of the key silences claims of its values. */
export const REFINES: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(tables.refines));

export const DEVICE_PROFILE_PREFIX: string = tables.deviceProfilePrefix;

/** Who and where, nothing of the patient: may be contained in a resource of any category. */
export const CONTEXT_TYPES: ReadonlySet<string> = new Set(tables.contextTypes);
export const STUB_ELEMENTS: ReadonlySet<string> = new Set(tables.stubElements);
export const STUB_REFERENCE_ELEMENTS: ReadonlySet<string> = new Set(tables.stubReferenceElements);

/** Concrete resource types of FHIR R4, and those of them that carry others, of any category. */
export const RESOURCE_TYPES: ReadonlySet<string> = new Set(tables.resourceTypes);
export const CONTAINER_TYPES: ReadonlySet<string> = new Set(tables.containerTypes);

export const DOSE_SOP_CLASSES: ReadonlySet<string> = new Set(tables.doseSopClasses);
export const STORAGE_PREFIX: string = tables.storagePrefix;
export const ANY_CONTENT_PREFIXES: readonly string[] = tables.anyContentPrefixes;
export const SOP_CLASS_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(tables.sopClassNames));
export const TRANSFER_SYNTAXES: ReadonlySet<string> = new Set(tables.transferSyntaxes);

/** Ending of a file's name, with its dot → the media type that it promises. */
export const PROMISES: ReadonlyMap<string, string> = new Map(Object.entries(tables.promises));

export function codingKey(system: string, code: string): string {
  return JSON.stringify([system, code]);
}

/** Type → element → rule; see `deploy/frontend_tables.py`. */
export const FHIR_ELEMENTS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(tables.fhirElements).map(([type, elements]) => [type, new Map(Object.entries(elements))]),
);
