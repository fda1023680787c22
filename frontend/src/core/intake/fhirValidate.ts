/**
 * What is wrong with a resource of a known type: elements that FHIR R4 does not have or must have, values of the wrong JSON
 * type, codes outside of a closed list. Python's reader (`fhir.resources`) knows more rules than these.
 */
import { type ElementFault, type FaultKind, formFaults, joinPath } from "./fhirForm.ts";
import { isMap, type JsonMap, JsonNumber, type JsonText } from "./jsonText.ts";
import { FHIR_ELEMENTS, RESOURCE_TYPES } from "./tables.ts";

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const WHEN = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?$/;
const RULE = /^([a-z?]|[A-Z]\w*)(\*?)(!?)(\w*)(?: (.*))?$/;

type Rule = {
  readonly kind: string;
  readonly isList: boolean;
  readonly isRequired: boolean;
  /** The choice (`value[x]`) of which one must be there. */
  readonly choice: string;
  readonly codes: readonly string[] | null;
};

/** All faults of a resource; contained ones must be of known types too. */
export function elementFaults(resource: JsonMap): ElementFault[] {
  const faults = formFaults(resource);
  typeFaults(resource, String(resource.resourceType), "", faults);
  return faults;
}

function typeFaults(value: JsonMap, type: string, path: string, faults: ElementFault[]): void {
  const elements = FHIR_ELEMENTS.get(type);
  if (elements === undefined) {
    return;
  }
  for (const [name, child] of Object.entries(value)) {
    if ((name === "resourceType" && RESOURCE_TYPES.has(type)) || child === null) {
      continue; // null is reported as empty
    }
    const rule = ruleOf(elements.get(name));
    if (rule !== null) {
      compare(child, rule, joinPath(path, name), faults);
      if (name === "id" && RESOURCE_TYPES.has(type) && typeof child === "string" && !ID.test(child)) {
        faults.push({ path: joinPath(path, name), kind: "bad_value" });
      }
    } else if (!extendsPrimitive(name, elements)) {
      faults.push({ path: joinPath(path, name), kind: "unknown_element" });
    }
  }
  missing(value, elements, path, faults);
}

function compare(value: JsonText, rule: Rule, path: string, faults: ElementFault[]): void {
  if (Array.isArray(value) !== rule.isList) {
    faults.push({ path, kind: "wrong_type" });
  } else if (Array.isArray(value)) {
    value.forEach((item: JsonText, at) => {
      if (item !== null) {
        one(item, rule, `${path}[${at}]`, faults);
      }
    });
  } else {
    one(value, rule, path, faults);
  }
}

function one(value: JsonText, { kind, codes }: Rule, path: string, faults: ElementFault[]): void {
  if (kind.length > 1 || kind === "?") {
    if (isMap(value)) {
      typeFaults(value, kind === "?" ? String(value.resourceType) : kind, path, faults);
    } else {
      faults.push({ path, kind: "wrong_type" });
    }
    return;
  }
  const fault = primitiveFault(value, kind);
  if (fault !== null) {
    faults.push({ path, kind: fault });
  } else if (codes !== null && typeof value === "string" && !codes.includes(value)) {
    faults.push({ path, kind: "bad_code" });
  }
}

function primitiveFault(value: JsonText, kind: string): FaultKind | null {
  if (kind === "b") {
    return typeof value === "boolean" ? null : "wrong_type";
  }
  if (kind === "i" || kind === "d") {
    return value instanceof JsonNumber && (kind === "d" || value.isInteger) ? null : "wrong_type";
  }
  if (typeof value !== "string") {
    return "wrong_type";
  }
  return kind === "w" && !WHEN.test(value) ? "bad_value" : null;
}

/** Elements first; a choice is asked for where all of them are there, as Python's reader does. */
function missing(value: JsonMap, elements: ReadonlyMap<string, string>, path: string, faults: ElementFault[]): void {
  const choices = new Map<string, boolean>();
  const names: string[] = [];
  for (const [name, text] of elements) {
    const rule = ruleOf(text);
    const isThere = name in value || `_${name}` in value;
    if (rule?.choice) {
      choices.set(rule.choice, isThere || choices.get(rule.choice) === true);
    } else if (rule?.isRequired && !isThere) {
      names.push(name);
    }
  }
  const chosen = [...choices].filter(([, isThere]) => !isThere).map(([choice]) => choice);
  for (const name of names.length > 0 ? names : chosen) {
    faults.push({ path: joinPath(path, name), kind: "missing_element" });
  }
}

/** `_x` carries the id and the extensions of the primitive `x`. */
function extendsPrimitive(name: string, elements: ReadonlyMap<string, string>): boolean {
  const rule = name.startsWith("_") ? ruleOf(elements.get(name.slice(1))) : null;
  return rule !== null && rule.kind.length === 1 && rule.kind !== "?";
}

function ruleOf(text: string | undefined): Rule | null {
  const [, kind, list, must, choice, codes] = text === undefined ? [] : (RULE.exec(text) ?? []);
  if (kind === undefined) {
    return null;
  }
  return {
    kind,
    isList: list === "*",
    isRequired: must === "!",
    choice: choice ?? "",
    codes: codes?.split("|") ?? null,
  };
}
